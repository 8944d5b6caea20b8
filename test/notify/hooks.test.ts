// Delivering to another program: signed, in order, from when it was set on; tried again, given up with a code, gone with its owner; set by page.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openDeliverer } from '../../appview/notify/deliver.ts'
import { hookKeys } from '../../appview/notify/hook-key.ts'
import { hookRefusals } from '../../appview/notify/hook-refusals.ts'
import { HOOKS_LOOKED_AT, HOOK_ATTEMPTS, HOOK_RETRY_MAX_MS } from '../../appview/notify/limits.ts'
import { createHooks } from '../../appview/notify/set-hook.ts'
import type { Hook } from '../../appview/store/hooks.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { settableClock } from '../../server/clock.ts'
import { createLog } from '../../server/log.ts'
import { createSafeFetch } from '../../server/safe-fetch.ts'
import { atDesk, openDeskWorld } from '../desk/desk-world.ts'
import { word } from '../jobs/job-store-contract.ts'
import { seen, Visitor } from '../pages/visitor.ts'
import { eventually, listIn } from '../support/asking.ts'
import { KANAZAWA, residents } from '../support/town.ts'

const AOI = 'did:plc:aoiaoiaoiaoiaoiaoiaoiaoi'
const BEN = 'did:plc:benbenbenbenbenbenbenben'
const KEY = Buffer.alloc(32, 7)

type Heard = { readonly ids: readonly string[]; readonly signature: string; readonly body: string }

/** Hears what is sent, and answers with these statuses in turn, then with 204. */
const receiver = async (...statuses: number[]) => {
  const heard: Heard[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const { notifications }: { notifications: readonly { id: string }[] } = JSON.parse(body)
      heard.push({ ids: notifications.map(({ id }) => id), signature: String(req.headers['waki-signature']), body })
      res.writeHead(statuses.shift() ?? 204).end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port }: AddressInfo = server.address() as AddressInfo
  return {
    heard,
    url: `http://127.0.0.1:${port}/in`,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => void server.close(() => done())),
  }
}

/** Takes what is sent, and never answers. */
const silent = async () => {
  let asked = 0
  const server = createServer(() => void (asked += 1))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port }: AddressInfo = server.address() as AddressInfo
  const end = (done: () => void): void => {
    server.closeAllConnections()
    server.close(() => done())
  }
  return { asked: () => asked, url: `http://127.0.0.1:${port}/in`, [Symbol.asyncDispose]: () => new Promise<void>(end) }
}

const open = (allowLoopback = true, timeoutMs = 2_000) => {
  const store = openSqliteStore(':memory:')
  const { work } = store
  let laterMs = 0
  const clock = { ...settableClock(), monotonicMs: () => laterMs }
  const keys = hookKeys(KEY)
  const deps = { work, keys, clock, log: createLog('hooks', 'silent') }
  const fetch = createSafeFetch({ allowLoopback, maxBytes: 1_000, timeoutMs })
  const deliverer = openDeliverer({ ...deps, fetch })
  const hooks = createHooks({ work, keys, clock, allowLoopback: true })
  const tell = (...ids: string[]) => work.tell({ words: ids.map((id) => word(AOI, id)), name: 'books', cursor: 1, most: 99 })
  /** The time of the next attempt has come. */
  const soon = async (): Promise<Hook> => {
    laterMs += HOOK_RETRY_MAX_MS
    await deliverer.look()
    return (await work.hook(AOI)) ?? assert.fail('no hook')
  }
  const end = async (): Promise<void> => {
    await deliverer.close()
    await store.close()
  }
  return { work, hooks, deliverer, tell, soon, [Symbol.asyncDispose]: end }
}

