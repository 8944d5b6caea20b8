// Connects to a MongoDB: a replica set of version 5 or newer, written to with a majority's journals. Whatever is wrong with the address, the user or the
// server is one sentence that says what to do.

import { MongoClient, MongoParseError, MongoServerError, MongoServerSelectionError } from 'mongodb'
import type { Db, MongoClientOptions } from 'mongodb'
import type { Metrics } from '../../server/metrics.ts'
import { StartError } from '../../server/start-error.ts'
import { watchLost } from './mongo-lost.ts'
import type { OnLost } from './mongo-lost.ts'
import { watchClient } from './mongo-metrics.ts'

/** How long a start waits for a primary; and a running appview, through an election or a restart of the whole set. */
const START_TIMEOUT_MS = 10_000
const SELECTION_TIMEOUT_MS = 30_000
const HEARTBEAT_MS = 1_000
const ALONE_TIMEOUT_MS = 3_000
const CONNECT_TIMEOUT_MS = 5_000
const SOCKET_TIMEOUT_MS = 90_000
const WAIT_QUEUE_TIMEOUT_MS = 20_000
/** With forty readers at once five connections answer fewer, and twenty or fifty no more at no less CPU (`npm run bench:mongo`); each costs every node a thread. */
const POOL_MAX = 10
/** Reads of one moment outside of transactions came with 5.0. */
const OLDEST_MAJOR = 5
const DEFAULT_DATABASE = 'waki'

/** What is promised of every answer, whatever the address says. */
const FIXED: MongoClientOptions = {
  // No read concern: the driver would prefer it to that of a session, and no session would be of one moment.
  writeConcern: { w: 'majority', journal: true },
  retryWrites: true,
  retryReads: true,
}

/** What an address may set otherwise. */
const DEFAULTS: MongoClientOptions = {
  appName: 'waki',
  heartbeatFrequencyMS: HEARTBEAT_MS,
  connectTimeoutMS: CONNECT_TIMEOUT_MS,
  socketTimeoutMS: SOCKET_TIMEOUT_MS,
  waitQueueTimeoutMS: WAIT_QUEUE_TIMEOUT_MS,
  maxPoolSize: POOL_MAX,
  readPreference: 'primary',
}

/** What an address may say of that, and nothing else. */
const PROMISED: Readonly<Record<string, string>> = { w: 'majority', journal: 'true', j: 'true', retrywrites: 'true', retryreads: 'true' }
const NOT_TO_BE_SET = ['wtimeoutms', 'wtimeout', 'readconcernlevel']

const checkPromises = (uri: string, shown: string): void => {
  for (const [, name = '', value = ''] of uri.matchAll(/[?&]([A-Za-z]+)=([^&]*)/g)) {
    const promised = PROMISED[name.toLowerCase()]
    if (NOT_TO_BE_SET.includes(name.toLowerCase()) || (promised !== undefined && promised !== value.toLowerCase()))
      throw new StartError(`the store's address ${shown} sets ${name}=${value}, which would take away what the books promise: leave it out`)
  }
}

const optionsFor = (uri: string, waitMs: number): MongoClientOptions => {
  const named = new Set([...uri.matchAll(/[?&]([A-Za-z]+)=/g)].map(([, name = '']) => name.toLowerCase()))
  const defaults = Object.fromEntries(Object.entries(DEFAULTS).filter(([name]) => !named.has(name.toLowerCase())))
  return { ...defaults, ...FIXED, serverSelectionTimeoutMS: waitMs }
}

export const isMongoUri = (address: string): boolean => /^mongodb(?:\+srv)?:\/\//.test(address)

/** The address without what is secret in it, also where a password was written with signs that end it. */
export const shownUri = (uri: string): string => uri.replace(/\/\/.*@/s, '//…@')

export type Connection = { readonly client: MongoClient; readonly db: Db }

export type ConnectOptions = {
  /** So long a server may take to be found. */
  readonly waitMs?: number
  /** Told what the driver tells of itself. */
  readonly metrics?: Metrics
  /** Told of a command that is never answered, after which nothing of this connection can be relied upon. */
  readonly onLost?: OnLost
}

/** Throws StartError with a sentence that says what to do. */
export const connectMongo = async (
  uri: string,
  { waitMs = START_TIMEOUT_MS, metrics, onLost }: ConnectOptions = {},
): Promise<Connection> => {
  const shown = shownUri(uri)
  checkPromises(uri, shown)
  await probe(uri, shown, waitMs)
  const client = openClient(uri, shown, SELECTION_TIMEOUT_MS, metrics !== undefined || onLost !== undefined)
  if (metrics !== undefined) watchClient(client, metrics)
  if (onLost !== undefined) watchLost(client, onLost)
  const named = client.options.dbName
  const name = named === 'test' && !/\/test(?:\?|$)/.test(uri) ? DEFAULT_DATABASE : named
  // Only views of the books are read from where the address says (mongo-transaction.ts).
  return { client, db: client.db(name, { readPreference: 'primary' }) }
}

const probe = async (uri: string, shown: string, waitMs: number): Promise<void> => {
  const client = openClient(uri, shown, waitMs)
  try {
    const hello = await client.db('admin').command({ hello: 1 })
    const { versionArray } = await client.db('admin').command({ buildInfo: 1 })
    checkServer(shown, parseHello(hello), parseVersion(versionArray))
    if (client.options.directConnection && hello['isWritablePrimary'] !== true)
      throw new StartError(
        `the MongoDB at ${shown} is not the primary of its set, and directConnection=true names it alone: name all nodes and replicaSet= instead`,
      )
    await client.db().command({ ping: 1 })
  } catch (error) {
    if (error instanceof MongoServerSelectionError) await checkHosts(client, shown)
    throw error instanceof StartError ? error : new StartError(sentenceOf(error, shown))
  } finally {
    await client.close()
  }
}

