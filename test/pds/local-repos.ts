// Repositories on a database of their own, without accounts' doors: for tests of writing, storing and events.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cidForCbor } from '../../atproto/cid.ts'
import { encodeData } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import type { Did } from '../../atproto/did.ts'
import { parseEvent } from '../../atproto/event.ts'
import type { CommitEvent } from '../../atproto/event.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { createKeypair, importKeypair } from '../../atproto/keys.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { parseRecordPath } from '../../atproto/record-path.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { createRepos } from '../../pds/repo/repos.ts'
import type { Repos } from '../../pds/repo/repos.ts'
import type { EncodedRecord, Write } from '../../pds/repo/write.ts'
import { accountsSql } from '../../pds/schema/accounts.sql.ts'
import { repoSql } from '../../pds/schema/repo.sql.ts'
import { createSequencer } from '../../pds/sequencer.ts'
import type { Sequencer } from '../../pds/sequencer.ts'
import { systemClock } from '../../server/clock.ts'
import type { Clock } from '../../server/clock.ts'
import { openEventLog } from '../../server/event-log.ts'
import type { EventLog } from '../../server/event-log.ts'
import { openDatabase } from '../../server/sqlite.ts'
import type { Database } from '../../server/sqlite.ts'

export type LocalRepos = {
  readonly db: Database
  readonly clock: Clock
  readonly events: EventLog
  readonly sequencer: Sequencer
  readonly repos: Repos
  readonly keypair: Keypair
  /** Accounts that may not write. */
  readonly inactive: Set<Did>
  /** A new account with an empty repo, its first commit on the log. */
  join(name: string): Did
  close(): void
}

export const COLLECTION = 'org.example.note'

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'waki-repos-'))

/** In `folder`, which may already hold repos of an earlier life. One key signs for all; it is the same in every life. */
export const openLocalRepos = (folder: string, options: { nodeCacheBytes?: number; clock?: Clock } = {}): LocalRepos => {
  mkdirSync(folder, { recursive: true })
  const clock = options.clock ?? systemClock()
  const db = openDatabase(join(folder, 'pds.sqlite'), [accountsSql, repoSql])
  const events = openEventLog(db, { firstSeq: 1_000, windowBytes: 4_000_000 })
  const sequencer = createSequencer({ db, events, clock })
  const keypair = importKeypair(Buffer.alloc(32, 7))
  const inactive = new Set<Did>()
  const { nodeCacheBytes } = options
  const repos = createRepos({
    db,
    sequencer,
    clock,
    keyOf: () => keypair,
    isActive: (did) => !inactive.has(did),
    ...(nodeCacheBytes !== undefined && { nodeCacheBytes }),
  })
  const account = db.prepare("INSERT INTO account (did, handle, password_hash, signing_key, created_ms) VALUES (?, ?, '', x'', 0)")
  return {
    db,
    clock,
    events,
    sequencer,
    repos,
    keypair,
    inactive,
    join(name) {
      const did = parseDid(`did:web:${name}.example`)
      db.transaction(() => {
        account.run(did, `${name}.example`)
        repos.init(did, keypair)
        sequencer.commit(did)
      })()
      sequencer.published()
      return did
    },
    close: () => db.close(),
  }
}

/** The same, gone after the test. */
export const localRepos = (t: { after(fn: () => void): void }, options: Parameters<typeof openLocalRepos>[1] = {}): LocalRepos => {
  const folder = temporaryFolder()
  const local = openLocalRepos(folder, options)
  t.after(() => {
    local.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return local
}

export const pathOf = (rkey: string, collection: string = COLLECTION): RecordPath => parseRecordPath(`${collection}/${rkey}`)

export const recordOf = (value: Data): EncodedRecord => {
  const bytes = encodeData(value)
  return { cid: cidForCbor(bytes), bytes, blobs: [] }
}

export const noteOf = (text: string): EncodedRecord => recordOf({ $type: COLLECTION, text })

export const create = (rkey: string, text: string = rkey): Write => ({ action: 'create', path: pathOf(rkey), record: noteOf(text) })
export const put = (rkey: string, text: string): Write => ({ action: 'put', path: pathOf(rkey), record: noteOf(text) })
export const update = (rkey: string, text: string): Write => ({ action: 'update', path: pathOf(rkey), record: noteOf(text) })
export const remove = (rkey: string): Write => ({ action: 'delete', path: pathOf(rkey) })

/** Every published #commit, oldest first. */
export const commitsOf = ({ events }: { events: EventLog }, did?: Did): CommitEvent[] => {
  const found: CommitEvent[] = []
  for (let after = 0, page = events.read(0, PAGE); page.length > 0; page = events.read(after, PAGE)) {
    for (const { seq, frame } of page) {
      after = seq
      const message = decodeFrame(frame)
      if (message.kind !== 'message') throw new Error('a log holds messages')
      const event = parseEvent(message.t, message.payload)
      if (event.kind === 'commit' && (did === undefined || event.repo === did)) found.push(event)
    }
  }
  return found
}

const PAGE = { maxCount: 1_000, maxBytes: 8_000_000 }

export { createKeypair }
