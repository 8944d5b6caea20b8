// Records of one repo are published in the order in which they were kept, whatever has to wait, on either engine; no other repo waits for it. And no word
// is published over a newer one.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { showWaiting } from '../../appview/publish/figures.ts'
import { judge } from '../../appview/publish/judge.ts'
import type { Logged } from '../../appview/publish/judge.ts'
import { PUBLISH_RETRY_FIRST_MS } from '../../appview/publish/limits.ts'
import { openOutbox } from '../../appview/publish/outbox.ts'
import { openStore } from '../../appview/store/open-store.ts'
import type { OutboxRow, Publication } from '../../appview/store/work.ts'
import { createAppPassword } from '../../cli/xrpc-client.ts'
import { nsid } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { parseJson } from '../support/asking.ts'
import { createMetrics } from '../../server/metrics.ts'
import type { Member } from '../support/member.ts'
import { enginesIn } from '../support/engines.ts'
import { World } from '../support/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-order-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const engines = enginesIn(folder, 'order')

const titleAt = async ({ did, session: { service } }: Member, rkey: string): Promise<unknown> => {
  const asked = new URLSearchParams({ repo: did, collection: nsid.notice, rkey })
  const answer = parseJson(await (await fetch(`${service}/xrpc/com.atproto.repo.getRecord?${asked.toString()}`)).json())
  return parseJson(answer['value'] ?? {})['title']
}

for (const { engine, skip, open } of engines)
  test(`${engine}: what stands behind a record that waits goes out after it; another repo does not wait`, { skip }, async (t) => {
    await using world = await World.start()
    const [town, other] = [await world.member('kanazawa'), await world.member('komatsu')]
    const store = await openStore({ address: await open(), folder })
    t.after(() => store.close())
    const accounts = new Map<string, { pds: string; identifier: string; appPassword: string }>()
    for (const { did, session } of [town, other])
      accounts.set(did, { pds: session.service, identifier: did, appPassword: await createAppPassword(session, 'appview') })
    let [laterMs, isAway] = [0, true]
    const clock = { ...world.clock, monotonicMs: () => laterMs, every: () => ({ [Symbol.dispose]: () => {} }) }
    const line: typeof fetch = (...asked) =>
      isAway && world.clock.civilMs() > 0 ? Promise.reject(new Error('no way there')) : fetch(...asked)
    // Nobody but the test says when it is tried.
    const work = { ...store.work, waiting: async function* () {} }
    const outbox = openOutbox({ ...store, work, accounts, fetch: line, clock, log: silentLog, isCaughtUp: async () => true })
    const keep = (who: Member, verb: Publication['verb'], rkey: string, title: string): Promise<number> =>
      store.work.enqueue({
        repo: who.did,
        collection: nsid.notice,
        rkey,
        verb,
        record: verb === 'delete' ? {} : { $type: nsid.notice, title, body: title, createdAt: town.now },
      })
    await outbox.flush()
    await keep(town, 'put', '3maaaaaaaaaaa', 'old')
    await outbox.flush()
    isAway = false
    await keep(town, 'put', '3maaaaaaaaaaa', 'new')
    await keep(town, 'put', '3mbbbbbbbbbbb', 'gone')
    await keep(town, 'delete', '3mbbbbbbbbbbb', '')
    await keep(other, 'create', '3mccccccccccc', 'elsewhere')
    await outbox.flush()
    assert.deepEqual(
      [await titleAt(town, '3maaaaaaaaaaa'), await titleAt(other, '3mccccccccccc')],
      [undefined, 'elsewhere'],
      'the first one waits, and with it what is behind it; the other repo does not',
    )
    assert.deepEqual(
      (await store.work.unsent()).map(({ repo, count, attempts }) => [repo, count, attempts]),
      [[town.did, 4, 1]],
    )
    laterMs += PUBLISH_RETRY_FIRST_MS
    await outbox.flush()
    assert.deepEqual([await titleAt(town, '3maaaaaaaaaaa'), await titleAt(town, '3mbbbbbbbbbbb')], ['new', undefined])
    assert.deepEqual(await store.work.unsent(), [])
    // A clock that jumps, of this machine or another, has nobody wait.
    isAway = true
    await keep(town, 'create', '3mddddddddddd', 'late')
    await outbox.flush()
    await outbox.close()
    isAway = false
    const next = openOutbox({ ...store, work, accounts, fetch: line, clock, log: silentLog, isCaughtUp: async () => true })
    await next.flush()
    await next.close()
    assert.equal(await titleAt(town, '3mddddddddddd'), 'late', 'another process tries at once')
  })

