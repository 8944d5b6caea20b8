// Changes of a store on SQLite: what this process commits is told at once, what others wrote is seen by the file's version.

import { systemClock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { createChanges } from './changes.ts'
import type { Changes } from './changes.ts'

/** How often the file is looked at while anybody waits. */
const LOOK_EVERY_MS = 50

export const openChanges = (db: Database): Changes => {
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  const clock = systemClock()
  return createChanges((tell) => {
    let seen = version.get()
    return clock.every(LOOK_EVERY_MS, () => {
      const now = version.get()
      if (now !== seen) tell()
      seen = now
    })
  })
}
