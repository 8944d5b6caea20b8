// How following stands, for the network page and the figures: connected or not, how far read, how far the relay is, what was refused. Other
// processes learn it from what the follower tells with its lease.

import type { Origin } from '../store/store.ts'
import type { Writer } from './writer.ts'

export type FollowStatus = {
  /** away: nobody follows, or nobody has told of it lately. */
  readonly state: 'connecting' | 'following' | 'lost' | 'refused' | 'away'
  /** Why it is lost or refused. */
  readonly reason: string | null
  readonly origin: Origin | null
  readonly leaf: number
  /** When the last leaf read was recorded. */
  readonly recordedAt: string
  /** Leaves the relay had when last asked. */
  readonly relayLeaves: number | null
  /** Leaves by what came of them, and events by why they were not believed. */
  readonly counts: Readonly<Record<string, number>>
  /** When it was so, in real time; absent where it is so now. */
  readonly asOf?: string
}

export type StatusKeeper = {
  read(): FollowStatus
  origin(origin: Origin, leaves: number | null): void
  connected(): void
  lost(reason: string): void
  refused(reason: string): void
  wrote(): void
  count(name: string): void
  readonly isRefused: boolean
}

export const createFollowStatus = (writer: Pick<Writer, 'cursor'>): StatusKeeper => {
  let state: FollowStatus['state'] = 'connecting'
  let reason: string | null = null
  let known: Origin | null = null
  let relayLeaves: number | null = null
  const counts: Record<string, number> = {}
  const enter = (next: FollowStatus['state'], why: string | null): void => {
    state = next
    reason = why
  }
  return {
    get isRefused() {
      return state === 'refused'
    },
    read: () => {
      const { read } = writer.cursor()
      return { state, reason, origin: known, leaf: read.leaf, recordedAt: read.instant, relayLeaves, counts: { ...counts } }
    },
    origin: (origin, leaves) => {
      known = origin
      relayLeaves = leaves ?? relayLeaves
    },
    connected: () => enter('following', null),
    lost: (why) => enter('lost', why),
    refused: (why) => enter('refused', why),
    wrote: () => {
      relayLeaves = relayLeaves === null ? null : Math.max(relayLeaves, writer.cursor().read.leaf)
    },
    count: (name) => {
      counts[name] = (counts[name] ?? 0) + 1
    },
  }
}

/** What is told to other processes. */
export const toldStatus = (status: FollowStatus, nowMs: number): string =>
  JSON.stringify({ ...status, asOf: new Date(nowMs).toISOString() })

/** What was told; null where nothing was. */
export const parseToldStatus = (told: string): (FollowStatus & { readonly asOf: string }) | null => (told === '' ? null : JSON.parse(told))
