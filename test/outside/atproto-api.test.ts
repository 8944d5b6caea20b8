// The app developer's own library, @atproto/api as it is, on our PDS: joins, signs in, writes, reads, pages, refreshes, uploads, and hears our errors.

import assert from 'node:assert/strict'
import { AtpAgent, XRPCError } from '@atproto/api'
import { test } from 'node:test'
import { PASSWORD, World } from '../support/world.ts'

const NOTE = 'org.example.note'

const world = await World.start()
test.after(() => world[Symbol.asyncDispose]())

const joined = async (name: string): Promise<AtpAgent> => {
  const agent = new AtpAgent({ service: world.pds[0]?.url ?? '' })
  await agent.createAccount({ handle: `${name}.pds1.test`, email: `${name}@example.jp`, password: PASSWORD })
  return agent
}

const errorOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => (error instanceof XRPCError ? `${error.status} ${error.error}` : String(error)),
  )

test('joins, signs in by handle and by DID, resumes, signs out', async () => {
  const agent = await joined('hanako')
  const did = agent.assertDid
  assert.equal((await agent.resolveHandle({ handle: 'hanako.pds1.test' })).data.did, did)
  const other = new AtpAgent({ service: world.pds[0]?.url ?? '' })
  await other.login({ identifier: 'hanako.pds1.test', password: PASSWORD })
  assert.equal(other.assertDid, did)
  await other.login({ identifier: did, password: PASSWORD })
  const session = other.session ?? assert.fail()
  const resumed = new AtpAgent({ service: world.pds[0]?.url ?? '' })
  await resumed.resumeSession(session)
  assert.equal((await resumed.com.atproto.server.getSession()).data.did, did)
  await resumed.logout()
  assert.equal(await errorOf(other.login({ identifier: did, password: 'wrong' })), '401 AuthenticationRequired')
  assert.equal(await errorOf(new AtpAgent({ service: world.pds[0]?.url ?? '' }).com.atproto.server.getSession()), '401 AuthMissing')
})

test('refreshes a session and goes on with the new tokens', async () => {
  const agent = await joined('jiro')
  const before = agent.session?.refreshJwt
  await agent.sessionManager.refreshSession()
  assert.notEqual(agent.session?.refreshJwt, before)
  assert.equal((await agent.com.atproto.server.getSession()).data.handle, 'jiro.pds1.test')
})

test('writes, reads, swaps, deletes and pages through a collection in both directions', async () => {
  const agent = await joined('saburo')
  const repo = agent.assertDid
  const uris: string[] = []
  for (let number = 0; number < 25; number++) {
    const record = { $type: NOTE, text: `覚え書き ${number}`, number }
    uris.push((await agent.com.atproto.repo.createRecord({ repo, collection: NOTE, record })).data.uri)
  }
  for (const reverse of [false, true]) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await agent.com.atproto.repo.listRecords({ repo, collection: NOTE, limit: 7, reverse, ...(cursor ? { cursor } : {}) })
      assert(page.data.records.length <= 7)
      seen.push(...page.data.records.map(({ uri }) => uri))
      cursor = page.data.cursor
    } while (cursor !== undefined)
    assert.deepEqual(seen, reverse ? uris : uris.toReversed())
  }
  const rkey = uris[3]?.split('/').at(-1) ?? ''
  const first = await agent.com.atproto.repo.getRecord({ repo, collection: NOTE, rkey })
  assert.deepEqual(first.data.value, { $type: NOTE, text: '覚え書き 3', number: 3 })
  const record = { $type: NOTE, text: 'anew' }
  const swapRecord = first.data.cid ?? ''
  const put = await agent.com.atproto.repo.putRecord({ repo, collection: NOTE, rkey, record, swapRecord })
  assert.notEqual(put.data.cid, swapRecord)
  assert.equal(await errorOf(agent.com.atproto.repo.putRecord({ repo, collection: NOTE, rkey, record, swapRecord })), '400 InvalidSwap')
  assert.equal(await errorOf(agent.com.atproto.repo.createRecord({ repo, collection: NOTE, rkey, record })), '400 RecordAlreadyExists')
  await agent.com.atproto.repo.deleteRecord({ repo, collection: NOTE, rkey })
  assert.equal(await errorOf(agent.com.atproto.repo.getRecord({ repo, collection: NOTE, rkey })), '400 RecordNotFound')
  assert.deepEqual((await agent.com.atproto.repo.describeRepo({ repo })).data.collections, [NOTE])
})

test('uploads a blob, names it in a record, gets it back', async () => {
  const agent = await joined('shiro')
  const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
  const { blob } = (await agent.uploadBlob(bytes, { encoding: 'image/png' })).data
  const repo = agent.assertDid
  await agent.com.atproto.repo.createRecord({ repo, collection: NOTE, record: { $type: NOTE, picture: blob } })
  const cid = blob.ref.toString()
  assert.deepEqual((await agent.com.atproto.sync.listBlobs({ did: repo })).data.cids, [cid])
  const back = await agent.com.atproto.sync.getBlob({ did: repo, cid })
  assert.deepEqual(new Uint8Array(back.data), bytes)
})

test('a batch of writes and an app password', async () => {
  const agent = await joined('goro')
  const repo = agent.assertDid
  const writes = Array.from({ length: 200 }, (_, number) => ({
    $type: 'com.atproto.repo.applyWrites#create' as const,
    collection: NOTE,
    value: { $type: NOTE, number },
  }))
  assert.equal((await agent.com.atproto.repo.applyWrites({ repo, writes })).data.results?.length, 200)
  const { password } = (await agent.com.atproto.server.createAppPassword({ name: 'bot' })).data
  const bot = new AtpAgent({ service: world.pds[0]?.url ?? '' })
  await bot.login({ identifier: repo, password })
  await bot.com.atproto.repo.createRecord({ repo, collection: NOTE, record: { $type: NOTE, by: 'bot' } })
  assert.equal(await errorOf(bot.com.atproto.server.createAppPassword({ name: 'more' })).then((error) => error.startsWith('4')), true)
})
