// The doors of com.atproto.repo over real sockets: what a client may write, how each mistake is answered, and what is then to be read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { isTid } from '../../atproto/tid.ts'
import { joinAs, localPds, refusalOf } from './local-pds.ts'
import type { Answer, Json } from './local-pds.ts'

const NOTE = 'org.example.note'
const note = (text: string, more: Json = {}): Json => ({ $type: NOTE, text, ...more })

const setUp = async (t: TestContext) => {
  const local = await localPds(t)
  const alice = await joinAs(local, 'alice')
  const post = (nsid: string, body: Json, token = alice.accessJwt): Promise<Answer> =>
    local.post(`com.atproto.repo.${nsid}`, { repo: alice.did, ...body }, token)
  const create = (body: Json) => post('createRecord', { collection: NOTE, ...body })
  const read = (rkey: string, more: Record<string, string> = {}) =>
    local.get('com.atproto.repo.getRecord', { repo: alice.did, collection: NOTE, rkey, ...more })
  return { local, alice, post, create, read }
}

test('a record is created, read, listed, changed and deleted', async (t) => {
  const { local, alice, post, create, read } = await setUp(t)
  const made = await create({ record: note('一') })
  assert.equal(made.status, 200, made.text)
  const rkey = String(made.json['uri']).split('/').at(-1) ?? ''
  assert(isTid(rkey))
  assert.equal(made.json['uri'], `at://${alice.did}/${NOTE}/${rkey}`)
  assert.equal(made.json['validationStatus'], 'unknown')
  const got = await read(rkey)
  assert.deepEqual(got.json, { uri: made.json['uri'], cid: made.json['cid'], value: note('一') })
  assert.deepEqual((await read(rkey, { cid: String(made.json['cid']) })).json, got.json)

  const same = await post('putRecord', { collection: NOTE, rkey, record: note('一') })
  assert.equal(same.status, 200)
  assert.equal(same.json['commit'], undefined, 'nothing changed, so nothing was committed')
  assert.equal(same.json['cid'], made.json['cid'])
  const put = await post('putRecord', { collection: NOTE, rkey, record: note('二'), swapRecord: made.json['cid'] })
  assert.equal(put.status, 200, put.text)
  assert.notEqual(put.json['cid'], made.json['cid'])
  assert.equal(refusalOf(await read(rkey, { cid: String(made.json['cid']) })), '400 RecordNotFound')

  const deleted = await post('deleteRecord', { collection: NOTE, rkey })
  assert.equal(deleted.status, 200, deleted.text)
  assert.equal(refusalOf(await read(rkey)), '400 RecordNotFound')
  const again = await post('deleteRecord', { collection: NOTE, rkey })
  assert.deepEqual([again.status, again.json], [200, {}])
  const latest = await local.get('com.atproto.sync.getLatestCommit', { did: alice.did })
  assert.deepEqual(latest.json, deleted.json['commit'])
})

test('the repo is named by DID or handle, and is the caller’s own', async (t) => {
  const { local, alice, create } = await setUp(t)
  const bob = await joinAs(local, 'bob')
  assert.equal((await create({ repo: alice.handle, record: note('x') })).status, 200)
  assert.equal(refusalOf(await create({ repo: bob.did, record: note('x') })), '401 AuthenticationRequired')
  assert.equal(refusalOf(await create({ repo: bob.handle, record: note('x') })), '401 AuthenticationRequired')
  assert.equal(refusalOf(await create({ repo: 'nobody.example', record: note('x') })), '401 AuthenticationRequired')
  assert.equal(
    refusalOf(await local.post('com.atproto.repo.createRecord', { repo: alice.did, collection: NOTE, record: note('x') })),
    '401 AuthMissing',
  )
})

