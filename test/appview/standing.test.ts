// What a process answers that does not write the books itself: from books that are whole and folded by its own rules, or a plain 503; and how it knows of who
// follows the log.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startAppview } from '../../appview/appview.ts'
import { RULES } from '../../appview/journal/rules.ts'
import type { FollowStatus } from '../../appview/follow/follow-status.ts'
import { keepLooking } from '../../appview/roles/standing.ts'
import { readinessOf } from '../../appview/roles/open-roles.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { notFollowing } from '../support/not-following.ts'
import { eventually, getJson } from '../support/asking.ts'
import { CODE, SmallNetwork } from './small-network.ts'

const beside = async (t: TestContext): Promise<{ url: string; store: Store }> => {
  const network = await SmallNetwork.start()
  t.after(() => network[Symbol.asyncDispose]())
  const town = await network.openTown()
  const { url } = await network.openAppview({ roles: ['ingest'] })
  await eventually(
    () => getJson(`${network.relay.url}/log/origin`),
    ({ leaves }) => Number(leaves) > 0,
    'the town has written',
  )
  assert.ok(town.did)
  const web = await startAppview(network.config({ roles: ['pages', 'xrpc'] }), { log: silentLog })
  t.after(() => web.close())
  await eventually(
    async () => (await fetch(`${web.url}/m/${CODE}`)).status,
    (status) => status === 200,
    'the town has its page',
  )
  assert.equal((await fetch(`${url}/m/${CODE}`)).status, 404)
  await eventually(
    () => getJson(`${web.url}/network.json`),
    ({ state }) => state === 'following',
    'it is told that the log is followed',
  )
  await network.closeAppview()
  assert.equal((await getJson(`${web.url}/network.json`))['state'], 'away')
  assert.match(await (await fetch(`${web.url}/network`)).text(), /帳簿への書きこみが止まっています/)
  assert.match(await (await fetch(`${web.url}/network?lang=en`)).text(), /Nobody is writing the books/)
  const store = openSqliteStore(network.storeFile)
  t.after(() => store.close())
  return { url: web.url, store }
}

const seen = async (url: string) => {
  const at = (path: string): Promise<Response> => fetch(`${url}${path}`)
  const [page, method] = [await at(`/m/${CODE}`), await at(`/xrpc/org.waki.getMunicipality?code=${CODE}`)]
  const [ready, health] = [await at('/ready'), await at('/health')]
  const { error } = (await method.json()) as { readonly error?: string }
  const { roles } = (await ready.json()) as { readonly roles: unknown }
  const isToldWhen = [page, method].map((one) => one.headers.has('retry-after'))
  return { statuses: [page, method, ready, health].map(({ status }) => status), isToldWhen, error, roles }
}

test('books of other rules, and books that are being folded, are answered with 503; how the network stands is told all the same', async (t) => {
  const { url, store } = await beside(t)
  assert.deepEqual((await seen(url)).statuses, [200, 200, 200, 200])
  const { books } = store
  await books.resetFold(await books.takeEpoch(), RULES)
  const refused = { statuses: [503, 503, 503, 200], isToldWhen: [true, true], error: 'BooksNotReady' }
  assert.deepEqual(await seen(url), { ...refused, roles: { pages: 'folding', xrpc: 'folding' } })
  assert.equal((await fetch(`${url}/network`)).status, 200)
  assert.equal((await fetch(`${url}/network.json`)).status, 200)
  await books.resetFold(await books.takeEpoch(), RULES + 1)
  assert.deepEqual(await seen(url), { ...refused, roles: { pages: 'other-rules', xrpc: 'other-rules' } })
  assert.equal((await fetch(`${url}/network.json`)).status, 200)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  assert.match(metrics, /waki_books_age_seconds\{/)
})

test('of a store that does not answer, or not in time, nothing is ready, whoever holds its leases', async () => {
  const roles = ['ingest', 'pages', 'xrpc', 'static', 'jobs'] as const
  const doing = { isIngesting: true, isUnfit: false, isSending: true, isFull: false }
  const gone = { ingest: 'no-store', pages: 'no-store', xrpc: 'no-store', static: 'ready', jobs: 'no-store' }
  const ready = (look: () => Promise<'fit'>) => readinessOf({ roles, clock: systemClock() }, { look }, doing)
  assert.deepEqual(await ready(() => Promise.reject(new Error('no primary'))), gone)
  assert.deepEqual(await ready(() => new Promise(() => {})), gone)
  assert.deepEqual(new Set(Object.values(await ready(async () => 'fit'))), new Set(['ready']))
  const { ingest, jobs } = await readinessOf({ roles, clock: systemClock() }, { look: async () => 'other-rules' }, doing)
  assert.deepEqual([ingest, jobs], ['ready', 'other-rules'])
})

test('while the store is away, what was told of following grows older, and is asked for once at a time', async () => {
  let [nowMs, asked] = [Date.parse('2026-05-10T00:00:00.000Z'), 0]
  const ticks: (() => void)[] = []
  const clock = {
    ...systemClock(),
    realMs: () => nowMs,
    monotonicMs: () => nowMs,
    every: (_ms: number, tick: () => void) => (ticks.push(tick), { [Symbol.dispose]: () => {} }),
  }
  const metrics = createMetrics('standing', false)
  const told: FollowStatus = { ...notFollowing(), state: 'following', asOf: new Date(nowMs).toISOString() }
  const answers: Promise<FollowStatus>[] = [Promise.resolve(told), new Promise(() => {})]
  using _ = keepLooking({ clock, metrics }, { look: async () => 'fit', follow: () => answers[asked++] ?? assert.fail('asked again') })
  const age = async (): Promise<string | undefined> => /waki_books_age_seconds(?:\{[^}]*\})? ([\d.]+)/.exec(await metrics.text())?.[1]
  const ageAfter = async (ms: number): Promise<number> => {
    nowMs += ms
    for (const tick of ticks) tick()
    await systemClock().sleep(1)
    return Number(await age())
  }
  assert.equal(await ageAfter(0), 0)
  assert.equal(await ageAfter(1_000), 1)
  assert.equal(await ageAfter(59_000), 60)
  assert.equal(asked, 2)
})

test('how old what was told is goes by the clock of this machine: one that is a minute ahead shows nothing old', async () => {
  const AHEAD_MS = 61_000
  let [nowMs, told] = [Date.parse('2026-05-10T00:00:00.000Z'), 0]
  const ticks: (() => void)[] = []
  const clock = {
    ...systemClock(),
    realMs: () => nowMs + AHEAD_MS,
    monotonicMs: () => nowMs,
    every: (_ms: number, tick: () => void) => (ticks.push(tick), { [Symbol.dispose]: () => {} }),
  }
  const metrics = createMetrics('standing', false)
  const follow = async (): Promise<FollowStatus> => ({ ...notFollowing(), state: 'following', asOf: new Date(told).toISOString() })
  using _ = keepLooking({ clock, metrics }, { look: async () => 'fit', follow })
  const ageAfter = async (ms: number): Promise<number> => {
    nowMs += ms
    for (const tick of ticks) tick()
    await systemClock().sleep(1)
    return Number(/waki_books_age_seconds(?:\{[^}]*\})? ([\d.]+)/.exec(await metrics.text())?.[1])
  }
  told = nowMs
  await ageAfter(0)
  told = nowMs + 1_000
  assert.equal(await ageAfter(1_000), 0)
  assert.equal(await ageAfter(5_000), 5, 'nobody has told anything since')
})
