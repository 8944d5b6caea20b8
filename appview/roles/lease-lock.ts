// One at a time of what has one name, over all processes of a store: within a process by turns, between them by a lease that beats while the work is done.
// Names share a bounded number of leases, which say nothing of whose they are; two names that share one wait for each other, and nothing else.

import { createHash } from 'node:crypto'
import { inTurnByKey } from '../../server/in-turn.ts'
import type { TurnByKey } from '../../server/in-turn.ts'
import { awaitLease, takeIfFree } from './await-lease.ts'
import type { LeaseDeps } from './await-lease.ts'
import { LEASE_BEATS_PER_TTL, LOCK_PATIENCE_MS, LOCK_PLACES } from './limits.ts'

/** `kind` begins the leases' names. Rejects where another process holds the lease for longer than patience lasts. */
export const leaseLock = (deps: LeaseDeps, kind: string): TurnByKey => {
  const turn = inTurnByKey()
  return (name, work) => {
    const lease = `${kind}/${createHash('sha256').update(name).digest().readUInt32BE() % LOCK_PLACES}`
    return turn(lease, () => holding(deps, lease, work))
  }
}

const holding = async <T>(deps: LeaseDeps, lease: string, work: () => Promise<T>): Promise<T> => {
  if (!(await takeIfFree(deps, lease))) await awaitLease(deps, lease, AbortSignal.timeout(LOCK_PATIENCE_MS))
  return keeping(deps, lease, work)
}

/** Beats for a lease that was taken while the work is done, and gives it back. */
export const keeping = async <T>({ leases, seat, clock, log, ttlMs }: LeaseDeps, lease: string, work: () => Promise<T>): Promise<T> => {
  using _ = clock.every(ttlMs / LEASE_BEATS_PER_TTL, () => {
    leases.renew(lease, seat.holder, '').catch((error: unknown) => log.warn('lease.late', { lease, error }))
  })
  try {
    return await work()
  } finally {
    // Failing to give it back costs those who wait their patience, nothing else.
    await leases.release(lease, seat.holder).catch((error: unknown) => log.warn('lease.not-released', { lease, error }))
  }
}
