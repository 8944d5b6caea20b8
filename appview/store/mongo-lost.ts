// Commands that are never answered. What is being compressed, or waits for room in its socket, while that socket is closed, the driver waits for without
// end: nobody tells it, no time is set to it, and its place in the pool, its transaction and its lease stay taken. So all that is sent is watched; what a
// node that failed since has not answered for a while, or what is older than a silent socket may be, is lost, and with it the process.

import type { MongoClient } from 'mongodb'
import { systemClock } from '../../server/clock.ts'

/** Whoever is told: which command, how long ago. */
export type OnLost = (lost: { readonly command: string; readonly address: string; readonly forMs: number }) => void

export type LostLimits = {
  /** So long after a node was found failing everything sent before has been answered, or ended by the driver. */
  readonly afterFailureMs: number
  /** So long no command lasts: the driver ends sockets that are silent for less. */
  readonly everMs: number
  readonly lookMs: number
}

const USUAL: LostLimits = { afterFailureMs: 30_000, everMs: 100_000, lookMs: 1_000 }

type Sent = { readonly command: string; readonly address: string; readonly atMs: number }

/** Follows a client that tells of its commands, to its end. */
export const watchLost = (client: MongoClient, onLost: OnLost, limits: LostLimits = USUAL): void => {
  const clock = systemClock()
  const sent = new Map<number, Sent>()
  let failedMs = Number.NEGATIVE_INFINITY
  client.on('commandStarted', ({ requestId, commandName, address }) => {
    sent.set(requestId, { command: commandName, address, atMs: clock.monotonicMs() })
  })
  client.on('commandSucceeded', ({ requestId }) => void sent.delete(requestId))
  client.on('commandFailed', ({ requestId }) => void sent.delete(requestId))
  client.on('serverHeartbeatFailed', () => {
    // The first failure counts: a node that stays away fails again and again.
    if (clock.monotonicMs() - failedMs > limits.afterFailureMs) failedMs = clock.monotonicMs()
  })
  const looking = clock.every(limits.lookMs, () => {
    const now = clock.monotonicMs()
    for (const { command, address, atMs } of sent.values()) {
      const isOfBefore = atMs < failedMs && now - failedMs > limits.afterFailureMs
      if (!isOfBefore && now - atMs <= limits.everMs) continue
      looking[Symbol.dispose]()
      return onLost({ command, address, forMs: Math.round(now - atMs) })
    }
  })
  client.on('topologyClosed', () => looking[Symbol.dispose]())
}
