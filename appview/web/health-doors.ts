// What a process tells whoever watches it: /health that it lives and what it does, /ready whether it does all of its part now. A stand-by is healthy, not ready.

import type { Express } from 'express'
import { version } from '../../server/version.ts'
import type { Readiness, Role } from '../roles/roles.ts'

export const mountHealth = (app: Express, roles: readonly Role[], look: () => Promise<Readiness>): void => {
  app.get('/health', (_req, res) => void res.set('Cache-Control', 'no-store').json({ version, roles }))
  app.get('/ready', async (_req, res) => {
    const found = await look()
    const isReady = isServing(roles, found)
    res
      .status(isReady ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ready: isReady, roles: found })
  })
}

/** A process with doors is ready when these are: whether it writes too is another's concern as much as its own, unless its disk is full, which people have to mend. */
const isServing = (roles: readonly Role[], found: Readiness): boolean => {
  if (found.ingest === 'no-room') return false
  const doors = roles.filter((role) => role !== 'ingest' && role !== 'jobs')
  return (doors.length > 0 ? doors : roles).every((role) => found[role] === 'ready')
}