test('what is told from then on is delivered once, in order and signed', async () => {
  await using there = await receiver()
  await using desk = open()
  await desk.tell('1')
  assert.deepEqual(await desk.hooks.set(AOI, there.url), { ok: true })
  await desk.deliverer.look()
  assert.deepEqual(there.heard, [])
  await desk.tell('2', '3')
  await desk.deliverer.look()
  await desk.deliverer.look()
  await desk.tell('4')
  await desk.deliverer.look()
  assert.deepEqual(
    there.heard.map(({ ids }) => ids),
    [['2', '3'], ['4']],
  )
  const view = (await desk.hooks.of(AOI)) ?? assert.fail('no hook')
  assert.deepEqual([view.state, view.code], ['active', null])
  const { signature = '', body = '' } = there.heard[0] ?? {}
  const [, seconds = '', mac = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  assert.equal(createHmac('sha256', Buffer.from(view.key, 'hex')).update(`${seconds}.${body}`).digest('hex'), mac)
  await desk.hooks.set(AOI, `${there.url}2`)
  assert.notEqual((await desk.hooks.of(AOI))?.key, view.key)
})

test('a hook is delivered to, and tried again, behind any number that have nothing to deliver', async () => {
  await using there = await receiver(500)
  await using desk = open()
  const { work } = desk
  await desk.hooks.set(AOI, there.url)
  const own = (await work.hook(AOI)) ?? assert.fail('no hook')
  for (let n = 0; n <= HOOKS_LOOKED_AT; n++) {
    const owner = `did:plc:${String(n).padStart(24, 'a')}`
    assert.ok(await work.putHook({ ...own, owner, version: 1 }))
  }
  await desk.tell('1')
  await desk.deliverer.look()
  assert.equal(there.heard.length, 1)
  assert.deepEqual([(await desk.soon()).attempts, there.heard.length], [0, 2])
})

test('nobody waits for an address that takes what is sent and never answers', { timeout: 30_000 }, async () => {
  await using there = await receiver()
  await using desk = open(true, 60_000)
  await using hanging = await silent()
  await desk.hooks.set(BEN, hanging.url)
  await desk.hooks.set(AOI, there.url)
  for (const id of ['1', '2']) {
    await desk.work.tell({ words: [word(AOI, id), word(BEN, `${id}b`)], name: 'books', cursor: 1, most: 99 })
    await desk.deliverer.look()
  }
  assert.deepEqual(
    there.heard.map(({ ids }) => ids.length),
    [1, 1],
  )
  assert.equal(hanging.asked(), 1)
})

test('what is not taken is tried again, the same first, and given up in the end; set again it goes on', async () => {
  await using there = await receiver(500, 503)
  await using desk = open()
  await desk.hooks.set(AOI, there.url)
  await desk.tell('1')
  await desk.deliverer.look()
  assert.deepEqual([(await desk.hooks.of(AOI))?.code, (await desk.hooks.of(AOI))?.attempts], ['hook.not-taken', 1])
  await desk.deliverer.look()
  assert.equal(there.heard.length, 1, 'not before its time')
  await desk.soon()
  assert.deepEqual([(await desk.soon()).attempts, there.heard.map(({ ids }) => ids.join(' '))], [0, ['1', '1', '1']])
  await there[Symbol.asyncDispose]()
  await desk.tell('2')
  for (let times = 1; times < HOOK_ATTEMPTS; times++) assert.equal((await desk.soon()).state, 'active')
  const last = await desk.soon()
  assert.deepEqual([last.state, last.code], ['stopped', 'hook.unreachable'])
  await using back = await receiver(410)
  await desk.hooks.set(AOI, back.url)
  await desk.tell('3')
  await desk.deliverer.look()
  assert.deepEqual([(await desk.hooks.of(AOI))?.state, (await desk.hooks.of(AOI))?.code], ['stopped', 'hook.gone'])
  await desk.hooks.set(AOI, back.url)
  await desk.deliverer.look()
  assert.deepEqual(
    back.heard.map(({ ids }) => ids.join(' ')),
    ['3', '3'],
  )
})

test('no other than a public https address, and none that is set elsewhere meanwhile', async () => {
  await using desk = open(false)
  for (const url of ['x', 'ftp://example.com', 'https://user:pass@example.com/'])
    assert.deepEqual(await desk.hooks.set(AOI, url), { ok: false, code: 'hook.url-invalid' })
  await desk.hooks.set(AOI, 'http://127.0.0.1:9/')
  await desk.tell('1')
  await desk.deliverer.look()
  assert.deepEqual([(await desk.hooks.of(AOI))?.state, (await desk.hooks.of(AOI))?.code], ['stopped', 'hook.address-unsafe'])
  const answers = await Promise.all([desk.hooks.set(AOI, 'https://a.example/'), desk.hooks.set(AOI, 'https://b.example/')])
  assert.deepEqual(answers.map((answer) => (answer.ok ? 'ok' : answer.code)).toSorted(), ['hook.changed', 'ok'])
  assert.deepEqual(await desk.hooks.set(AOI, ''), { ok: true })
  assert.equal(await desk.hooks.of(AOI), null)
  assert.deepEqual(
    hookRefusals.map(([code]) => code),
    ['hook.url-invalid', 'hook.changed', 'hook.address-unsafe', 'hook.gone', 'hook.not-taken', 'hook.unreachable'],
  )
})

test('a person and a desk set theirs by a page, and what happens reaches both', async () => {
  await using there = await receiver()
  const { world, town, clerk, admin, auditor } = await openDeskWorld()
  await using _ = world
  const [aoi = town, ren = town] = await residents(town, ['aoi', 'ren'])
  const visitorOf = async (handle: string): Promise<Visitor> => {
    const visitor = new Visitor(world.appview.url)
    await visitor.signIn(handle)
    return visitor
  }
  const [person, desk, other] = [
    await visitorOf(aoi.session.handle),
    await visitorOf(admin.session.handle),
    await visitorOf(clerk.session.handle),
  ]
  assert.match((await person.post('/me/notices/hook', { url: 'x' })).text, /id="url-e"/)
  assert.equal((await person.post('/me/notices/hook', { url: `${there.url}?me` })).headers.get('location'), '/me/notices?done=hook#hook')
  assert.match(seen(await person.get('/me/notices?done=hook')), /設定しました.*動いています.*署名の鍵[0-9a-f]{64}/)
  const jobs = `/desk/${KANAZAWA}/jobs`
  assert.equal((await other.post(`${jobs}/hook`, { url: there.url })).status, 422)
  assert.doesNotMatch(seen(await other.get(jobs)), /Webhook/)
  assert.equal((await desk.post(`${jobs}/hook`, { url: `${there.url}?desk` })).headers.get('location'), `${jobs}?done=hook#hook`)
  const trail = listIn(await atDesk(auditor, 'listTrail', { limit: 5 }), 'rows').map(
    ({ deed, outcome }) => `${String(deed)} ${String(outcome)}`,
  )
  assert.deepEqual(trail.slice(0, 2), ['hook.set done', 'hook.set refused'])

  await world.settled()
  await ren.confirm(await aoi.act(KANAZAWA, { minutes: 60 }))
  await world.settled()
  await eventually(
    async () => there.heard.map(({ body }) => body).join('\n'),
    (bodies) => /"kind":"confirmed"/.test(bodies),
    'the person’s program is told',
  )
  await atDesk(admin, 'startJob', { kind: 'close', fiscalYear: 2026 })
  await eventually(
    async () => there.heard.map(({ body }) => body).join('\n'),
    (bodies) => new RegExp(`"for":"desk:${KANAZAWA}".*"kind":"jobFailed"`).test(bodies),
    'the desk’s program is told',
  )
  assert.doesNotMatch(there.heard.map(({ body }) => body).join('\n'), new RegExp(ren.did))
})
