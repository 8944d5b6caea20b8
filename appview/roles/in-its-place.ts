// A tool that does what the process does that follows the log, where none does: it holds that one's lease and beats, so that whoever starts meanwhile stands by.

import { join } from 'node:path'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { shareFile } from '../../server/sqlite.ts'
import { StartError } from '../../server/start-error.ts'
import type { Leases } from '../store/leases.ts'
import { awaitLease, takeIfFree } from './await-lease.ts'
import type { LeaseDeps } from './await-lease.ts'
import { keeping } from './lease-lock.ts'
import { TOOL_PATIENCE_TIMES } from './limits.ts'
import { takeSeat } from './seat.ts'
import { INGEST } from './surroundings.ts'

export type Place = {
  readonly leases: Leases
  /** The appview's data folder. */
  readonly folder: string
  readonly ttlMs: number
  readonly clock: Clock
  readonly log: Log
}

/** What the work resolves to, which is done only where nobody follows; null where somebody does. */
export const inItsPlace = async <T>({ folder, ...around }: Place, work: () => Promise<T>): Promise<T | null> => {
  using held = new DisposableStack()
  try {
    // A whole appview is alone in its folder.
    held.use(shareFile(join(folder, 'appview.lock')))
  } catch (error) {
    if (error instanceof StartError) return null
    throw error
  }
  const deps: LeaseDeps = { ...around, seat: held.use(takeSeat(folder)) }
  return (await isTaken(deps)) ? keeping(deps, INGEST, work) : null
}

/** Of a process that died elsewhere the lease runs out; one that lives goes on beating. */
const isTaken = async (deps: LeaseDeps): Promise<boolean> => {
  if (await takeIfFree(deps, INGEST)) return true
  const lease = await deps.leases.read(INGEST)
  if (typeof lease?.holder === 'string' && deps.seat.stateOf(lease.holder) === 'alive') return false
  const patience = AbortSignal.timeout(TOOL_PATIENCE_TIMES * deps.ttlMs)
  try {
    await awaitLease(deps, INGEST, patience)
    return true
  } catch (error) {
    if (patience.aborted) return false
    throw error
  }
}
