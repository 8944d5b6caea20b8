// The moment readers look at: what the state said, and when. Whoever comes within a blink looks at the same one, so that an answer made of several reads
// asks for the state once and is of one moment. What this process wrote it sees at once; what another one wrote, a blink later; and never less than it
// saw before, also where it reads from secondaries.

import type { ClientSession, MongoClient, Timestamp } from 'mongodb'
import { systemClock } from '../../server/clock.ts'
import type { StateRow } from './mongo-tables.ts'

/** So old a moment may be when a reader takes it. */
const BLINK_MS = 20

export type Look = { readonly row: StateRow; readonly time: Timestamp | null }

export type Moments = {
  readonly now: () => Promise<Look>
  /** Something was written here, or the moment is not to be had any more: whoever comes next looks anew. */
  readonly passed: () => void
  /** A session whose reads are of that moment. */
  readonly sessionAt: (look: Look) => ClientSession
}

export const openMoments = (client: MongoClient, readState: (session: ClientSession) => Promise<StateRow>): Moments => {
  const clock = systemClock()
  let [sinceMs, taken]: [number, Promise<Look> | null] = [0, null]
  let newest: Look | null = null
  const lookAt = async (time: Timestamp | null): Promise<Look> => {
    const session = snapshotAt(client, time)
    try {
      return { row: await readState(session), time: timeOf(session) }
    } finally {
      await session.endSession()
    }
  }
  const look = async (): Promise<Look> => {
    const first = await lookAt(null)
    // A secondary that is behind what was seen here waits until it has that.
    const found = newest !== null && first.row.step < newest.row.step ? await lookAt(newest.time) : first
    if (newest === null || found.row.step > newest.row.step) newest = found
    return found
  }
  return {
    now: () => {
      const nowMs = clock.monotonicMs()
      if (taken !== null && nowMs - sinceMs < BLINK_MS) return taken
      const mine = look()
      ;[sinceMs, taken] = [nowMs, mine]
      mine.catch(() => {
        if (taken === mine) taken = null
      })
      return mine
    },
    passed: () => {
      taken = null
    },
    sessionAt: ({ time }) => snapshotAt(client, time),
  }
}

/** The driver takes the time from the first read; given one, all reads are of that. */
const snapshotAt = (client: MongoClient, time: Timestamp | null): ClientSession => {
  const session = client.startSession({ snapshot: true })
  return time === null ? session : Object.assign(session, { snapshotTime: time })
}

const timeOf = (session: ClientSession & { readonly snapshotTime?: Timestamp }): Timestamp | null => session.snapshotTime ?? null
