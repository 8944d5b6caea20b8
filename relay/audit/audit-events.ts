// The part of the auditor that reads events: each against its leaf, each signed one whole in itself, and the heads that follow from them.

import { hash } from 'node:crypto'
import { cidFromBytes } from '../../atproto/cid.ts'
import { decodeData, encodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { DataMap } from '../../atproto/data-model.ts'
import { parseEvent } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { verifyCommitStructure } from '../../atproto/verify-commit.ts'
import { verifySyncStructure } from '../../atproto/verify-sync.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Head } from '../ingest/judge.ts'
import { leafBytes } from '../origin/leaf.ts'
import type { Origin } from '../origin/origin.ts'

export type Say = (where: string, what: string) => void

/** Bytes that cannot be read at all are a problem like any other, not the end of the audit. */
export const orSay = (audit: () => void, say: (what: string) => void): void => {
  try {
    audit()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
  }
}

type EventRow = { seq: number; kind: string; did: string; timeMs: number; frame: Uint8Array }
type HeadRow = { rev: string; commitCid: Uint8Array; dataCid: Uint8Array }

const parseEventRow = (row: unknown): EventRow => row as EventRow
const parseHeadRow = (row: unknown): HeadRow | undefined => row as HeadRow | undefined

/** Says what is wrong; gives the number of events and of accounts with events. */
export const auditEvents = (db: Database, origin: Origin, say: Say): { events: number; accounts: number } => {
  const heads = new Map<string, string>()
  const leafOf = db.prepare('SELECT bytes FROM leaf WHERE leaf = ?').pluck()
  let [count, next] = [0, 0]
  for (const row of db.prepare('SELECT seq, kind, did, time_ms AS timeMs, frame FROM event ORDER BY seq').iterate()) {
    const found = parseEventRow(row)
    const where = `event ${found.seq}`
    count += 1
    if (next !== 0 && found.seq !== next) say(where, `events from ${next} on are missing`)
    next = found.seq + 1
    const leaf = leafOf.get(found.seq - origin.base)
    if (!(leaf instanceof Uint8Array)) say(where, 'it has no leaf')
    else
      orSay(
        () => auditEvent(found, leaf, origin, heads, (what) => say(where, what)),
        (what) => say(where, what),
      )
  }
  auditHeads(db, heads, say)
  return { events: count, accounts: heads.size }
}

const auditEvent = (row: EventRow, leaf: Uint8Array, origin: Origin, heads: Map<string, string>, say: (what: string) => void): void => {
  const frame = decodeFrame(row.frame)
  if (frame.kind !== 'message') return say('its frame is no message')
  const event = parseEvent(frame.t, frame.payload)
  if (event.kind === 'unknown' || event.kind === 'info') return say('its frame is no event of a repository')
  const did = event.kind === 'commit' ? event.repo : event.did
  if (event.kind !== row.kind || did !== row.did || event.seq !== row.seq) say('its row says something else than its frame')
  const head = headOf(event, row.timeMs, say)
  const expected = leafBytes(event, head, frame.payloadBytes, origin.saltOf(row.seq - origin.base))
  if (Buffer.compare(expected, leaf) !== 0) say(`its leaf says something else: ${differences(expected, leaf).join(', ')}`)
  if (head !== null && (event.kind === 'commit' || event.kind === 'sync'))
    heads.set(did, `${event.rev} ${head.commitCid.toString()} ${head.dataCid.toString()}`)
}

/** The commit inside, when the event is whole. Its rev was not in the future when it was received. */
const headOf = (event: RepoEvent, timeMs: number, say: (what: string) => void): Head | null => {
  if (event.kind !== 'commit' && event.kind !== 'sync') return null
  const verified = event.kind === 'commit' ? verifyCommitStructure(event, timeMs) : verifySyncStructure(event, timeMs)
  if (verified.ok) return { commitCid: verified.commitCid, dataCid: verified.dataCid }
  say(`${verified.reason}: ${verified.detail}`)
  return null
}

const differences = (expected: Uint8Array, found: Uint8Array): string[] => {
  const [a, b]: DataMap[] = [parseDataMap(decodeData(expected)), parseDataMap(decodeData(found))]
  const digest = (value: DataMap[string] | undefined): string => hash('sha256', encodeData(value ?? null))
  return [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].filter((name) => digest(a?.[name]) !== digest(b?.[name]))
}

const auditHeads = (db: Database, heads: ReadonlyMap<string, string>, say: Say): void => {
  const select = db.prepare('SELECT rev, commit_cid AS commitCid, data_cid AS dataCid FROM account WHERE did = ? AND rev IS NOT NULL')
  for (const [did, head] of heads) {
    const row = parseHeadRow(select.get(did))
    const stands =
      row === undefined ? 'nothing' : `${row.rev} ${cidFromBytes(row.commitCid).toString()} ${cidFromBytes(row.dataCid).toString()}`
    if (stands !== head) say(`account ${did}`, `its head is ${stands}, its last event says ${head}`)
  }
}
