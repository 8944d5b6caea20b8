// How following stands, for the network page and the figures: connected or not, how far read, how far the relay is, what was refused.

import type { Origin } from '../store/store.ts'
import type { Writer } from './writer.ts'

export type FollowStatus = {
  readonly state: 'connecting' | 'following' | 'lost' | 'refused'
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
