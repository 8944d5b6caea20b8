// Begins the replica set that a store's address names: its nodes, an administrator, and the one user of the address, who may use its database and nothing
// else. Begun again it makes what is missing, also where it was broken off, and gives the user the address's password.

import { MongoClient, MongoServerError } from 'mongodb'
import type { Document } from 'mongodb'
import { systemClock } from '../../server/clock.ts'
import { StartError } from '../../server/start-error.ts'
import { AUTHENTICATION_FAILED, isMongoUri, messageOf, shownUri, UNAUTHORIZED } from './mongo-connect.ts'

export type SetPlan = {
  /** The store's address: its hosts are the nodes, its user is made. */
  readonly uri: string
  /** A node as it is reached from its own machine: only from there the first user can be made. */
  readonly at: string
  readonly adminPassword: string
}

export type BegunSet = { readonly name: string; readonly added: readonly string[]; readonly user: string }

type Wanted = {
  readonly name: string
  readonly hosts: readonly string[]
  readonly user: string
  readonly password: string
  readonly database: string
  /** Of the address, as they stand there. */
  readonly tls: string
}

export const ADMIN = 'admin'
const ELECTION_MS = 2_000
const FIND_MS = 10_000
const STEP_MS = 250
/** So long a node may take until it is primary, or has taken a member in. */
const PATIENCE_MS = 60_000
/** The configuration before, or a member that is new, is not with a majority yet. */
const NOT_YET = [308, 109, 103, 74]
const [PRIMARY, SECONDARY] = [1, 2]

/** Throws StartError with a sentence that says what to do. */
export const beginSet = async ({ uri, at, adminPassword }: SetPlan): Promise<BegunSet> => {
  const wanted = wantedOf(uri)
  if (adminPassword === '') throw new StartError('the password of the administrator is empty: write one into its file')
  const admin = { username: ADMIN, password: adminPassword }
  await withClient(directTo(at, wanted), async (client) => {
    const begun = parseName(await commandOf(client, at, { hello: 1 }))
    if (begun === undefined) await commandOf(client, at, { replSetInitiate: configOf(wanted) })
    else if (begun !== wanted.name)
      throw new StartError(`the node at ${at} is of the set ${begun}, not of ${wanted.name}: check replicaSet=`)
    await until(async () => hasPrimary(await commandOf(client, at, { hello: 1 })), `the node at ${at} finds no primary`)
    if (await signsIn(at, wanted, admin)) return
    await commandOf(client, at, { createUser: ADMIN, pwd: adminPassword, roles: ['root'] })
  })
  return withClient(wholeSet(wanted, admin), async (client) => {
    await putUser(client, wanted)
    const added = await addMembers(client, wanted.hosts)
    await until(
      async () => areWhole(await client.db('admin').command({ replSetGetStatus: 1 })),
      'not all nodes have copied what the first one has',
    )
    return { name: wanted.name, added, user: wanted.user }
  })
}

const wantedOf = (uri: string): Wanted => {
  const shape = /^mongodb:\/\/(?:[^/]*@)?([^@/?]+)\/?[^?]*(\?.*)?$/.exec(uri)
  if (!isMongoUri(uri) || shape === null)
    throw new StartError(`the address ${shownUri(uri)} names no nodes: mongodb://waki:PASSWORD@db1,db2,db3/waki?replicaSet=rs0`)
  const { options } = clientOf(uri)
  const { username = '', password = '' } = options.credentials ?? {}
  const { replicaSet, dbName, hosts } = options
  if (replicaSet === undefined || username === '' || password === '')
    throw new StartError(
      `the address ${shownUri(uri)} lacks a user, a password or replicaSet=: mongodb://waki:PASSWORD@db1,db2,db3/waki?replicaSet=rs0`,
    )
  if (username === ADMIN) throw new StartError(`${ADMIN} is the administrator: name another user in the store's address`)
  const tls =
    (shape[2] ?? '')
      .match(/[?&]tls[^=]*=[^&]*/g)
      ?.map((one) => `&${one.slice(1)}`)
      .join('') ?? ''
  return { name: replicaSet, hosts: hosts.map(String), user: username, password, database: dbName, tls }
}

type User = { readonly username: string; readonly password: string }

const clientOf = (uri: string, options = {}): MongoClient => {
  try {
    return new MongoClient(uri, { serverSelectionTimeoutMS: FIND_MS, ...options })
  } catch (error) {
    throw new StartError(`the address ${shownUri(uri)} cannot be read (${messageOf(error)})`)
  }
}

