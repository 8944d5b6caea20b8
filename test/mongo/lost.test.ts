// A command whose connection goes while it is being compressed is waited for by the driver for ever: it is told of as lost, and a process that is told so ends.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { Socket } from 'node:net'
import { after, before as beforeAll, test } from 'node:test'
import { MongoClient } from 'mongodb'
import { watchLost } from '../../appview/store/mongo-lost.ts'
import type { LostLimits } from '../../appview/store/mongo-lost.ts'
import { startNodes } from '../support/mongo-nodes.ts'
import type { Nodes } from '../support/mongo-nodes.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
/** Takes long to compress, so that the connection is gone before it is sent. */
const LARGE = 12_000_000
const AFTER_FAILURE_MS = 400
const LIMITS: LostLimits = { afterFailureMs: AFTER_FAILURE_MS, everMs: 60_000, lookMs: 20 }

let nodes: Nodes | undefined
beforeAll(async () => {
  if (skip === false) nodes = await startNodes({ count: 1 })
})
after(() => nodes?.stop())

const portOf = (uri: string): number => Number(/:(\d+)/.exec(uri.slice('mongodb://'.length))?.[1])

/** Between client and node; once cut, nobody comes through it any more. */
const openLine = async (port: number) => {
  const ends = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      ends.add(one)
      one.on('error', () => {})
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    cut: (): void => {
      isCut = true
      for (const end of ends) end.resetAndDestroy()
    },
    close: () => server.close(),
  }
}

/** Sends a document and cuts the line while it is on its way out; what was told as lost, and whether the driver ended the command by itself. */
const sendOverCutLine = async (options: object, bytes: number): Promise<{ lost: string | null; isEnded: boolean }> => {
  const line = await openLine(portOf(nodes?.uri('lost') ?? assert.fail('no node')))
  const settings = {
    directConnection: true,
    monitorCommands: true,
    heartbeatFrequencyMS: 500,
    serverSelectionTimeoutMS: 1_000,
    retryWrites: false,
  }
  const client = new MongoClient(`mongodb://127.0.0.1:${line.port}/`, { ...settings, ...options })
  try {
    const rows = client.db('lost').collection('rows')
    await rows.insertOne({ first: true })
    const lost = Promise.withResolvers<string>()
    watchLost(client, ({ command }) => lost.resolve(command), LIMITS)
    client.on('commandStarted', ({ commandName }) => {
      if (commandName === 'insert') line.cut()
    })
    const ended = rows.insertOne({ much: randomBytes(bytes) }).then(
      () => assert.fail('it was stored over a line that was cut'),
      () => 'ended' as const,
    )
    const first = await Promise.race([ended, lost.promise])
    return { lost: first === 'ended' ? null : first, isEnded: first === 'ended' }
  } finally {
    await client.close(true)
    line.close()
  }
}

test('what the driver waits for without end is told as lost', { skip }, async () => {
  assert.deepEqual(await sendOverCutLine({ compressors: 'zlib' }, LARGE), { lost: 'insert', isEnded: false })
})

test('what the driver ends by itself is not', { skip }, async () => {
  assert.deepEqual(await sendOverCutLine({}, 1_000), { lost: null, isEnded: true })
})
