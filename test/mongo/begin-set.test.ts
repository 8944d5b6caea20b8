// `waki store begin` on three real nodes that know their users: the set and its users from nothing, again without harm, after an election, with another
// password; what is wrong is one sentence.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { MongoClient } from 'mongodb'
import { openStore } from '../../appview/store/open-store.ts'
import { eventually } from '../support/asking.ts'
import { startNodes } from '../support/mongo-nodes.ts'
import type { Nodes } from '../support/mongo-nodes.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const folder = mkdtempSync(join(tmpdir(), 'waki-begin-'))
const run = promisify(execFile)
let nodes: Nodes

const fileOf = (name: string, content: string): string => {
  const file = join(folder, name)
  writeFileSync(file, `${content}\n`, { mode: 0o600 })
  return file
}

const hostsOf = (): string[] => /\/\/([^/]+)\//.exec(nodes.uri('waki'))?.[1]?.split(',') ?? []
const addressFor = (password: string, user = 'waki'): string =>
  nodes.uri('waki').replace('//', `//${user}:${password}@`) + '&authSource=admin'

type Ended = { readonly code: number; readonly said: string }

const begin = (address: string, admin = 'of-the-admin', at = hostsOf()[0] ?? ''): Promise<Ended> =>
  store('begin', '--store-file', fileOf('store', address), '--admin-file', fileOf('admin', admin), '--at', at)

const store = async (...words: readonly string[]): Promise<Ended> => {
  try {
    const { stdout } = await run(process.execPath, ['--no-warnings', 'cli/waki.js', 'store', ...words])
    return { code: 0, said: stdout }
  } catch (error) {
    const { code, stderr } = error as { readonly code: number; readonly stderr: string }
    return { code, said: stderr }
  }
}

const asAdmin = async <T>(work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(addressFor('of-the-admin', 'admin'), { serverSelectionTimeoutMS: 5_000 })
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

before(async () => {
  if (skip !== false) return
  nodes = await startNodes({ isBegun: false, settings: ['--keyFile', fileOf('key', 'aKeyOfTheNodesAmongThemselves')] })
})

after(async () => {
  if (skip === false) await nodes.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('what is missing is said before anything is made', { skip }, async () => {
  for (const [address, sentence] of [
    [nodes.uri('waki'), /lacks a user, a password or replicaSet=/],
    [addressFor('secret', 'admin'), /admin is the administrator/],
    ['/var/lib/waki/appview.sqlite', /names no nodes/],
  ] as const) {
    const { code, said } = await begin(address)
    assert.equal(code, 1)
    assert.match(said, sentence)
    assert.doesNotMatch(said, /secret/)
  }
  assert.match((await begin(addressFor('first-secret'), '')).said, /password of the administrator is empty/)
  assert.equal(await nodes.primary(), -1)
})

test('a set, its three nodes and a user who can open the books, and begun again the same', { skip }, async () => {
  const first = await begin(addressFor('first-secret'))
  assert.equal(first.code, 0, first.said)
  assert.match(first.said, new RegExp(`rs0 stands, now with ${hostsOf().slice(1).join(', ')}`))
  await (await openStore({ address: addressFor('first-secret'), folder })).close()
  const members = await asAdmin((client) => client.db('admin').command({ replSetGetConfig: 1 }))
  assert.deepEqual(
    members['config'].members.map(({ host }: { host: string }) => host),
    hostsOf(),
  )
  const again = await begin(addressFor('first-secret'))
  assert.equal(again.code, 0, again.said)
  assert.doesNotMatch(again.said, /now with/)
  const { users } = await asAdmin((client) => client.db('admin').command({ usersInfo: 1 }))
  assert.deepEqual(users.map(({ user, roles }: { user: string; roles: unknown }) => [user, roles]).toSorted(), [
    ['admin', [{ role: 'root', db: 'admin' }]],
    ['waki', [{ role: 'readWrite', db: 'waki' }]],
  ])
})

test('after an election, from a node that is primary no more, with another password for the user', { skip }, async () => {
  const [first = ''] = hostsOf()
  await nodes.kill(0)
  await eventually(
    () => nodes.primary(),
    (index) => index > 0,
    'another node is primary',
  )
  await nodes.start(0)
  const ended = await begin(addressFor('second-secret'), 'of-the-admin', first)
  assert.equal(ended.code, 0, ended.said)
  await (await openStore({ address: addressFor('second-secret'), folder })).close()
  await assert.rejects(openStore({ address: addressFor('first-secret'), folder }), /does not accept this user and password/)
})

test('a node that is not primary, named alone, and an address without a user', { skip }, async () => {
  const [first = ''] = hostsOf()
  const alone = `mongodb://waki:second-secret@${first}/waki?directConnection=true&authSource=admin`
  await assert.rejects(openStore({ address: alone, folder }), /not the primary of its set, and directConnection=true names it alone/)
  await assert.rejects(openStore({ address: nodes.uri('waki'), folder }), /wants a user, and the store's address names none/)
})

test('another password of the administrator, or another set, changes nothing', { skip }, async () => {
  const wrong = await begin(addressFor('third-secret'), 'guessed')
  assert.equal(wrong.code, 1)
  assert.match(wrong.said, /administrator with another password/)
  const other = await begin(addressFor('third-secret').replace('replicaSet=rs0', 'replicaSet=rs1'))
  assert.match(other.said, /of the set rs0, not of rs1/)
  await (await openStore({ address: addressFor('second-secret'), folder })).close()
})

test('the address of a store may stand in a file', { skip }, async () => {
  const book = ['--book', 'nosuch', '--yes', 'nosuch']
  assert.match(
    (await store('drop', '--store', `@${fileOf('store', addressFor('second-secret'))}`, ...book)).said,
    /there is no book nosuch/,
  )
  assert.match((await store('drop', '--store', `@${join(folder, 'nowhere')}`, ...book)).said, /nowhere cannot be read/)
})
