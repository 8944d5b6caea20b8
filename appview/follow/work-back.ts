// What a repo held right after an event, from what it holds now: getRepo may answer late, and the commits since then come by themselves at their own
// leaves. They are taken back on the fetched tree, the newest first; the result must be the very tree the event's signed commit names.

import { BlockMap } from '../../atproto/block-map.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import { cidBytes, cidFromBytes, sameCid } from '../../atproto/cid.ts'
import type { CommitEvent } from '../../atproto/event.ts'
import { loadTree } from '../../atproto/mst.ts'
import type { Tree } from '../../atproto/mst.ts'
import type { Believed } from './believe.ts'
import { isOurs } from './parse-record.ts'
import type { Fetched } from './resync.ts'

/** A commit of the same repo further on in the log. */
export type Later = { readonly event: CommitEvent; readonly verdict: Believed }

/**
 * The repo as of the believed event `at`; undefined when the later commits do not lead from there to what was fetched.
 * `later` in order, nothing between left out. Records that were gone when the repo was fetched have no block.
 */
export const workBack = (fetched: Fetched, at: Believed, later: readonly Later[]): Fetched | undefined => {
  if (!isChain(fetched, at, later)) return undefined
  const tree = later.toReversed().reduce<Tree>((after, { event }) => event.ops.reduceRight(undo, after), treeOf(fetched))
  const root = tree.root()
  if (!sameCid(cidFromBytes(root), at.dataCid)) return undefined
  const blocks = new BlockMap()
  for (const source of [fetched.blocks, ...later.map(({ verdict }) => verdict.blocks), at.blocks])
    for (const { cid, bytes } of source) blocks.set(cid, bytes)
  for (const { cid, bytes } of tree.nodes()) blocks.setBytes(cid, bytes)
  const records = new Map([...tree.entries()].filter(({ path }) => isOurs(path)).map(({ path, cid }) => [path, cidFromBytes(cid)]))
  const { commit, commitCid, dataCid, didKey, evidence } = at
  return { rev: commit.rev, commitCid, dataCid, blocks, didKey, evidence, records }
}

const treeOf = ({ blocks, dataCid }: Fetched): Tree => loadTree((node: CidBytes) => blocks.bytesOf(node), cidBytes(dataCid))

const undo = (after: Tree, { path, prev }: CommitEvent['ops'][number]): Tree =>
  prev === null ? after.remove(path) : after.put(path, cidBytes(prev))

const isChain = (fetched: Fetched, at: Believed, later: readonly Later[]): boolean => {
  let data = at.dataCid
  for (const { event, verdict } of later) {
    if (event.prevData === null || !sameCid(event.prevData, data)) return false
    data = verdict.dataCid
  }
  return sameCid(data, fetched.dataCid)
}
