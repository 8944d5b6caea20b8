// Tells the appview to read its roster again when the file changes: `waki municipality create` adds a town to a running network.

import { statSync } from 'node:fs'
import { systemClock } from '../../server/clock.ts'
import type { Child } from './child.ts'
import { rosterFile } from './folder.ts'

const LOOK_EVERY_MS = 500

/** Looks until it is disposed of. */
export const watchRoster = (dir: string, followers: readonly Child[]): Disposable => {
  const changedAt = (): number => statSync(rosterFile(dir), { throwIfNoEntry: false })?.mtimeMs ?? 0
  let known = changedAt()
  return systemClock().every(LOOK_EVERY_MS, () => {
    const now = changedAt()
    if (now === known) return
    known = now
    for (const one of followers) one.signal('SIGHUP')
  })
}
