// The work of one group commit on its repos: each repo's head and tree are read once, its commits prepared upon one another, and its tree's nodes
// stored once, at the end. Nothing here outlives the group: the next one begins from what is durable.

import assert from 'node:assert/strict'
import { emptyTree, loadTree } from '../../atproto/mst.ts'
import type { Did } from '../../atproto/did.ts'
import type { Keypair } from '../../atproto/keys.ts'
import type { Tid } from '../../atproto/tid.ts'
import { GroupNodes } from './group-nodes.ts'
import type { NodeStore, NodeView } from './node-store.ts'
import { persistCommit } from './persist-commit.ts'
import type { CommitTables } from './persist-commit.ts'
import { prepareCommit } from './prepare-commit.ts'
import type { Prepared, PreparedCommit, RepoState } from './prepare-commit.ts'
import type { GroupWork, Waiting } from './write-queue.ts'

export type WorkDeps = CommitTables & {
  readonly nodes: NodeStore
  keyOf(did: Did): Keypair
  isActive(did: Did): boolean
  nextRev(after: Tid): Tid
}

/** `stored` is the newest commit of the group that was stored. */
type Repo = { readonly view: NodeView; readonly nodes: GroupNodes; state: RepoState; stored: PreparedCommit | undefined }

export const beginGroup = (deps: WorkDeps): GroupWork => {
  const repos = new Map<Did, Repo>()
  return {
    prepare(waiting) {
      const repo = repos.get(waiting.did) ?? openRepo(deps, waiting.did)
      if (repo === undefined)
        return { kind: 'refused', refusal: { name: 'RepoNotFound', message: `Could not find repo for DID: ${waiting.did}` } }
      repos.set(waiting.did, repo)
      const prepared = prepareUpon(deps, repo.state, waiting)
      if (prepared.kind === 'commit') repo.state = { head: prepared.head, tree: prepared.tree }
      return prepared
    },
    persist(waiting, prepared) {
      const repo = repos.get(waiting.did)
      assert(repo !== undefined && prepared.kind === 'commit', 'only prepared commits are stored')
      persistCommit(deps, prepared)
      repo.nodes.add(prepared)
      repo.stored = prepared
    },
    finish() {
      for (const { view, nodes, stored } of repos.values()) {
        if (stored === undefined) continue
        deps.heads.setRoot(stored.head.id, deps.nodes.write(stored.head.id, view, nodes.changes(), stored.head.dataCid))
      }
    },
  }
}

const openRepo = (deps: WorkDeps, did: Did): Repo | undefined => {
  const head = deps.heads.get(did)
  if (head === undefined) return undefined
  const view = deps.nodes.view(head)
  return { view, nodes: new GroupNodes(), state: { head, tree: loadTree(view.source, head.dataCid) }, stored: undefined }
}

const prepareUpon = (deps: WorkDeps, state: RepoState, { did, writes, swapCommit }: Waiting): Prepared => {
  if (!deps.isActive(did)) return { kind: 'refused', refusal: { name: 'AccountInactive', message: 'Account is not active' } }
  return prepareCommit(state, {
    writes,
    swapCommit,
    keypair: deps.keyOf(did),
    nextRev: (after) => deps.nextRev(after),
    blobOf: (cid) => deps.blobs.find(state.head.id, cid),
  })
}

/** The rows of a tree without records, for a new repo. */
export const writeEmptyTree = (nodes: NodeStore, repo: number, rev: Tid): number => {
  const tree = emptyTree()
  const created = [...tree.nodes()].map(({ cid, bytes }) => ({ cid, bytes, rev }))
  return nodes.write(repo, undefined, { created, removed: [] }, tree.root())
}
