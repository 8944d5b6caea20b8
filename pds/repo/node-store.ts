// The nodes of all repos' trees, as rows appended and deleted, behind a cache bounded in bytes. A row never changes and its key is never given
// twice by one process, so what the cache holds is true whether or not a transaction that wrote it was committed.
// A node is found from its parent, which names its children's rows: walking down from the root is the only way in.

import assert from 'node:assert/strict'
import { cidKey } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import type { NodeSource } from '../../atproto/mst.ts'
import { nodeLinks } from '../../atproto/mst-node.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { Database } from '../../server/sqlite.ts'
import { NodeCache } from './node-cache.ts'
import { packLinks, unpackLinks } from './node-links.ts'

/** `children` are the node's subtrees in the order of its links. */
export type StoredNode = {
  readonly bytes: Uint8Array
  readonly children: readonly { readonly key: string; readonly id: number }[]
}

/** One repo's tree as far as it has been walked: reads nodes by CID, and knows the row of each node whose parent was read. */
export type NodeView = { readonly source: NodeSource; idOf(cid: CidBytes): number }

export type NodeChanges = {
  readonly created: readonly { readonly cid: CidBytes; readonly bytes: Uint8Array; readonly rev: Tid }[]
  readonly removed: readonly CidBytes[]
}

export type NodeStore = {
  view(head: { readonly rootNode: number; readonly dataCid: CidBytes }): NodeView
  read(id: number): StoredNode
  /** Stores what changed in a repo's tree, inside the caller's transaction; gives the row of the new root. */
  write(repo: number, view: NodeView | undefined, changes: NodeChanges, root: CidBytes): number
  /** Deletes the tree under a root, row by row. */
  removeTree(rootNode: number): void
}

type Row = { links: Uint8Array; bytes: Uint8Array }

export const createNodeStore = (db: Database, cacheBytes: number): NodeStore => {
  const select = db.prepare<[number], Row>('SELECT links, bytes FROM node WHERE id = ?')
  const insert = db.prepare<[number, number, string, CidBytes, Uint8Array, Uint8Array]>(
    'INSERT INTO node (id, repo, rev, cid, links, bytes) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const remove = db.prepare<[number]>('DELETE FROM node WHERE id = ?')
  const cache = new NodeCache(cacheBytes)
  let newest = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM node').pluck().get() ?? 0

  const read = (id: number): StoredNode => {
    const known = cache.get(id)
    if (known !== undefined) return known
    const row = select.get(id)
    assert(row !== undefined, `tree node ${id} is stored`)
    const node = storedNode(row)
    cache.set(id, node)
    return node
  }
  const drop = (id: number): void => {
    assert.equal(remove.run(id).changes, 1, `tree node ${id} is stored`)
    cache.delete(id)
  }
  const removeTree = (id: number): void => {
    for (const child of read(id).children) removeTree(child.id)
    drop(id)
  }
  return {
    view: (head) => createView(head, read),
    read,
    removeTree,
    write(repo, view, { created, removed }, root) {
      const ids = new Map(created.map(({ cid }) => [cidKey(cid), ++newest]))
      const idOf = (cid: CidBytes): number => ids.get(cidKey(cid)) ?? knownId(view, cid)
      for (const { cid, bytes, rev } of created) {
        const children = nodeLinks(bytes).map((link) => ({ key: cidKey(link), id: idOf(link) }))
        const id = idOf(cid)
        insert.run(id, repo, rev, cid, packLinks(children.map((child) => child.id)), bytes)
        // A copy of its own: the bytes may be a view that would keep a larger buffer in memory.
        cache.set(id, { bytes: new Uint8Array(bytes), children })
      }
      for (const cid of removed) drop(knownId(view, cid))
      return idOf(root)
    },
  }
}

const knownId = (view: NodeView | undefined, cid: CidBytes): number => {
  assert(view !== undefined, 'a new tree has only new nodes')
  return view.idOf(cid)
}

const createView = ({ rootNode, dataCid }: { rootNode: number; dataCid: CidBytes }, read: (id: number) => StoredNode): NodeView => {
  const ids = new Map([[cidKey(dataCid), rootNode]])
  return {
    source(cid) {
      const id = ids.get(cidKey(cid))
      if (id === undefined) return undefined
      const node = read(id)
      for (const child of node.children) ids.set(child.key, child.id)
      return node.bytes
    },
    idOf(cid) {
      const id = ids.get(cidKey(cid))
      assert(id !== undefined, 'the parent of the node was read')
      return id
    },
  }
}

const storedNode = ({ links, bytes }: Row): StoredNode => {
  const ids = unpackLinks(links)
  const children = nodeLinks(bytes).map((link, place) => {
    const id = ids[place]
    assert(id !== undefined, 'a node row names the row of each subtree')
    return { key: cidKey(link), id }
  })
  assert.equal(ids.length, children.length, 'a node row names no more rows than it has subtrees')
  return { bytes, children }
}
