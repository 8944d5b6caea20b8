// The event log from its stored frames: each is an event, its seq is its row's, each #commit inverts and stands on its account's event before it,
// is signed by the
// account's key of its time, and the last one is the head.

import { cidFromBytes, sameCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { msOfDatetime, parseDatetime } from '../../atproto/datetime.ts'
import { didOf, InvalidEvent, parseEvent } from '../../atproto/event.ts'
import type { CommitEvent, RepoEvent, SyncEvent } from '../../atproto/event.ts'
import { decodeFrame, InvalidFrame } from '../../atproto/frame.ts'
import { verifyCommitStructure, verifySignatureOf } from '../../atproto/verify-commit.ts'
import { verifySyncStructure } from '../../atproto/verify-sync.ts'
import type { Database } from '../../server/sqlite.ts'
import { createHeads } from '../repo/heads.ts'
import type { Findings } from './findings.ts'

type Row = { seq: number; did: string; frame: Uint8Array }
/** Where an account stands after its events so far. */
type Chain = { readonly rev: string; readonly data: Cid; readonly commit: Cid }

export const auditEvents = (db: Database, didKeyAt: (did: string, seq: number) => string, findings: Findings): void => {
  const heads = createHeads(db)
  const chains = new Map<string, Chain>()
  for (const row of db.prepare<[], Row>('SELECT seq, did, frame FROM event ORDER BY seq').iterate()) {
    const where = `event ${row.seq}`
    const event = eventOf(row.frame)
    if (
      !findings.check(
        'events',
        event !== undefined && event.seq === row.seq && didOf(event) === row.did,
        where,
        'is not the event its row names',
      )
    )
      continue
    if (event?.kind !== 'commit' && event?.kind !== 'sync') continue
    // An account that is here no more left its events, but not its key.
    if (heads.get(row.did) === undefined) continue
    const chain = follow(event, chains.get(row.did), didKeyAt(row.did, row.seq), where, findings)
    if (chain !== undefined) chains.set(row.did, chain)
  }
  for (const [did, { commit, rev }] of chains) {
    const head = heads.get(did)
    const isHead = head !== undefined && head.rev === rev && sameCid(cidFromBytes(head.commitCid), commit)
    findings.check('chains', isHead, `repo ${did}`, 'the newest commit on the log is not the head')
  }
}

const eventOf = (frame: Uint8Array): RepoEvent | undefined => {
  try {
    const message = decodeFrame(frame)
    if (message.kind !== 'message') return undefined
    const event = parseEvent(message.t, message.payload)
    return event.kind === 'info' || event.kind === 'unknown' ? undefined : event
  } catch (error) {
    if (error instanceof InvalidFrame || error instanceof InvalidEvent) return undefined
    throw error
  }
}

const follow = (
  event: CommitEvent | SyncEvent,
  before: Chain | undefined,
  didKey: string,
  where: string,
  findings: Findings,
): Chain | undefined => {
  const nowMs = msOfDatetime(parseDatetime(event.time))
  const verified = event.kind === 'commit' ? verifyCommitStructure(event, nowMs) : verifySyncStructure(event, nowMs)
  if (!verified.ok) {
    findings.problem(where, `${verified.reason}: ${verified.detail}`)
    return undefined
  }
  const { commitCid, dataCid } = verified
  const signed = verifySignatureOf(verified.commit, didKey) === undefined
  findings.check('event signatures', signed, where, 'is not signed by the account’s key of its time')
  if (event.kind === 'commit')
    findings.check('event commits', standsOn(event, before), where, 'does not stand on the account’s event before it')
  return { rev: event.rev, data: dataCid, commit: commitCid }
}

const standsOn = ({ rev, since, prevData }: CommitEvent, before: Chain | undefined): boolean =>
  before === undefined || (since === before.rev && rev > before.rev && prevData !== null && sameCid(prevData, before.data))
