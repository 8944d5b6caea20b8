// Telling stands apart from the books: whatever it meets, the books go on; what failed is told later, and nothing is told twice, by however many, whoever
// dies, and by whichever rules the books are folded.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { LATE_ATTEMPTS } from '../../appview/notify/limits.ts'
import { openNotifier } from '../../appview/notify/notifier.ts'
import { createNotices } from '../../appview/notify/read-notices.ts'
import { SUPERSEDED } from '../../appview/publish/send.ts'
import type { Store } from '../../appview/store/store.ts'
import { sentenceOfNotice } from '../../appview/web/pages/notices/sentences.ts'
import { createLog } from '../../server/log.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { ClosingTown, DAY_MS } from '../close/closing-town.ts'
import { eventually } from '../support/asking.ts'
import { failingWork, yieldingWork } from '../jobs/faulty-work.ts'
import { job } from '../jobs/job-store-contract.ts'

const log = createLog('notify', 'silent')
const CLAIM_DAYS = 91

const notifierOver = (town: ClosingTown, store: Store = town.store) => {
  const notifier = openNotifier({ store, roster: () => ROSTER, clock: town.clock, log })
  return { notifier, [Symbol.asyncDispose]: () => notifier.close() }
}

const toldTo = async ({ store: { work } }: ClosingTown, index: number): Promise<string[]> =>
  (await work.notices(ClosingTown.prototype.resident(index), { limit: 99 })).map(({ kind, detail }) => `${kind} ${JSON.stringify(detail)}`)

const kindsTo = async (town: ClosingTown, index: number): Promise<string[]> =>
  (await toldTo(town, index)).map((text) => text.split(' ')[0] ?? '')

test('a store that fails before, or after it has stored, has everything told once; the books never notice', async () => {
  for (const when of ['before', 'after'] as const) {
    await using town = await ClosingTown.open()
    const faults = { fired: 0 }
    await using telling = notifierOver(town, failingWork(yieldingWork(town.store), when, faults))
    await town.act(0)
    await town.act(1)
    const folded = (await town.store.books.state()).cursor.folded
    await telling.notifier.look()
    await town.act(2)
    assert.ok((await town.store.books.state()).cursor.folded.leaf > folded.leaf)
    await eventually(
      async () => {
        await telling.notifier.look()
        return Promise.all([0, 1, 2].map((index) => kindsTo(town, index)))
      },
      (all) => all.every((kinds) => kinds.join(' ') === 'confirmed admitted'),
      `all are told although the store fails ${when}`,
    )
    assert.ok(faults.fired > 0)
  }
})

test('a notifier that was killed leaves nothing out and tells nothing twice; two at once do not, either', async () => {
  await using town = await ClosingTown.open()
  {
    await using first = notifierOver(town)
    await town.act(0)
    await first.notifier.look()
  }
  await town.act(1)
  await using one = notifierOver(town)
  await using other = notifierOver(town)
  await Promise.all([one.notifier.look(), other.notifier.look()])
  for (const index of [0, 1]) assert.deepEqual(await kindsTo(town, index), ['confirmed', 'admitted'])
  assert.match((await toldTo(town, 0))[0] ?? '', /"minutes":60,"confirmed":60/)
})

test('where the cursor stands by other rules, transactions are looked through again, and nothing is told twice', async () => {
  await using town = await ClosingTown.open()
  await using telling = notifierOver(town)
  await town.act(0)
  await telling.notifier.look()
  const { work } = town.store
  const cursor = JSON.parse(JSON.stringify(await work.told('books')))
  await work.tell({ words: [], name: 'books', cursor: { ...cursor, rules: cursor.rules - 1, position: 9_999 }, most: 9 })
  await town.act(1)
  await telling.notifier.look()
  for (const index of [0, 1]) assert.deepEqual(await kindsTo(town, index), ['confirmed', 'admitted'])
})

test('a claim that lapses by time alone is told, and what is too old is not', async () => {
  await using town = await ClosingTown.open()
  await town.act(0, { confirmer: null })
  await town.act(1, { afterMs: CLAIM_DAYS * DAY_MS })
  await using telling = notifierOver(town)
  await telling.notifier.look()
  assert.deepEqual(await kindsTo(town, 0), ['lapsed', 'admitted'])
  town.clock.set(new Date(town.clock.civilMs() + 500 * DAY_MS).toISOString())
  await using late = await ClosingTown.open(undefined, town.clock)
  await using silent = notifierOver(late)
  await silent.notifier.look()
  assert.deepEqual(await kindsTo(late, 1), [])
})

