// What is wrong with the address of a MongoDB, its user or the server is said in one sentence that says what to do; a folder belongs to the engine it began on.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { BSON, MongoClient } from 'mongodb'
import { MongoMemoryServer } from 'mongodb-memory-server-core'
import { checkServer, connectMongo, shownUri } from '../../appview/store/mongo-connect.ts'
import { openBoundStore, openStore } from '../../appview/store/open-store.ts'
import { StartError } from '../../server/start-error.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const folder = mkdtempSync(join(tmpdir(), 'waki-settings-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const SHORT_MS = 1_500

const refused = (uri: string, sentence: RegExp) =>
  assert.rejects(connectMongo(uri, { waitMs: SHORT_MS }), (error) => {
    assert.ok(error instanceof StartError, String(error))
    assert.match(error.message, sentence)
    assert.doesNotMatch(error.message, /secret|cret@/)
    return true
  })

test('an address nobody answers at, or that cannot be read', async () => {
  await refused('mongodb://waki:secret@127.0.0.1:1/waki', /does not answer.*check host and port/)
  await refused('mongodb://waki:secret@no-such-host.invalid/waki', /does not answer/)
  await refused('mongodb://waki:se/cret@127.0.0.1:1/waki', /cannot be read.*%2F/)
  await refused('mongodb://:secret@', /cannot be read.*it should be mongodb:\/\//)
  await assert.rejects(openStore({ address: 'postgres://localhost/waki', folder }), /none Waki knows/)
  await assert.rejects(openStore({ address: 'mongodb://localhost/waki', folder, book: 'Not a name' }), /STORE_BOOK/)
  for (const password of ['secret', 'sec/ret', 'sec@ret', 's@e/c@ret'])
    assert.equal(shownUri(`mongodb://waki:${password}@host/waki?replicaSet=a`), 'mongodb://…@host/waki?replicaSet=a')
})

test('an address that would take away what the books promise', { skip }, async () => {
  const set = await sharedReplicaSet()
  for (const more of ['journal=false', 'j=false', 'w=1', 'retryWrites=false', 'wtimeoutMS=5', 'readConcernLevel=local'])
    await refused(`${set.uri('waki')}&${more}`, new RegExp(`sets ${more}, which would take away what the books promise: leave it out`))
  const { client } = await connectMongo(`${set.uri('waki')}&w=majority&journal=true&retryWrites=true`)
  const { w, j } = client.options.writeConcern
  assert.deepEqual({ w, j }, { w: 'majority', j: true })
  await client.close()
})

test('a user the server does not know, and one that may not use the database', { skip }, async () => {
  const set = await sharedReplicaSet()
  const uri = set.uri('waki')
  await refused(uri.replace('://', '://waki:secret@'), /does not accept this user and password/)
})

test('a server that stands alone', { skip }, async () => {
  const alone = await MongoMemoryServer.create({ instance: { storageEngine: 'wiredTiger' } })
  try {
    await refused(alone.getUri('waki'), /stands alone.*--replSet/)
    await refused(`${alone.getUri('waki')}?replicaSet=rs0`, /stands alone/)
  } finally {
    await alone.stop()
  }
})

test('a replica set of another name', { skip }, async () => {
  const set = await sharedReplicaSet()
  await refused(
    set.uri('waki').replace('replicaSet=testset', 'replicaSet=other'),
    /is the replica set testset, not other: check replicaSet=/,
  )
})

const OP_MSG = 2013
const HEADER_BYTES = 16
const REPLY_BYTES = 20
const OP_REPLY = 1

/** Speaks as an old server does: its wire version is too low. */
const answerAsOld = (socket: Socket): void =>
  void socket.on('data', (message) => {
    const [request, code] = [message.readInt32LE(4), message.readInt32LE(12)]
    const body = Buffer.from(
      BSON.serialize({
        ok: 1,
        ismaster: true,
        helloOk: true,
        minWireVersion: 0,
        maxWireVersion: 6,
        setName: 'rs0',
        hosts: [],
        localTime: new Date(0),
      }),
    )
    const lead = code === OP_MSG ? Buffer.alloc(5) : Buffer.alloc(REPLY_BYTES)
    if (code !== OP_MSG) lead.writeInt32LE(1, REPLY_BYTES - 4)
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeInt32LE(HEADER_BYTES + lead.length + body.length, 0)
    header.writeInt32LE(request, 8)
    header.writeInt32LE(code === OP_MSG ? OP_MSG : OP_REPLY, 12)
    socket.write(Buffer.concat([header, lead, body]))
  })

test('a server that is too old', async () => {
  const server = createServer(answerAsOld).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  await refused(`mongodb://127.0.0.1:${address.port}/waki?directConnection=true`, /older than Waki can use.*upgrade/)
  server.close()
  assert.throws(() => checkServer('x', { setName: 'rs0', msg: undefined }, [4, 4, 29]), /is 4\.4; Waki needs 5\.0 or newer/)
  checkServer('x', { setName: 'rs0', msg: undefined }, [5, 0, 0])
  checkServer('x', { setName: undefined, msg: 'isdbgrid' }, [8, 0, 1])
  assert.throws(() => checkServer('x', { setName: undefined, msg: undefined }, [8, 0, 1]), /stands alone/)
})

test('a folder stays on the engine it began on', { skip }, async () => {
  const set = await sharedReplicaSet()
  const [onMongo, onSqlite] = [mkdtempSync(join(folder, 'mongo-')), mkdtempSync(join(folder, 'sqlite-'))]
  const uri = set.uri('bound')
  const file = join(onSqlite, 'appview.sqlite')
  await (await openBoundStore({ address: file, folder: onSqlite })).close()
  await (await openBoundStore({ address: uri, folder: onMongo })).close()
  await assert.rejects(openBoundStore({ address: uri, folder: onSqlite }), /on SQLite, and STORE names one on MongoDB.*waki store copy/)
  await assert.rejects(openBoundStore({ address: file, folder: onMongo }), /on MongoDB, and STORE names one on SQLite.*waki store copy/)
  await (await openBoundStore({ address: uri, folder: onMongo })).close()
})

test('a key that is not the one the books were made with', { skip }, async () => {
  const set = await sharedReplicaSet()
  const [first, other] = [mkdtempSync(join(folder, 'a-')), mkdtempSync(join(folder, 'b-'))]
  const address = set.uri('keyed')
  await (await openStore({ address, folder: first })).close()
  await assert.rejects(openStore({ address, folder: other }), /not the key this store was made with/)
  // Another book is another store.
  await (await openStore({ address, folder: other, book: 'second' })).close()
  const client = await MongoClient.connect(address)
  assert.deepEqual(await client.db().collection('state').distinct('b'), ['main', 'second'])
  await client.close()
})
