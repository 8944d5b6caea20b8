// A node that speaks TLS only and knows its users: a user with readWrite on the one database is enough for all an appview does, compressed or not; what is
// wrong with the certificate, the password or the rights is one sentence.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { MongoClient } from 'mongodb'
import { freePort } from '../../bench/free-port.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { beginSet } from '../../appview/store/mongo-begin.ts'
import { connectMongo } from '../../appview/store/mongo-connect.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { StartError } from '../../server/start-error.ts'
import { dumped } from '../appview/store-rows.ts'
import { eventually } from '../support/asking.ts'
import { certify } from '../support/certificate.ts'
import { mongodPath, opensslPath, skipUnless } from '../support/needs.ts'
import { expectedLines, follow, writerOf } from './followed-town.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)') || skipUnless(opensslPath, 'openssl')
const folder = mkdtempSync(join(tmpdir(), 'waki-secured-'))
const ca = join(folder, 'ca.pem')
const SHORT_MS = 1_500
const PASSWORD = 'secret-of-waki'
let [port, stop] = [0, async (): Promise<void> => {}]

const uriOf = (user: string, more = ''): string =>
  `mongodb://${user}@127.0.0.1:${port}/waki?replicaSet=rs0&tls=true&tlsCAFile=${encodeURIComponent(ca)}&authSource=admin${more}`

const asAdmin = async <T>(work: (client: MongoClient) => Promise<T>, user = 'admin:admin-secret@'): Promise<T> => {
  const client = new MongoClient(`mongodb://${user}127.0.0.1:${port}/?directConnection=true&tls=true`, {
    tlsCAFile: ca,
    serverSelectionTimeoutMS: 2_000,
  })
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

const openStoreAt = (address: string, book?: string) => openStore({ address, folder, book })

before(async () => {
  if (skip !== false) return
  const made = certify(opensslPath ?? '', ['127.0.0.1', 'localhost'])
  writeFileSync(ca, made.ca)
  writeFileSync(join(folder, 'other-ca.pem'), certify(opensslPath ?? '', ['localhost']).ca)
  writeFileSync(join(folder, 'node.pem'), made.cert + made.key, { mode: 0o600 })
  writeFileSync(join(folder, 'key'), 'aKeyOfTheNodesAmongThemselves', { mode: 0o600 })
  port = await freePort()
  mkdirSync(join(folder, 'data'))
  const settings = ['--replSet', 'rs0', '--dbpath', join(folder, 'data'), '--port', String(port), '--bind_ip', '127.0.0.1']
  const secured = ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', join(folder, 'node.pem'), '--tlsCAFile', ca]
  const users = ['--tlsAllowConnectionsWithoutCertificates', '--keyFile', join(folder, 'key'), '--wiredTigerCacheSizeGB', '0.25', '--quiet']
  const child = spawn(mongodPath ?? '', [...settings, ...secured, ...users], { stdio: 'ignore' })
  stop = async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  await eventually(
    () => asAdmin((client) => client.db('admin').command({ hello: 1 }), '').catch(() => null),
    (hello) => hello !== null,
    'the node answers',
  )
  // By the name its certificate has, from its own machine.
  await beginSet({ uri: uriOf(`waki:${PASSWORD}`), at: `127.0.0.1:${port}`, adminPassword: 'admin-secret' })
  await asAdmin((client) => client.db('admin').command({ createUser: 'reader', pwd: PASSWORD, roles: [{ role: 'read', db: 'waki' }] }))
})

after(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

/** `waitMs`: where no node is to be found, it is looked for so long. */
const refused = (address: string, sentence: RegExp, waitMs?: number) =>
  assert.rejects(waitMs === undefined ? openStoreAt(address) : connectMongo(address, { waitMs }), (error) => {
    assert.ok(error instanceof StartError, String(error))
    assert.match(error.message, sentence)
    assert.doesNotMatch(error.message, /secret/)
    return true
  })

for (const compressors of ['', '&compressors=zlib'])
  test(`a user with readWrite on one database does all an appview does${compressors}`, { skip }, async () => {
    const expected = await expectedLines()
    const book = compressors === '' ? 'plain' : 'compressed'
    const [first, second] = [
      await openStoreAt(uriOf(`waki:${PASSWORD}`, compressors), book),
      await openStoreAt(uriOf(`waki:${PASSWORD}`), book),
    ]
    await follow(first)
    assert.deepEqual(await dumped(second), expected)
    // Another one takes over, folds anew, erases nothing of the other's sessions it may not.
    await writerOf(second)
    await rebuildBooks(second.books)
    assert.deepEqual(await dumped(first), expected)
    await second.work.keep({ kind: 'session', name: 's', owner: 'o', sealed: Uint8Array.of(1), expiresMs: 1 })
    await second.books.purge()
    for (const store of [first, second]) await store.close()
    const { network } = await asAdmin((client) => client.db('admin').command({ serverStatus: 1 }))
    const bytes = Number(network.compression.zlib.decompressor.bytesOut)
    if (compressors !== '') assert.ok(bytes > 10_000, `${bytes} bytes came compressed`)
  })

test('what is wrong with certificate, password or rights', { skip }, async () => {
  await refused(uriOf('waki:wrong-secret'), /does not accept this user and password/)
  await refused(uriOf(`reader:${PASSWORD}`), /may not use its database.*grant it readWrite/)
  await refused(uriOf(`waki:${PASSWORD}`).replace('/waki?', '/elsewhere?'), /may not use its database.*grant it readWrite/)
  await refused(uriOf(`waki:${PASSWORD}`).replace('ca.pem', 'other-ca.pem'), /certificate/, SHORT_MS)
  await refused(`mongodb://waki:${PASSWORD}@127.0.0.1:${port}/waki?replicaSet=rs0&authSource=admin`, /tls=true/, SHORT_MS)
  await refused(uriOf(`waki:${PASSWORD}`).replace('ca.pem', 'none.pem'), /none\.pem/, SHORT_MS)
})
