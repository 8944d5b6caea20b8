// Waiting for a lease: it is taken when nobody has it, when its holder is seen to be gone, or when its beat has stood still long enough by the clock of
// whoever waits. Time in which the store did not answer, or this process did not run, counts for nobody.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { Lease, Leases } from '../store/leases.ts'
import { LEASE_ALIVE_TIMES, LEASE_LOOKS_PER_TTL } from './limits.ts'
import type { Seat } from './seat.ts'

export type LeaseDeps = {
  readonly leases: Leases
  readonly seat: Seat
  readonly clock: Clock
  readonly log: Log
  readonly ttlMs: number
}

/** Takes it if nobody has it at this moment. */
export const takeIfFree = async ({ leases, seat }: LeaseDeps, name: string): Promise<boolean> => {
  const now = await leases.read(name)
  return isFree(seat, now) && (isOwn(seat, now) || (await leases.take(name, seat.holder, now)))
}

/** Resolves when it is taken. Rejects only when the signal aborts. */
export const awaitLease = async (deps: LeaseDeps, name: string, signal: AbortSignal): Promise<void> => {
  const { leases, seat, clock, log, ttlMs } = deps
  const stepMs = ttlMs / LEASE_LOOKS_PER_TTL
  let seen: Lease | null = null
  let stoodMs = 0
  let lookedMs = clock.monotonicMs()
  for (;;) {
    try {
      const now = await leases.read(name)
      const nowMs = clock.monotonicMs()
      stoodMs = isSame(seen, now) ? stoodMs + Math.min(nowMs - lookedMs, 2 * stepMs) : 0
      ;[seen, lookedMs] = [now, nowMs]
      if (isOwn(seat, now)) return
      if ((isFree(seat, now) || stoodMs > patienceWith(seat, now, ttlMs)) && (await leases.take(name, seat.holder, now))) {
        log.warn('lease.taken-over', { lease: name, from: now?.holder ?? null, stoodMs: Math.round(stoodMs) })
        return
      }
    } catch (error) {
      seen = null
      log.warn('lease.unseen', { lease: name, error })
    }
    await clock.sleep(stepMs, signal)
  }
}

const isSame = (a: Lease | null, b: Lease | null): boolean => a !== null && b !== null && a.holder === b.holder && a.beat === b.beat

/** Taking it may have been stored although it was said to have failed. */
const isOwn = (seat: Seat, lease: Lease | null): boolean => lease?.holder === seat.holder

const isFree = (seat: Seat, lease: Lease | null): boolean =>
  lease === null || lease.holder === null || isOwn(seat, lease) || seat.stateOf(lease.holder) === 'gone'

/** Who lives on this machine and does not beat may be at long work in one piece, or stopped. */
const patienceWith = (seat: Seat, lease: Lease | null, ttlMs: number): number =>
  typeof lease?.holder === 'string' && seat.stateOf(lease.holder) === 'alive' ? LEASE_ALIVE_TIMES * ttlMs : ttlMs
