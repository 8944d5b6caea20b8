// What every role of an appview is given.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { Metrics } from '../../server/metrics.ts'
import type { AppviewConfig } from '../config.ts'
import type { Store } from '../store/store.ts'
import type { PostDeps, Duty } from './post.ts'
import type { Role } from './roles.ts'
import type { Seat } from './seat.ts'

export type Surroundings = {
  readonly config: AppviewConfig
  readonly roles: readonly Role[]
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly store: Store
  readonly seat: Seat
  readonly leaseTtlMs: number
  /** The address under which people reach the site. */
  readonly url: string
}

/** The leases of an appview's book. */
export const INGEST = 'ingest'
export const JOBS = 'jobs'
/** Begins the names of those under which one process at a time renews what somebody's server granted. */
export const SIGN_IN = 'sign-in'

/** What a post of this name needs. */
export const postOf = <D extends Duty>(around: Surroundings, name: string, begin: () => Promise<D>): PostDeps<D> => {
  const { store, seat, clock, log, metrics, leaseTtlMs } = around
  const held = metrics.gauge('lease_held', 'whether this process does what only one may do, by lease', ['lease'])
  return { leases: store.leases, seat, clock, log, ttlMs: leaseTtlMs, name, held, begin }
}