/** Where the set cannot be found: what the first of its hosts that answers says of itself. */
const checkHosts = async (client: MongoClient, shown: string): Promise<void> => {
  const { hosts, replicaSet } = client.options
  if (replicaSet === undefined) return
  const answers = await Promise.all(hosts.map((host) => helloOf(client, host.toString())))
  const answered = answers.find((answer) => answer !== null)
  if (answered == null) return
  const { setName } = answered
  if (setName === undefined) throw standsAlone(shown)
  if (setName !== replicaSet)
    throw new StartError(
      `the MongoDB at ${shown} is the replica set ${setName}, not ${replicaSet}: check replicaSet= in the store's address`,
    )
  throw new StartError(
    `the replica set ${setName} at ${shown} has no primary: see with rs.status() whether a majority of its nodes runs and reaches one another`,
  )
}

/** Asked without user; null where nobody answers. */
const helloOf = async ({ options: { tls, tlsCAFile } }: MongoClient, host: string): Promise<Hello | null> => {
  const secured = tlsCAFile === undefined ? { tls } : { tls, tlsCAFile }
  const direct = new MongoClient(`mongodb://${host}/?directConnection=true`, { ...optionsFor('', ALONE_TIMEOUT_MS), ...secured })
  try {
    return parseHello(await direct.db('admin').command({ hello: 1 }))
  } catch {
    return null
  } finally {
    await direct.close()
  }
}

const standsAlone = (shown: string): StartError =>
  new StartError(
    `the MongoDB at ${shown} stands alone; Waki needs a replica set, since only that has transactions: start mongod with --replSet and run rs.initiate() once (one node is enough to begin with)`,
  )

const openClient = (uri: string, shown: string, waitMs: number, isWatched = false): MongoClient => {
  try {
    return new MongoClient(uri, { ...optionsFor(uri, waitMs), monitorCommands: isWatched })
  } catch (error) {
    throw new StartError(
      `the store's address ${shown} cannot be read (${messageOf(error)}): it should be mongodb://user:password@host:27017/waki?replicaSet=name, with / @ : ? # % in a password written as %2F %40 %3A %3F %23 %25`,
    )
  }
}

type Hello = { readonly setName: string | undefined; readonly msg: string | undefined }

const parseHello = ({ setName, msg }: { readonly [field: string]: unknown }): Hello => ({
  setName: typeof setName === 'string' ? setName : undefined,
  msg: typeof msg === 'string' ? msg : undefined,
})

const parseVersion = (parts: unknown): readonly number[] => (Array.isArray(parts) ? parts.map(Number) : [])

export const checkServer = (shown: string, { setName, msg }: Hello, version: readonly number[]): void => {
  const [major = 0, minor = 0] = version
  if (major < OLDEST_MAJOR)
    throw new StartError(`the MongoDB at ${shown} is ${major}.${minor}; Waki needs ${OLDEST_MAJOR}.0 or newer: upgrade the server`)
  if (setName === undefined && msg !== 'isdbgrid') throw standsAlone(shown)
}

export const AUTHENTICATION_FAILED = 18
export const UNAUTHORIZED = 13

/** The same error, or a sentence where the user of the address may not do what has to be done. */
export const refusedRight = (error: unknown, uri: string): unknown =>
  error instanceof MongoServerError && error.code === UNAUTHORIZED ? new StartError(sentenceOf(error, shownUri(uri))) : error

const sentenceOf = (error: unknown, shown: string): string => {
  if (error instanceof MongoServerError && error.code === AUTHENTICATION_FAILED)
    return `the MongoDB at ${shown} does not accept this user and password: check both and authSource in the store's address`
  if (error instanceof MongoServerError && error.code === UNAUTHORIZED && !shown.includes('@'))
    return `the MongoDB at ${shown} wants a user, and the store's address names none: mongodb://user:password@host:27017/waki?replicaSet=name&authSource=admin`
  if (error instanceof MongoServerError && error.code === UNAUTHORIZED)
    return `the user of the store's address may not use its database at ${shown}: grant it readWrite there`
  if (error instanceof MongoParseError) return `the store's address ${shown} cannot be used: ${error.message}`
  if (error instanceof MongoServerSelectionError) return sentenceOfSelection(error, shown)
  return `the MongoDB at ${shown} cannot be used: ${messageOf(error)}`
}

const sentenceOfSelection = (error: MongoServerSelectionError, shown: string): string => {
  const { message } = error
  if (/wire version|requires at least/.test(message))
    return `the MongoDB at ${shown} is older than Waki can use, which needs ${OLDEST_MAJOR}.0 or newer: upgrade the server`
  if (/certificate|altnames/i.test(message))
    return `the certificate of the MongoDB at ${shown} is not believed (${message}): name its authority with tlsCAFile= in the store's address, and the nodes by the names in their certificates`
  if (/closed/.test(message))
    return `the MongoDB at ${shown} ends every connection (${message}): where it asks for TLS, add tls=true to the store's address`
  return `the MongoDB at ${shown} does not answer (${message}): check host and port in the store's address, that mongod runs, and that this machine may reach it`
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