/** A certificate is for the name of the node, not for the way to it from its own machine. */
const directTo = (at: string, { hosts, tls }: Wanted, auth?: User): MongoClient => {
  const servername = hosts[0]?.replace(/:\d+$/, '')
  const named = /(?:tls|ssl)=true/.test(tls) && /[a-z]/i.test(servername ?? '') ? { servername } : {}
  return clientOf(`mongodb://${at}/?directConnection=true${tls}`, {
    ...named,
    ...(auth === undefined ? {} : { auth, authSource: 'admin' }),
  })
}

const wholeSet = ({ name, hosts, tls }: Wanted, auth: User): MongoClient =>
  clientOf(`mongodb://${hosts.join(',')}/?replicaSet=${name}${tls}`, { auth, authSource: 'admin', writeConcern: { w: 'majority' } })

const withClient = async <T>(client: MongoClient, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

const commandOf = async (client: MongoClient, at: string, command: Document): Promise<Document> => {
  try {
    return await client.db('admin').command(command)
  } catch (error) {
    if (codeOf(error) === UNAUTHORIZED)
      throw new StartError(
        `at ${at} there is an administrator with another password, or it is not reached from its own machine: the first user can be made only there`,
      )
    throw new StartError(`the node at ${at} cannot be used: ${messageOf(error)}`)
  }
}

/** The first node alone, so that it is primary for certain when the users are made; the others follow. */
const configOf = ({ name, hosts }: Wanted): Document => ({
  _id: name,
  members: [{ _id: 0, host: hosts[0] }],
  settings: { electionTimeoutMillis: ELECTION_MS },
})

const signsIn = (at: string, wanted: Wanted, admin: User): Promise<boolean> =>
  withClient(directTo(at, wanted, admin), async (client) => {
    try {
      await client.db('admin').command({ ping: 1 })
      return true
    } catch (error) {
      if (codeOf(error) === AUTHENTICATION_FAILED) return false
      throw new StartError(`the node at ${at} cannot be used: ${messageOf(error)}`)
    }
  })

const putUser = async (client: MongoClient, { user, password, database }: Wanted): Promise<void> => {
  const admin = client.db('admin')
  const { users } = await admin.command({ usersInfo: user })
  const isThere = Array.isArray(users) && users.length > 0
  await admin.command({ [isThere ? 'updateUser' : 'createUser']: user, pwd: password, roles: [{ role: 'readWrite', db: database }] })
}

/** One after another, as a set takes them in. */
const addMembers = async (client: MongoClient, hosts: readonly string[]): Promise<string[]> => {
  const admin = client.db('admin')
  const added: string[] = []
  for (const host of hosts)
    await until(async () => {
      const config = parseConfig(await admin.command({ replSetGetConfig: 1 }))
      if (config.members.some((member) => member.host === host)) return true
      const _id = 1 + Math.max(...config.members.map((member) => member._id))
      try {
        await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members: [...config.members, { _id, host }] } })
      } catch (error) {
        if (NOT_YET.includes(codeOf(error) ?? 0)) return false
        throw new StartError(`the set does not take ${host} in: ${messageOf(error)}`)
      }
      added.push(host)
      return true
    }, `the set has not taken ${host} in`)
  return added
}

const until = async (isSo: () => Promise<boolean>, otherwise: string): Promise<void> => {
  for (let waited = 0; !(await isSo()); waited += STEP_MS) {
    if (waited >= PATIENCE_MS)
      throw new StartError(`${otherwise} after ${PATIENCE_MS / 1_000} seconds: see that all nodes run and reach one another, and try again`)
    await systemClock().sleep(STEP_MS)
  }
}

type Config = { readonly version: number; readonly members: readonly { readonly _id: number; readonly host: string }[] }

const parseConfig = (answer: Document): Config => answer['config'] as Config
/** Nodes that still copy what is there have no vote yet. */
const areWhole = ({ members, votingMembersCount }: Document): boolean =>
  Array.isArray(members) &&
  votingMembersCount === members.length &&
  members.every(({ state }: { readonly state: number }) => state === PRIMARY || state === SECONDARY)
const parseName = ({ setName }: Document): string | undefined => (typeof setName === 'string' ? setName : undefined)
/** A node that has been elected takes nothing for a moment. */
const hasPrimary = ({ isWritablePrimary, primary, me }: Document): boolean =>
  isWritablePrimary === true || (typeof primary === 'string' && primary !== me)
const codeOf = (error: unknown): number | undefined =>
  error instanceof MongoServerError && typeof error.code === 'number' ? error.code : undefined