test('bad records are refused with a sentence, and the repo stays as it was', async (t) => {
  const { local, alice, create, post } = await setUp(t)
  const before = await local.get('com.atproto.sync.getLatestCommit', { did: alice.did })
  const rows: readonly (readonly [string, Json, RegExp])[] = [
    ['a float', { record: note('x', { n: 1.5 }) }, /./],
    ['an integer beyond 2^53', { record: note('x', { n: 2 ** 53 }) }, /./],
    ['another $type', { record: { ...note('x'), $type: 'org.example.other' } }, /\$type/],
    ['half a link', { record: note('x', { ref: { $link: 'bafy' } }) }, /link/],
    ['half a blob', { record: note('x', { image: { $type: 'blob', mimeType: 'image/png' } }) }, /blob/],
    ['a bad record key', { rkey: 'a/b', record: note('x') }, /rkey|record/i],
    ['a bad collection', { collection: 'note', record: note('x') }, /collection|nsid/i],
    ['an unknown lexicon where one is demanded', { validate: true, record: note('x') }, /Lexicon not found/],
    ['more than a million bytes', { record: note('x'.repeat(1_000_000)) }, /1000000/],
    ['a record that is a list', { record: [1] }, /object|record/i],
  ]
  for (const [name, body, sentence] of rows) {
    const answer = await create(body)
    assert.equal(refusalOf(answer), '400 InvalidRequest', name)
    assert.match(String(answer.json['message']), sentence, name)
  }
  const huge = await create({ record: note('x'.repeat(2_000_000)) })
  assert.equal(refusalOf(huge), '413 PayloadTooLarge')
  const many = await post('applyWrites', {
    writes: Array.from({ length: 201 }, () => ({ $type: 'com.atproto.repo.applyWrites#create', collection: NOTE, value: note('x') })),
  })
  assert.equal(refusalOf(many), '400 InvalidRequest')
  assert.deepEqual((await local.get('com.atproto.sync.getLatestCommit', { did: alice.did })).json, before.json)
})

test('records of a lexicon we know are held to it, unless nobody is to ask', async (t) => {
  const { post } = await setUp(t)
  const collection = 'com.atproto.lexicon.schema'
  const good = await post('createRecord', { collection, rkey: 'org.example.note', record: { $type: collection, lexicon: 1 } })
  assert.equal(good.json['validationStatus'], 'valid', good.text)
  const bad = await post('createRecord', { collection, rkey: 'org.example.other', record: { $type: collection } })
  assert.equal(refusalOf(bad), '400 InvalidRequest')
  assert.match(String(bad.json['message']), /lexicon/)
  const unasked = await post('createRecord', { collection, rkey: 'org.example.other', validate: false, record: { $type: collection } })
  assert.equal(unasked.status, 200, unasked.text)
  assert.equal(unasked.json['validationStatus'], undefined)
})

test('swaps and existing records are refused by name', async (t) => {
  const { create, post } = await setUp(t)
  const made = await create({ rkey: 'one', record: note('x') })
  const { cid } = made.json
  assert.equal(refusalOf(await create({ rkey: 'one', record: note('y') })), '400 RecordAlreadyExists')
  assert.equal(
    refusalOf(await post('putRecord', { collection: NOTE, rkey: 'one', record: note('y'), swapRecord: null })),
    '400 InvalidSwap',
  )
  assert.equal(refusalOf(await create({ rkey: 'two', record: note('y'), swapCommit: cid })), '400 InvalidSwap')
  assert.equal(
    refusalOf(await post('deleteRecord', { collection: NOTE, rkey: 'one', swapRecord: (made.json['commit'] as Json)['cid'] })),
    '400 InvalidSwap',
  )
})

