// All hosts that are being followed, one session each.

import type { Host } from './host-table.ts'
import { HostSession } from './host-session.ts'
import type { HostStatus, SessionParts } from './host-session.ts'

export interface Crawler {
  /** Follows this host from now on; one that is followed already is dialled at once. */
  crawl(host: Host): void
  status(host: Host): HostStatus
  /** Resolves when all sessions have ended, which they do after the signal has aborted. */
  ended(): Promise<void>
}

export const createCrawler = (parts: SessionParts, signal: AbortSignal): Crawler => {
  const sessions = new Map<number, HostSession>()
  const running: Promise<void>[] = []
  return {
    crawl: (host) => {
      if (host.isBanned || signal.aborted) return
      const known = sessions.get(host.id)
      if (known !== undefined) return known.wake()
      const session = new HostSession(host, parts)
      sessions.set(host.id, session)
      // What a session throws is our own failure: nobody catches it, and the process stops.
      running.push(session.run(signal))
    },
    status: (host) => (host.isBanned ? 'banned' : (sessions.get(host.id)?.status ?? 'idle')),
    ended: async () => {
      await Promise.all(running)
    },
  }
}
