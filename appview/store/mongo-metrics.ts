// What the driver tells of itself, as figures for Prometheus: its pool of connections, commands by name, and which primary it knows.

import type { MongoClient, ServerDescription, TopologyDescription } from 'mongodb'
import type { Metrics } from '../../server/metrics.ts'

/** Commands that are told apart; all others are one. */
const COMMANDS: ReadonlySet<string> = new Set([
  'find',
  'getMore',
  'aggregate',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'commitTransaction',
  'abortTransaction',
  'count',
  'distinct',
])
const nameOf = (command: string): string => (COMMANDS.has(command) ? command : 'other')
const MS_PER_SECOND = 1_000

/** Follows a client from before it connects to its end. */
export const watchClient = (client: MongoClient, metrics: Metrics): void => {
  watchPool(client, metrics)
  watchCommands(client, metrics)
  watchServers(client, metrics)
}

const watchPool = (client: MongoClient, metrics: Metrics): void => {
  const most = metrics.gauge('mongodb_pool_max', 'most connections to one node')
  const open = metrics.gauge('mongodb_connections', 'connections that are open, to all nodes')
  const busy = metrics.gauge('mongodb_connections_checked_out', 'connections somebody works with')
  const waiting = metrics.gauge('mongodb_wait_queue', 'how many wait for a connection')
  const waited = metrics.histogram('mongodb_wait_seconds', 'how long a connection was waited for')
  const failures = metrics.counter('mongodb_wait_failures_total', 'waits that ended without a connection, by reason', ['reason'])
  const cleared = metrics.counter('mongodb_pool_cleared_total', 'how often all connections to a node were given up')
  most.set(client.options.maxPoolSize)
  client.on('connectionCreated', () => open.inc())
  client.on('connectionClosed', () => open.dec())
  client.on('connectionCheckOutStarted', () => waiting.inc())
  client.on('connectionCheckedOut', ({ durationMS }) => {
    waiting.dec()
    busy.inc()
    waited.observe(durationMS / MS_PER_SECOND)
  })
  client.on('connectionCheckOutFailed', ({ reason }) => {
    waiting.dec()
    failures.inc({ reason })
  })
  client.on('connectionCheckedIn', () => busy.dec())
  client.on('connectionPoolCleared', () => cleared.inc())
}

const watchCommands = (client: MongoClient, metrics: Metrics): void => {
  const seconds = metrics.histogram('mongodb_command_seconds', 'how long commands took that were answered, by name', ['command'])
  const failures = metrics.counter('mongodb_command_failures_total', 'commands that failed, by name', ['command'])
  client.on('commandSucceeded', ({ commandName, duration }) => {
    seconds.observe({ command: nameOf(commandName) }, duration / MS_PER_SECOND)
  })
  client.on('commandFailed', ({ commandName }) => failures.inc({ command: nameOf(commandName) }))
}

const watchServers = (client: MongoClient, metrics: Metrics): void => {
  const known = metrics.gauge('mongodb_primary_known', 'whether a primary is known: 0 or 1')
  const changes = metrics.counter(
    'mongodb_primary_changes_total',
    'how often another primary, or the same one after an election, took over',
  )
  const failures = metrics.counter('mongodb_heartbeat_failures_total', 'nodes that did not answer when asked how they are')
  let last: string | null = null
  known.set(0)
  client.on('serverHeartbeatFailed', () => failures.inc())
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const primary = primaryOf(newDescription)
    known.set(primary === null ? 0 : 1)
    if (primary === null) return
    const term = `${primary.address} ${primary.electionId?.toHexString() ?? ''}`
    if (last !== null && last !== term) changes.inc()
    last = term
  })
}

/** Of a replica set its primary, of a sharded cluster one of its routers. */
const primaryOf = ({ servers }: TopologyDescription): ServerDescription | null =>
  [...servers.values()].find(({ type }) => type === 'RSPrimary' || type === 'Mongos') ?? null
