// Whole repos as CARs, read from a view of the database that writes do not change: commit, then nodes in pre-order with the records between them,
// as keys ascend. With `since`, only what later commits wrote: a node that did not change has nothing new below it.

import assert from 'node:assert/strict'
import { carChunks } from '../../atproto/car.ts'
import type { Block } from '../../atproto/car.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import { decodeNode } from '../../atproto/mst-decode.ts'
import { parseRecordPath, splitPath } from '../../atproto/record-path.ts'
import { openForReading } from '../../server/sqlite.ts'
import type { Database } from '../../server/sqlite.ts'
import { createHeads } from './heads.ts'
import { EXPORT_MAX_RUNNING, EXPORT_MAX_WAITING } from './limits.ts'
import { unpackLinks } from './node-links.ts'
import { createRecordIndex } from './record-index.ts'

export type RepoExports = {
  /** Whether one more export may run or wait. */
  hasRoom(): boolean
  /** The repo's CAR in pieces; undefined inside when there is no such repo any more. Ends when read or left. */
  read(did: string, since: string | undefined): AsyncGenerator<Uint8Array, void, void>
}

type NodeRow = { rev: string; cid: Uint8Array; links: Uint8Array; bytes: Uint8Array }

/** `file`: the database, which must be a file. */
export const createRepoExports = (file: string): RepoExports => {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    hasRoom: () => waiting.length < EXPORT_MAX_WAITING,
    async *read(did, since) {
      if (running < EXPORT_MAX_RUNNING) running++
      else await new Promise<void>((placeIsFree) => waiting.push(placeIsFree))
      try {
        yield* readRepo(file, did, since)
      } finally {
        const next = waiting.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}

async function* readRepo(file: string, did: string, since: string | undefined): AsyncGenerator<Uint8Array, void, void> {
  const db = openForReading(file)
  try {
    // Every statement from here on sees the database as the first one does.
    db.exec('BEGIN')
    const head = createHeads(db).get(did)
    if (head === undefined) return
    const commit = { cid: cidFromBytes(head.commitCid), bytes: head.commitBytes }
    yield* carChunks(commit.cid, blocksOf(db, commit, head, since ?? ''))
  } finally {
    db.close()
  }
}

function* blocksOf(db: Database, commit: Block, head: { id: number; rootNode: number }, since: string): Generator<Block> {
  const nodes = db.prepare<[number], NodeRow>('SELECT rev, cid, links, bytes FROM node WHERE id = ?')
  const records = createRecordIndex(db)
  const underRow = function* (id: number): Generator<Block> {
    const row = nodes.get(id)
    assert(row !== undefined, `tree node ${id} is stored`)
    if (row.rev <= since) return
    yield { cid: cidFromBytes(row.cid), bytes: row.bytes }
    const { keys, links } = decodeNode(row.bytes, () => true)
    const children = unpackLinks(row.links).values()
    for (const [place, link] of links.entries()) {
      if (link !== null) yield* underRow(children.next().value ?? 0)
      const key = keys[place]
      if (key === undefined) continue
      const { collection, rkey } = splitPath(parseRecordPath(key))
      const record = records.get(head.id, collection, rkey)
      assert(record !== undefined, `${key} is in the tree, so its record is stored`)
      if (record.rev > since) yield { cid: cidFromBytes(record.cid), bytes: record.bytes }
    }
  }
  yield commit
  yield* underRow(head.rootNode)
}