test('staff are told of a job that broke off and of a record that could not be published, until it is mended', async () => {
  await using town = await ClosingTown.open()
  const { desk, work } = town.store
  const [admin, approver] = [town.resident(0), town.resident(1)]
  const grant = { from: '2026-04-01T00:00:00.000Z', until: null, grantedBy: TOWN, endedBy: null } as const
  await desk.persist({
    town: CODE,
    audit: [],
    roles: [
      { did: admin, role: 'admin', ...grant },
      { did: approver, role: 'approver', ...grant },
    ],
  })
  const failed = job('1', { town: CODE, by: approver, state: 'failed', reasons: [{ code: 'job.broken-off', line: null, about: null }] })
  await work.addJob(failed)
  const id = await work.enqueue({ repo: TOWN, collection: 'org.waki.notice', rkey: '3k', verb: 'create', record: {} })
  await work.settle(id, { state: 'failed', cid: null, error: SUPERSEDED })
  await using telling = notifierOver(town)
  await telling.notifier.look()
  await telling.notifier.look()
  assert.deepEqual((await kindsTo(town, 0)).slice(0, 2).toSorted(), ['jobFailed', 'notPublished'])
  const told = (await work.notices(admin, { limit: 9 })).find(({ kind }) => kind === 'notPublished')
  assert.match(sentenceOfNotice('notPublished', told?.detail ?? null).en, /another word was published in its place first/)
  assert.deepEqual((await kindsTo(town, 1)).slice(0, 1), ['jobFailed'])
  await work.changeJob({ ...failed, state: 'waiting', version: 2 })
  await telling.notifier.look()
  assert.deepEqual(await kindsTo(town, 1), ['admitted'])
  assert.ok((await kindsTo(town, 0)).includes('notPublished'))
})

test('staff are told of records that have long been waiting, once for all of a repo', async () => {
  await using town = await ClosingTown.open()
  const { desk, work } = town.store
  const grant = { from: '2026-04-01T00:00:00.000Z', until: null, grantedBy: TOWN, endedBy: null } as const
  await desk.persist({ town: CODE, audit: [], roles: [{ did: town.resident(0), role: 'admin', ...grant }] })
  const ids: number[] = []
  for (const rkey of ['3k', '3m']) ids.push(await work.enqueue({ repo: TOWN, collection: nsid.notice, rkey, verb: 'create', record: {} }))
  const toldLate = async (): Promise<readonly string[]> => {
    await using telling = notifierOver(town)
    await telling.notifier.look()
    const told = (await work.notices(town.resident(0), { limit: 9 })).filter(({ kind }) => kind === 'notPublished')
    return told.map(({ detail }) => `${JSON.stringify(detail)} ${sentenceOfNotice('notPublished', detail).en}`)
  }
  const [first = 0] = ids
  for (let times = 1; times < LATE_ATTEMPTS; times++) await work.settle(first, { state: 'pending', cid: null, error: 'no way there' })
  assert.deepEqual(await toldLate(), [])
  await work.settle(first, { state: 'pending', cid: null, error: 'no way there' })
  const [told, ...more] = await toldLate()
  assert.match(told ?? '', /"count":2,"reason":"late"\} Records have long been waiting/)
  assert.deepEqual(more, [])
  for (const id of ids) await work.settle(id, { state: 'done', cid: 'bafy', error: null })
  assert.deepEqual(await toldLate(), [])
})

test('staff are told of a record of theirs that the books refused, and of a host body’s that could not be published', async () => {
  await using town = await ClosingTown.open()
  const { desk, work } = town.store
  const grant = { from: '2026-04-01T00:00:00.000Z', until: null, grantedBy: TOWN, endedBy: null } as const
  await desk.persist({ town: CODE, audit: [], roles: [{ did: town.resident(0), role: 'admin', ...grant }] })
  await town.take([town.maker.row(TOWN, nsid.admission, { subject: town.resident(1), from: '2026-04-02' }, 1_000)])
  const body = town.resident(2)
  await town.take([town.maker.row(TOWN, nsid.hostBody, { did: body, names: { ja: '会' }, validFrom: '2026-04-01' }, 1_000)])
  const id = await work.enqueue({ repo: body, collection: nsid.action, rkey: '3k', verb: 'create', record: {} })
  await work.settle(id, { state: 'failed', cid: null, error: 'x' })
  await using telling = notifierOver(town)
  await telling.notifier.look()
  await telling.notifier.look()
  assert.deepEqual((await kindsTo(town, 0)).slice(0, 2).toSorted(), ['notPublished', 'recordRefused'])
  const [refused] = (await work.notices(town.resident(0), { limit: 9 })).filter(({ kind }) => kind === 'recordRefused')
  assert.deepEqual(refused?.detail, { code: 'admission.already-admitted' })
})

test('whoever leaves takes their notices along, and nobody is shown what an inactive account wrote', async () => {
  await using town = await ClosingTown.open()
  await using telling = notifierOver(town)
  await town.act(0)
  await telling.notifier.look()
  const { work, books } = town.store
  const notices = createNotices({ work, books })
  const shown = async (): Promise<number> => (await notices.list(town.resident(0), { limit: 9 })).notices.length
  assert.equal(await shown(), 2)
  await town.take([
    { ...town.maker.row(town.resident(0), '', null), source: 'account', collection: '', account: { active: false, status: 'deactivated' } },
  ])
  assert.equal(await shown(), 1)
  await work.dropNotices({ person: town.resident(0) })
  assert.deepEqual(await kindsTo(town, 0), [])
})