test('what an earlier process left is held until the books have caught up, and what has come since is not overwritten', async (t) => {
  await using world = await World.start()
  const town = await world.member('kanazawa')
  const store = await openStore({ address: join(folder, 'held.sqlite'), folder })
  t.after(() => store.close())
  const { did, session } = town
  const accounts = new Map([[did, { pds: session.service, identifier: did, appPassword: await createAppPassword(session, 'appview') }]])
  const record = (title: string) => ({ $type: nsid.notice, title, body: title, createdAt: '2026-04-01T00:00:00.000Z' })
  const at = { repo: did, collection: nsid.notice, rkey: '3maaaaaaaaaaa' }
  const first = await town.put(nsid.notice, at.rkey, record('first'))
  const seen = { leaf: 3, action: 'create', cid: first.cid } as const
  const books = {
    rows: async () => [{ ...at, ...seen, op: 0, origin: '', recordedAt: '', source: 'record', uri: '', value: null } as const],
  }
  await store.work.enqueue({ ...at, verb: 'put', record: record('second'), since: seen.leaf })
  await town.put(nsid.notice, at.rkey, record('third'))
  let isSo = false
  const isCaughtUp = async (): Promise<boolean> => isSo
  const outbox = openOutbox({ work: store.work, books, accounts, fetch, clock: world.clock, log: silentLog, isCaughtUp })
  await outbox.flush()
  assert.deepEqual(
    (await store.work.outbox(did, 9)).map(({ state, attempts }) => [state, attempts]),
    [['pending', 0]],
  )
  isSo = true
  await outbox.flush()
  const [row] = await store.work.outbox(did, 9)
  assert.deepEqual([row?.state, await titleAt(town, at.rkey)], ['failed', 'third'])
  assert.match(row?.error ?? '', /^superseded/)
  // Stored, but the answer was lost.
  const standing = await town.put(nsid.notice, at.rkey, record('fourth'))
  await store.work.enqueue({ ...at, verb: 'put', record: { ...record('fourth') }, since: seen.leaf })
  await outbox.flush()
  const [last] = await store.work.outbox(did, 9)
  assert.deepEqual([last?.state, last?.cid], ['done', standing.cid])
  await outbox.close()
})

test('what waits is shown, and for how long what stands first has stood there', async (t) => {
  const store = await openStore({ address: join(folder, 'figures.sqlite'), folder })
  t.after(() => store.close())
  let laterMs = 0
  const looks: (() => void)[] = []
  const every = (_ms: number, look: () => void) => {
    looks.push(look)
    return { [Symbol.dispose]: () => {} }
  }
  const metrics = createMetrics('appview')
  const shown = showWaiting(store.work, { ...systemClock(), monotonicMs: () => laterMs, every }, metrics)
  const figures = async (): Promise<readonly string[]> => {
    for (const look of looks) look()
    await new Promise((resolve) => void setImmediate(resolve))
    return [...(await metrics.text()).matchAll(/^waki_records_waiting\S* (\S+)$/gm)].map(([, value = '']) => value)
  }
  const at = { collection: nsid.notice, verb: 'create', record: {} } as const
  const first = await store.work.enqueue({ ...at, repo: 'did:web:a', rkey: '3k' })
  await store.work.enqueue({ ...at, repo: 'did:web:a', rkey: '3m' })
  await store.work.enqueue({ ...at, repo: 'did:web:b', rkey: '3k' })
  assert.deepEqual(await figures(), ['3', '0'])
  laterMs = 60_000
  assert.deepEqual(await figures(), ['3', '60'])
  await store.work.settle(first, { state: 'done', cid: null, error: null })
  laterMs = 70_000
  assert.deepEqual(await figures(), ['2', '70'], 'of the other repo the same stands first')
  shown[Symbol.dispose]()
  assert.deepEqual(await figures(), ['0', '0'])
})

const row = (id: number, title: string, more: Partial<OutboxRow> = {}): OutboxRow => ({
  id,
  repo: 'did:web:town',
  collection: nsid.notice,
  rkey: '3k',
  verb: 'put',
  record: { title },
  state: 'done',
  attempts: 1,
  cid: title,
  error: null,
  since: 5,
  ...more,
})

const log = (...lines: readonly (readonly [leaf: number, title: string | null])[]): Logged =>
  lines.map(([leaf, title]) => ({ leaf, action: title === null ? 'delete' : 'update', cid: title }))

test('the log says whether a record that waits is there, may go, or has been passed by', () => {
  const old = row(1, 'a', { since: 2 })
  const put = row(2, 'b', { state: 'pending' })
  const rows = [old, put]
  assert.deepEqual(judge(put, rows, log([5, 'a'])), { kind: 'send', replaces: 'a' })
  assert.deepEqual(judge(put, rows, log([5, 'a'], [6, 'b'])), { kind: 'done', cid: 'b' })
  // Sent in an earlier life of these books, and set back since to what stood there before.
  assert.deepEqual(judge(put, rows, log([5, 'a'], [6, 'b'], [7, 'a'])), { kind: 'done', cid: 'b' })
  assert.deepEqual(judge(put, rows, log([5, 'a'], [6, 'c'])), { kind: 'superseded' })
  assert.deepEqual(judge(put, rows, log([5, 'a'], [6, null])), { kind: 'superseded' })
  // Three in a row, of which the books have seen none, or some, and the third says what stood there at first.
  const chain = [old, row(2, 'b'), row(3, 'c'), row(4, 'b', { state: 'pending' })] as const
  for (const come of [
    [],
    [[6, 'b']],
    [
      [6, 'b'],
      [7, 'c'],
    ],
  ] as const)
    assert.deepEqual(judge(chain[3], chain, log([5, 'a'], ...come)), { kind: 'send', replaces: 'c' })
  assert.deepEqual(judge(chain[3], chain, log([5, 'a'], [6, 'b'], [7, 'c'], [8, 'b'])), { kind: 'done', cid: 'b' })
  // Created and taken out since: it does not come again.
  const { since: _, ...fresh } = row(1, 'a', { verb: 'create', state: 'pending' })
  assert.deepEqual(judge(fresh, [fresh], log()), { kind: 'send', replaces: null })
  assert.deepEqual(judge(fresh, [fresh], log([6, 'a'], [7, null])), { kind: 'done', cid: 'a' })
  const gone = row(3, '', { verb: 'delete', state: 'pending' })
  assert.deepEqual(judge(gone, [old, gone], log([5, 'a'], [6, 'c'])), { kind: 'send', replaces: null })
  assert.deepEqual(judge(gone, [old, gone], log([5, 'a'], [6, null], [7, 'c'])), { kind: 'done', cid: null })
})
