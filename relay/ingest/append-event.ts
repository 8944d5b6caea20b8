// One judged event becomes part of the log, or a count. Runs inside the group's transaction: everything here is durable together or not at all.
// The outgoing frame carries our seq and our time; the host's own stand beside the leaf.

import type { EventRefusal } from '../../atproto/event-refusals.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import { toDatetime } from '../../atproto/datetime.ts'
import { didOf } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import type { EventLog } from '../../server/event-log.ts'
import type { Host, HostTable } from '../hosts/host-table.ts'
import type { LeafTable } from '../origin/leaf-table.ts'
import { leafBytes } from '../origin/leaf.ts'
import type { Origin } from '../origin/origin.ts'
import type { Account, AccountTable } from './account-table.ts'
import { decideEvent } from './decide-event.ts'
import type { Identities } from './identities.ts'
import type { Believed, Head } from './judge.ts'
import type { Note } from './notes.ts'

/** `full`: the account is one more than the host may have; nothing was changed, and nothing behind it may be. */
export type Outcome =
  | { readonly kind: 'appended'; readonly note: Note | null }
  | { readonly kind: 'passed-over'; readonly note: Note }
  | { readonly kind: 'refused'; readonly reason: EventRefusal; readonly detail: string }
  | { readonly kind: 'full' }

export type AppendParts = {
  readonly log: EventLog
  readonly hosts: HostTable
  readonly accounts: AccountTable
  readonly leaves: LeafTable
  readonly origin: Origin
  readonly identities: Identities
  readonly maxAccountsOf: (host: Host) => number
}

/** `timeMs` is the receive time given to the event: civil, not before the last one's. */
export const appendEvent = (parts: AppendParts, host: Host, believed: Believed, timeMs: number): Outcome => {
  const { event } = believed
  const did = didOf(event)
  // Between the check of this event and now, a newer answer may have named another host.
  if (event.kind !== 'identity' && !parts.identities.stillNames(did, host))
    return { kind: 'refused', reason: 'identity.not-this-host', detail: 'moved' }
  const known = parts.accounts.get(did)
  const decision = decideEvent(known, host.id, believed)
  if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason, detail: decision.detail }
  if (decision.kind === 'pass-over') return { kind: 'passed-over', note: decision.note }
  if (decision.account !== null && !putAccount(parts, host, known, decision.account)) return { kind: 'full' }
  appendLeaf(parts, host, event, believed.head, timeMs)
  return { kind: 'appended', note: decision.note }
}

const putAccount = ({ hosts, accounts, maxAccountsOf }: AppendParts, host: Host, known: Account | undefined, account: Account): boolean => {
  if (known?.hostId !== host.id) {
    if (hosts.accounts(host.id) >= maxAccountsOf(host)) return false
    hosts.addAccounts(host.id, 1)
    if (known !== undefined) hosts.addAccounts(known.hostId, -1)
  }
  accounts.put(account)
  return true
}

const appendLeaf = ({ log, leaves, origin }: AppendParts, host: Host, event: RepoEvent, head: Head | null, timeMs: number): void => {
  let bytes: Uint8Array = new Uint8Array()
  const seq = log.append(event.kind, didOf(event), timeMs, (ours) => {
    const sent: RepoEvent = { ...event, seq: ours, time: toDatetime(timeMs) }
    const { frame, payload } = encodeEvent(sent)
    bytes = leafBytes(sent, head, payload, origin.saltOf(ours - origin.base))
    // A copy of its own: a slice of Node's buffer pool would keep the whole slab for as long as the frame is in the window.
    return new Uint8Array(frame)
  })
  leaves.append({ leaf: seq - origin.base, timeMs, bytes }, { hostId: host.id, hostSeq: event.seq, hostTime: event.time })
}
