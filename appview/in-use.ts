// Whether processes of an appview are at work on a store: seen by the beats of the leases in it, wherever those processes run.

import type { Clock } from '../server/clock.ts'
import { StartError } from '../server/start-error.ts'
import { LEASE_LOOKS_PER_TTL, LEASE_TTL_MS } from './roles/limits.ts'
import { INGEST, JOBS } from './roles/surroundings.ts'
import type { Leases } from './store/leases.ts'

/** A lease whose holder was killed does not beat; for so many times its usual patience it is watched. */
const WATCHED_TIMES = 2

const AND_COPY = 'copy again; or copy one moment of it into another folder, with --to-folder'

/** Throws StartError where a lease is held and beats. Who only answers pages holds none. */
export const refuseInUse = async (leases: Leases, clock: Clock, then = AND_COPY): Promise<void> => {
  const seen = await Promise.all([INGEST, JOBS].map(async (name) => leases.read(name)))
  const held = seen.filter((lease) => typeof lease?.holder === 'string')
  const until = clock.monotonicMs() + WATCHED_TIMES * LEASE_TTL_MS
  while (held.length > 0 && clock.monotonicMs() < until) {
    for (const before of held) {
      const now = before === null ? null : await leases.read(before.name)
      if (now?.holder === null || now === null || now.beat === before?.beat) continue
      throw new StartError(
        `an appview is at work on this store: its process ${now.holder} holds the lease ${now.name}. Stop all its processes, on every machine, and ${then}`,
      )
    }
    await clock.sleep(LEASE_TTL_MS / LEASE_LOOKS_PER_TTL)
  }
}