test('applyWrites answers each write, in its order', async (t) => {
  const { alice, post, read } = await setUp(t)
  const type = (name: string) => `com.atproto.repo.applyWrites#${name}`
  await post('createRecord', { collection: NOTE, rkey: 'old', record: note('old') })
  const answer = await post('applyWrites', {
    writes: [
      { $type: type('create'), collection: NOTE, rkey: 'new', value: note('new') },
      { $type: type('update'), collection: NOTE, rkey: 'old', value: note('newer') },
      { $type: type('create'), collection: NOTE, rkey: 'brief', value: note('brief') },
      { $type: type('delete'), collection: NOTE, rkey: 'brief' },
    ],
  })
  assert.equal(answer.status, 200, answer.text)
  const results = answer.json['results'] as Json[]
  assert.deepEqual(
    results.map((one) => [one['$type'], one['uri']]),
    [
      [type('createResult'), `at://${alice.did}/${NOTE}/new`],
      [type('updateResult'), `at://${alice.did}/${NOTE}/old`],
      [type('createResult'), `at://${alice.did}/${NOTE}/brief`],
      [type('deleteResult'), undefined],
    ],
  )
  assert.deepEqual((await read('old')).json['value'], note('newer'))
  assert.equal(refusalOf(await read('brief')), '400 RecordNotFound')
})

test('lists go forward and back, page by page, and end', async (t) => {
  const { local, alice, post } = await setUp(t)
  const keys = Array.from({ length: 25 }, (_, n) => `k${String(n).padStart(2, '0')}`)
  const writes = keys.map((rkey) => ({ $type: 'com.atproto.repo.applyWrites#create', collection: NOTE, rkey, value: note(rkey) }))
  assert.equal((await post('applyWrites', { writes })).status, 200)
  const listAll = async (more: Record<string, string>): Promise<string[]> => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const { json } = await local.get('com.atproto.repo.listRecords', {
        repo: alice.handle,
        collection: NOTE,
        limit: '10',
        ...(cursor !== undefined && { cursor }),
        ...more,
      })
      found.push(...(json['records'] as Json[]).map((one) => String((one['value'] as Json)['text'])))
      cursor = json['cursor'] as string | undefined
    } while (cursor !== undefined)
    return found
  }
  assert.deepEqual(await listAll({ reverse: 'true' }), keys)
  assert.deepEqual(await listAll({}), keys.toReversed())
  assert.deepEqual(await listAll({ collection: 'org.example.none' }), [])
  assert.equal(
    refusalOf(await local.get('com.atproto.repo.listRecords', { repo: alice.did, collection: NOTE, limit: '101' })),
    '400 InvalidRequest',
  )
  const described = await local.get('com.atproto.repo.describeRepo', { repo: alice.did })
  assert.deepEqual(
    [described.json['collections'], described.json['handle'], described.json['handleIsCorrect']],
    [[NOTE], alice.handle, true],
  )
  assert.equal((described.json['didDoc'] as Json)['id'], alice.did)
})

test('an account that is not active neither writes nor shows its records', async (t) => {
  const { local, alice, create, read } = await setUp(t)
  await create({ rkey: 'one', record: note('x') })
  assert.equal((await local.post('com.atproto.server.deactivateAccount', {}, alice.accessJwt)).status, 200)
  assert.equal(refusalOf(await create({ record: note('y') })), '401 AccountDeactivated')
  assert.equal(refusalOf(await read('one')), '400 RepoDeactivated')
  assert.equal((await local.post('com.atproto.server.activateAccount', undefined, alice.accessJwt)).status, 200)
  assert.equal((await read('one')).status, 200)
})

test('@atproto/api writes, reads and pages, unchanged', async (t) => {
  const { local, alice } = await setUp(t)
  const agent = new AtpAgent({ service: local.pds.url })
  await agent.login({ identifier: alice.handle, password: 'correct horse battery' })
  for (let n = 0; n < 5; n++) await agent.com.atproto.repo.createRecord({ repo: alice.did, collection: NOTE, record: note(`n${n}`) })
  const first = await agent.com.atproto.repo.listRecords({ repo: alice.did, collection: NOTE, limit: 3 })
  const rest = await agent.com.atproto.repo.listRecords({ repo: alice.did, collection: NOTE, limit: 3, cursor: first.data.cursor ?? '' })
  assert.deepEqual(
    [...first.data.records, ...rest.data.records].map(({ value }) => value['text']),
    ['n4', 'n3', 'n2', 'n1', 'n0'],
  )
  assert.equal(rest.data.cursor, undefined)
})
