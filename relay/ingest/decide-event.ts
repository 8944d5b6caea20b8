// What becomes of a believed event, given what we hold of its account. Pure.
// Checks, in order: the account is active (#commit, #sync) · rev rises (#commit, #sync) · for an account whose DID is gone, the host is the last we knew.
// A commit that does not follow from the last one is passed on and marked (https://atproto.com/specs/sync): the relay holds no repository to mend it with.

import { sameCid } from '../../atproto/cid.ts'
import type { CommitEvent, SyncEvent } from '../../atproto/event.ts'
import { didOf } from '../../atproto/event.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import type { Account, RepoHead } from './account-table.ts'
import type { Believed, Head } from './judge.ts'
import type { Note } from './notes.ts'

export type Decision =
  | { readonly kind: 'refuse'; readonly reason: EventRefusal; readonly detail: string }
  | { readonly kind: 'pass-over'; readonly note: Note }
  /** `account` is what we hold from now on; null when the event changes nothing we hold. */
  | { readonly kind: 'append'; readonly account: Account | null; readonly note: Note | null }

/** `account` is undefined for a DID never seen before. */
export const decideEvent = (account: Account | undefined, hostId: number, { event, head, isGone, note }: Believed): Decision => {
  const known: Account = account ?? { did: didOf(event), hostId, isActive: true, status: null, head: null, isDesynchronized: false }
  if (event.kind === 'identity') return { kind: 'append', account: null, note }
  if (event.kind === 'account') {
    if (isGone && account?.hostId !== hostId) return refuse('identity.not-this-host', 'the DID has no document any more')
    return { kind: 'append', account: { ...known, hostId, isActive: event.active, status: event.status ?? null }, note }
  }
  return decideSigned({ ...known, hostId }, event, head)
}

const refuse = (reason: EventRefusal, detail: string): Decision => ({ kind: 'refuse', reason, detail })

const decideSigned = (account: Account, event: CommitEvent | SyncEvent, head: Head | null): Decision => {
  if (!account.isActive) return refuse('account.inactive', account.status ?? 'inactive')
  if (head === null) return refuse('commit.malformed', 'no head')
  const last = account.head
  if (last !== null && event.rev <= last.rev) {
    const isKnown = event.kind === 'sync' && event.rev === last.rev && sameCid(head.commitCid, last.commitCid)
    return isKnown ? { kind: 'pass-over', note: 'sync.known' } : refuse('commit.rev-stale', `${event.rev} after ${last.rev}`)
  }
  const next: RepoHead = { rev: event.rev, ...head }
  if (event.kind === 'sync') return { kind: 'append', account: { ...account, head: next, isDesynchronized: false }, note: null }
  const follows = last === null || followsFrom(last, event)
  const isDesynchronized = account.isDesynchronized || !follows
  return { kind: 'append', account: { ...account, head: next, isDesynchronized }, note: follows ? null : 'commit.discontinuous' }
}

const followsFrom = (last: RepoHead, event: CommitEvent): boolean =>
  event.since === last.rev && event.prevData !== null && sameCid(event.prevData, last.dataCid)
