// Everything about one event that needs no state of ours: may be done for many events at once, in any order.
// Checks, in order: identity resolves · the host is the DID's current PDS (asked anew once) · structure · signature (identity asked anew once).
// Does not check: account, rev against the last one, continuity (decide-event.ts does, where the event is appended).

import { UnresolvedDid } from '../../atproto/resolve-did.ts'
import type { Cid } from '../../atproto/cid.ts'
import type { Did } from '../../atproto/did.ts'
import { didOf } from '../../atproto/event.ts'
import type { AccountEvent, CommitEvent, IdentityEvent, RepoEvent, SyncEvent } from '../../atproto/event.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import type { Identity } from '../../atproto/identity-cache.ts'
import { verifyCommitStructure, verifySignatureOf } from '../../atproto/verify-commit.ts'
import { verifySyncStructure } from '../../atproto/verify-sync.ts'
import type { Host } from '../hosts/host-table.ts'
import { isPdsOf } from './identities.ts'
import type { Identities } from './identities.ts'
import type { Note } from './notes.ts'

/** The commit that an event makes the account's current one. */
export type Head = { readonly commitCid: Cid; readonly dataCid: Cid }

export type Refused = {
  readonly kind: 'refused'
  readonly seq: number | null
  readonly did: Did | null
  readonly reason: EventRefusal
  readonly detail: string
}
export type Noted = { readonly kind: 'noted'; readonly seq: number | null; readonly note: Note }
/** `isGone`: the DID has no document any more, so that only the host we last had the account from may speak of it. */
export type Believed = {
  readonly kind: 'believed'
  readonly event: RepoEvent
  readonly head: Head | null
  readonly isGone: boolean
  readonly note: Note | null
}
export type Judged = Refused | Noted | Believed

export type Judge = (host: Host, event: RepoEvent) => Promise<Judged>

/** `civilMs` is the time that revs are compared with. */
export const createJudge = (identities: Identities, civilMs: () => number): Judge => {
  const named = async (host: Host, did: Did): Promise<Identity | undefined> => {
    const identity = await identities.get(did)
    if (isPdsOf(host, identity)) return identity
    const fresh = await identities.again(did)
    if (isPdsOf(host, fresh)) return fresh
    identities.fruitless(did)
    return undefined
  }

  const judgeSigned = async (host: Host, event: CommitEvent | SyncEvent): Promise<Judged> => {
    const did = didOf(event)
    const identity = await named(host, did)
    if (identity === undefined) return refused(event, 'identity.not-this-host', host.hostname)
    const checked = event.kind === 'commit' ? verifyCommitStructure(event, civilMs()) : verifySyncStructure(event, civilMs())
    if (!checked.ok) return refused(event, checked.reason, checked.detail)
    const believed = believe(event, { commitCid: checked.commitCid, dataCid: checked.dataCid })
    if (identity.signingKey !== null && verifySignatureOf(checked.commit, identity.signingKey) === undefined) return believed
    const fresh = await identities.again(did)
    if (fresh.signingKey !== null && isPdsOf(host, fresh) && verifySignatureOf(checked.commit, fresh.signingKey) === undefined)
      return believed
    identities.fruitless(did)
    return refused(event, 'commit.signature', fresh.signingKey ?? 'the identity names no key')
  }

  const judgeIdentity = async (event: IdentityEvent): Promise<Judged> => {
    const identity = await identities.refresh(event.did)
    if (event.handle === undefined || identity.handle === event.handle) return believe(event, null)
    const { handle: _dropped, ...rest } = event
    return believe(rest, null, 'identity.handle-dropped')
  }

  const judgeAccount = async (host: Host, event: AccountEvent): Promise<Judged> => {
    try {
      return (await named(host, event.did)) === undefined ? refused(event, 'identity.not-this-host', host.hostname) : believe(event, null)
    } catch (error) {
      const isGone = error instanceof UnresolvedDid && (error.code === 'deactivated' || error.code === 'not-found')
      if (isGone && !event.active) return { ...believe(event, null), isGone: true }
      throw error
    }
  }

  return async (host, event) => {
    try {
      if (event.kind === 'identity') return await judgeIdentity(event)
      if (event.kind === 'account') return await judgeAccount(host, event)
      return await judgeSigned(host, event)
    } catch (error) {
      if (error instanceof UnresolvedDid) return refused(event, 'identity.unresolved', `${error.code}: ${error.message}`)
      throw error
    }
  }
}

const refused = (event: RepoEvent, reason: EventRefusal, detail: string): Refused => ({
  kind: 'refused',
  seq: event.seq,
  did: didOf(event),
  reason,
  detail,
})

const believe = (event: RepoEvent, head: Head | null, note: Note | null = null): Believed => ({
  kind: 'believed',
  event,
  head,
  isGone: false,
  note,
})
