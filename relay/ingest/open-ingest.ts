// Joins the parts of ingest: identities, the judge, the appender and the group writer, over one database.

import { createDidResolver } from '../../atproto/resolve-did.ts'
import { createHandleResolver } from '../../atproto/resolve-handle.ts'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import type { Clock } from '../../server/clock.ts'
import type { EventLog } from '../../server/event-log.ts'
import type { Log } from '../../server/log.ts'
import type { Metrics } from '../../server/metrics.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Host, HostTable } from '../hosts/host-table.ts'
import { IDENTITIES_MAX, IDENTITY_TIMEOUT_MS } from '../limits.ts'
import type { LeafTable } from '../origin/leaf-table.ts'
import type { Origin } from '../origin/origin.ts'
import type { ReceiveTime } from '../origin/receive-time.ts'
import type { AccountTable } from './account-table.ts'
import { appendEvent } from './append-event.ts'
import { createFigures } from './figures.ts'
import { createGroupWriter } from './group-writer.ts'
import type { GroupWriter } from './group-writer.ts'
import { createIdentities } from './identities.ts'
import { createJudge } from './judge.ts'
import type { Judge } from './judge.ts'

export type IngestParts = {
  readonly db: Database
  readonly origin: Origin
  readonly events: EventLog
  readonly hosts: HostTable
  readonly accounts: AccountTable
  readonly leaves: LeafTable
  readonly receiveTime: ReceiveTime
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly fetch: typeof fetch
  readonly plcUrl: string
  readonly handleHosts: Readonly<Record<string, string>>
  readonly allowLoopback: boolean
  readonly maxAccountsOf: (host: Host) => number
}

export const openIngest = (parts: IngestParts): { readonly judge: Judge; readonly writer: GroupWriter } => {
  const { db, origin, events, hosts, accounts, leaves, receiveTime, clock, maxAccountsOf, log } = parts
  const { fetch, plcUrl, handleHosts, allowLoopback } = parts
  const cache = createIdentityCache({
    resolveDid: createDidResolver({ fetch, plcUrl, allowLoopback, timeoutMs: IDENTITY_TIMEOUT_MS }),
    resolveHandle: createHandleResolver({ fetch, handleHosts, allowLoopback, timeoutMs: IDENTITY_TIMEOUT_MS }),
    nowMs: () => clock.realMs(),
    maxEntries: IDENTITIES_MAX,
  })
  const identities = createIdentities(cache, () => clock.monotonicMs())
  const appendParts = { log: events, hosts, accounts, leaves, origin, identities, maxAccountsOf }
  const writer = createGroupWriter({
    db,
    log: events,
    hosts,
    journal: log,
    figures: createFigures(parts.metrics, clock),
    append: (host, believed, timeMs) => appendEvent(appendParts, host, believed, timeMs),
    receiveTime,
  })
  return { judge: createJudge(identities, () => clock.civilMs()), writer }
}
