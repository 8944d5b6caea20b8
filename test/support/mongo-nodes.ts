// A replica set of three real nodes, each a process that can be killed and started again on its own data.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Document } from 'mongodb'
import { freePort } from '../../bench/free-port.ts'
import { eventually } from './asking.ts'
import { mongodPath } from './needs.ts'

const NAME = 'rs0'
const CACHE_GB = '0.25'
const ELECTION_MS = 2_000
const WAIT_MS = 30_000

export type Nodes = {
  uri(database: string): string
  /** Index of the primary, −1 while there is none. */
  primary(): Promise<number>
  /** SIGKILL; resolves when the process is gone. */
  kill(index: number): Promise<void>
  start(index: number): Promise<void>
  /** SIGSTOP or SIGCONT: its connections stay open, and nothing comes of them. */
  signal(index: number, name: 'SIGSTOP' | 'SIGCONT'): void
  /** Whether its process runs. */
  isRunning(index: number): boolean
  pid(index: number): number
  /** Runs a command on the admin database of the primary. */
  command(command: object): Promise<Document>
  /** The same on one node. */
  commandOn(index: number, command: object): Promise<Document>
  stop(): Promise<void>
}

const adminOf = async <T>(port: number, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { serverSelectionTimeoutMS: 2_000 })
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

export type NodesPlan = {
  readonly count?: number
  /** Where a node has its files; a folder that goes with the set when not given. */
  readonly folderOf?: (index: number) => string
  readonly cacheGb?: string
  /** Further settings of every mongod. */
  readonly settings?: readonly string[]
  /** False: the nodes run, and are no set yet. */
  readonly isBegun?: boolean
}

export const startNodes = async (plan: NodesPlan = {}): Promise<Nodes> => {
  const { count = 3, cacheGb = CACHE_GB, settings: more = [], isBegun = true } = plan
  const dir = mkdtempSync(join(tmpdir(), 'waki-nodes-'))
  const folderOf = plan.folderOf ?? ((index) => join(dir, String(index)))
  const ports: number[] = []
  for (let index = 0; index < count; index++) ports.push(await freePort())
  const processes: ChildProcess[] = []
  const hello = (port: number) =>
    adminOf(port, (client) => client.db('admin').command({ hello: 1 })).then(
      (answer) => answer,
      () => null,
    )
  const start = async (index: number): Promise<void> => {
    const data = folderOf(index)
    mkdirSync(data, { recursive: true })
    const port = ports[index] ?? 0
    const settings = [
      '--replSet',
      NAME,
      '--dbpath',
      data,
      '--port',
      String(port),
      '--bind_ip',
      '127.0.0.1',
      '--wiredTigerCacheSizeGB',
      cacheGb,
      ...more,
    ]
    processes[index] = spawn(mongodPath ?? '', [...settings, '--setParameter', 'enableTestCommands=1', '--quiet'], { stdio: 'ignore' })
    await eventually(
      () => hello(port),
      (answer) => answer !== null,
      `node ${index} answers`,
      WAIT_MS,
    )
  }
  const primary = async (): Promise<number> => {
    const answers = await Promise.all(ports.map(hello))
    return answers.findIndex((answer) => answer?.['isWritablePrimary'] === true)
  }
  const untilPrimary = () => eventually(primary, (index) => index >= 0, 'the set has a primary', WAIT_MS)
  const running = (index: number): ChildProcess | undefined => {
    const child = processes[index]
    return child === undefined || child.exitCode !== null || child.signalCode !== null ? undefined : child
  }
  const kill = async (index: number): Promise<void> => {
    const child = running(index)
    if (child === undefined) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  await Promise.all(ports.map((_, index) => start(index)))
  const members = ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }))
  const config = { _id: NAME, members, settings: { electionTimeoutMillis: ELECTION_MS } }
  if (isBegun) {
    await adminOf(ports[0] ?? 0, (client) => client.db('admin').command({ replSetInitiate: config }))
    await untilPrimary()
  }
  return {
    uri: (database) => `mongodb://${members.map(({ host }) => host).join(',')}/${database}?replicaSet=${NAME}`,
    primary,
    kill,
    start,
    signal: (index, name) => void running(index)?.kill(name),
    isRunning: (index) => running(index) !== undefined,
    pid: (index) => running(index)?.pid ?? 0,
    command: async (command) => {
      const port = ports[await untilPrimary()] ?? 0
      return adminOf(port, (client) => client.db('admin').command({ ...command }))
    },
    commandOn: (index, command) => adminOf(ports[index] ?? 0, (client) => client.db('admin').command({ ...command })),
    stop: async () => {
      await Promise.all(ports.map((_, index) => kill(index)))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
