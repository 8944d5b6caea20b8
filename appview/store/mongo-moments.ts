// The moment readers look at: what the state said, and when. Whoever comes within a blink looks at the same one, so that an answer made of several reads
// asks for the state once and is of one moment. What this process wrote, or was told of the state, it sees from then on; what another one wrote, a blink
// later; and never less than it saw or wrote before, also where it reads from secondaries, or from a primary just elected that does not know yet how much a
// majority has: those are waited for.

import type { ClientSession, MongoClient, Timestamp } from 'mongodb'
import { systemClock } from '../../server/clock.ts'
import type { StateRow, Tables } from './mongo-tables.ts'

/** So old a moment may be when a reader takes it. */
const BLINK_MS = 20

export type Look = { readonly row: StateRow; readonly time: Timestamp | null }

export type Moments = {
  readonly now: () => Promise<Look>
  /** The newest there is, from the primary; what is read next is not older. */
  readonly newest: () => Promise<Look>
  /** Stored by this process, at the latest then: no look from here on is of an earlier moment. */
  readonly wrote: (time: Timestamp) => void
  /** Something was written here, or the moment is not to be had any more: whoever comes next looks anew. */
  readonly passed: () => void
  /** A session whose reads are of that moment. */
  readonly sessionAt: (look: Look) => ClientSession
}

export type ReadState = (tables: Tables, session: ClientSession) => Promise<StateRow>

/** `readers`: the tables as the address says they may be read; `tables`: on the primary. */
export const openMoments = (tables: Tables, readers: Tables, readState: ReadState): Moments => {
  const { client } = tables
  const clock = systemClock()
  let [sinceMs, taken]: [number, Promise<Look> | null] = [0, null]
  let [seen, isPassed]: [Look | null, boolean] = [null, true]
  let written: Timestamp | null = null
  /** The moment to wait for, where a look was of an earlier one than this process knows. */
  const missed = ({ row, time }: Look): Timestamp | null => {
    if (written !== null && time !== null && time.lessThan(written)) return written
    return seen !== null && row.step < seen.row.step ? seen.time : null
  }
  const lookAt = async (where: Tables, time: Timestamp | null): Promise<Look> => {
    const session = snapshotAt(client, time)
    try {
      return { row: await readState(where, session), time: timeOf(session) }
    } finally {
      await session.endSession()
    }
  }
  const look = async (where: Tables): Promise<Look> => {
    const first = await lookAt(where, null)
    const moment = missed(first)
    const found = moment === null ? first : await lookAt(where, moment)
    if (seen === null || found.row.step >= seen.row.step) seen = found
    return found
  }
  const take = (where: Tables): Promise<Look> => {
    const mine = look(where)
    ;[sinceMs, taken, isPassed] = [clock.monotonicMs(), mine, false]
    mine.catch(() => {
      if (taken === mine) [taken, isPassed] = [null, true]
    })
    return mine
  }
  return {
    now: () => (taken !== null && clock.monotonicMs() - sinceMs < BLINK_MS ? taken : take(isPassed ? tables : readers)),
    newest: () => take(tables),
    wrote: (time) => {
      if (written === null || written.lessThan(time)) written = time
    },
    passed: () => {
      ;[taken, isPassed] = [null, true]
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
