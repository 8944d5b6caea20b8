// Repositories in memory that sign commits fast, as many as a measurement needs: many accounts may begin from one and the same tree, since a tree does
// not depend on whose it is. The first commit of each stands on what the reader has not seen; every later one follows from it.

import { BlockMap } from '../atproto/block-map.ts'
import { writeCar } from '../atproto/car.ts'
import { cidBytes, cidForCbor, cidFromBytes } from '../atproto/cid.ts'
import { signCommit } from '../atproto/commit.ts'
import { encodeData, jsonToData } from '../atproto/data-model.ts'
import { toDatetime } from '../atproto/datetime.ts'
import { parseDid, type Did } from '../atproto/did.ts'
import { encodeEvent } from '../atproto/encode-event.ts'
import type { RepoOp } from '../atproto/event.ts'
import { createKeypair, type Keypair } from '../atproto/keys.ts'
import { emptyTree, type Tree } from '../atproto/mst.ts'
import { parseRecordPath } from '../atproto/record-path.ts'
import { TidClock, type Tid } from '../atproto/tid.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

/** The n-th made-up did:plc. */
export const benchDid = (n: number): Did => {
  let text = ''
  for (let left = n, place = 0; place < 24; place++, left = Math.floor(left / 32)) text = (LETTERS[left % 32] ?? 'a') + text
  return parseDid(`did:plc:${text}`)
}

/** A tree of so many records, all under one collection. */
export const grownTree = (records: number, collection: string, keys: TidClock): Tree => {
  let tree = emptyTree()
  for (let n = 0; n < records; n++)
    tree = tree.put(parseRecordPath(`${collection}/${keys.next()}`), cidBytes(cidForCbor(encodeData({ n }))))
  return tree
}

export type Create = { readonly path: string; readonly value: unknown }
export type MadeCommit = { readonly frame: Uint8Array; readonly uris: readonly { readonly uri: string; readonly cid: string }[] }

/** One account's repository. `base`: the tree it has before the first commit that is sent; without it the first is the repo's first. */
export class BenchRepo {
  readonly did: Did
  readonly keypair: Keypair = createKeypair('k256')
  readonly #revs: TidClock
  #tree: Tree
  #rev: Tid | null

  constructor(did: Did, nowMs: () => number, base?: Tree) {
    this.did = did
    this.#revs = new TidClock(nowMs, 7)
    this.#tree = base ?? emptyTree()
    this.#rev = base === undefined ? null : this.#revs.next()
  }

  /** A commit of these new records as the frame of a stream. */
  create(seq: number, timeMs: number, creates: readonly Create[]): MadeCommit {
    const before = this.#tree
    const since = this.#rev
    const blocks = new BlockMap()
    const ops: RepoOp[] = creates.map(({ path: text, value }) => {
      const path = parseRecordPath(text)
      const bytes = encodeData(jsonToData(value))
      const cid = cidForCbor(bytes)
      blocks.set(cid, bytes)
      this.#tree = this.#tree.put(path, cidBytes(cid))
      return { action: 'create', path, cid, prev: null }
    })
    const rev = this.#revs.next(since ?? undefined)
    const signed = signCommit({ did: this.did, data: cidFromBytes(this.#tree.root()), rev }, this.keypair)
    const car = new BlockMap().set(signed.cid, signed.bytes)
    for (const { cid, bytes } of this.#tree.proof(ops.map((op) => op.path))) car.setBytes(cid, bytes)
    for (const { cid, bytes } of blocks) car.set(cid, bytes)
    this.#rev = rev
    const { frame } = encodeEvent({
      kind: 'commit',
      seq,
      repo: this.did,
      time: toDatetime(timeMs),
      rev,
      since,
      commit: signed.cid,
      blocks: writeCar(signed.cid, car),
      ops,
      prevData: since === null ? null : cidFromBytes(before.root()),
    })
    return { frame, uris: ops.map((op) => ({ uri: `at://${this.did}/${op.path}`, cid: String(op.cid) })) }
  }
}
