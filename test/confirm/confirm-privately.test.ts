// Private confirmation over a town's own books: what is published names nobody, the minutes are booked, the person's own books show them, and every
// reason why a word is not taken, in order of precedence.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TidClock } from '../../atproto/tid.ts'
import { createConfirm, type ConfirmInput } from '../../appview/confirm/confirm-privately.ts'
import { CONFIRM_REFUSALS } from '../../appview/confirm/refusals.ts'
import { makeEntry } from '../../appview/desk/entry.ts'
import { withPayloads } from '../../appview/follow/entry-payloads.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { ClosingTown } from '../close/closing-town.ts'

const DAY = '2026-05-10T00:00:00.000Z'
const SECOND_MS = 1_000

const setUp = async (canPublish = true) => {
  const town = await ClosingTown.open()
  const { books, desk, work } = town.store
  await town.goOn(DAY)
  const deps = {
    books,
    desk,
    roster: () => ROSTER,
    canPublish: async () => canPublish,
    flush: async () => {},
    clock: town.clock,
    tids: new TidClock(() => town.clock.civilMs()),
  }
  const act = async (giver: number, more: Record<string, Json> = {}): Promise<IntakeRow> => {
    const value = {
      $type: nsid.action,
      category: 'culture',
      minutes: 60,
      performedOn: '2026-05-10',
      municipality: { scheme: 'jis-x-0402', code: CODE },
      nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' },
      createdAt: DAY,
      ...more,
    }
    const row = town.maker.row(town.resident(giver), nsid.action, value, SECOND_MS)
    await town.take([row])
    return row
  }
  /** What waits is published, and read again with what it stands for. */
  const published = async (): Promise<readonly Json[]> => {
    const waiting = (await work.outbox(TOWN, 100)).filter(({ state }) => state === 'pending').toReversed()
    for (const { id, repo, collection, rkey, record } of waiting) {
      const bare = town.maker.row(repo, collection, JSON.parse(JSON.stringify(record)) as Json, SECOND_MS)
      await town.take(await withPayloads(desk, ROSTER, [{ ...bare, rkey, uri: `at://${repo}/${collection}/${rkey}` }]))
      await work.settle(id, { state: 'done', cid: null, error: null })
    }
    return waiting.map(({ record }) => JSON.parse(JSON.stringify(record)) as Json)
  }
  const minutesOf = async (entity: string, account: number): Promise<number> => {
    const sums = await books.sums({ scope: CODE, entity, through: '2027-03-31' })
    return sums.filter((sum) => sum.unit === 'MIN' && sum.account === account).reduce((total, { amount }) => total + amount, 0)
  }
  const confirm = createConfirm(deps)
  return { town, act, published, minutesOf, confirm, deps, [Symbol.asyncDispose]: () => town[Symbol.asyncDispose]() }
}

const inputOf = ({ uri, cid }: IntakeRow, more: Partial<ConfirmInput> = {}): ConfirmInput => ({
  uri,
  cid: cid ?? '',
  verdict: 'confirmed',
  hasCode: true,
  ...more,
})

test('who was shown the code confirms: booked as received by somebody of the town, known to the person alone', async () => {
  await using world = await setUp()
  const { town, act, published, minutesOf, confirm } = world
  const row = await act(0)
  const receiver = town.resident(1)
  const outcome = await confirm(receiver, inputOf(row, { minutes: 45 }))
  assert.ok(outcome.ok)
  const records = await published()
  assert.equal(records.length, 2)
  assert.ok(!JSON.stringify(records).includes(receiver), 'nobody is named')
  assert.equal(await minutesOf(`P:${town.resident(0)}`, 4110), -45)
  assert.equal(await minutesOf(`X:${CODE}`, 5110), 45)
  assert.equal(await minutesOf(`P:${receiver}`, 5110), 0)
  const pool = (await town.store.books.load([`pool:${receiver}`])).get(`pool:${receiver}`)
  assert.ok(pool?.kind === 'pool' && pool.mapped.length === 1, 'their own books have it')
})

test('of two who are named the second makes their own part theirs, once the first has confirmed', async () => {
  await using world = await setUp()
  const { town, act, published, minutesOf, confirm } = world
  const [one, other] = [town.resident(1), town.resident(2)]
  const row = await act(0, { beneficiaries: [one, other].map((did) => ({ class: 'person', did })), category: 'community' })
  assert.ok((await confirm(one, inputOf(row, { hasCode: false }))).ok)
  await published()
  assert.ok((await confirm(other, inputOf(row, { hasCode: false }))).ok)
  const records = await published()
  assert.deepEqual(
    records.map((record) => record !== null && typeof record === 'object' && '$type' in record && record.$type),
    [nsid.entry],
    'nothing is confirmed again',
  )
  const pool = (await town.store.books.load([`pool:${other}`])).get(`pool:${other}`)
  assert.deepEqual(pool?.kind === 'pool' ? pool.mapped.map(({ index }) => index) : [], [1])
  assert.equal(await minutesOf(`X:${CODE}`, 5110), 60)
  assert.deepEqual(await confirm(other, inputOf(row, { hasCode: false })), { ok: false, code: 'confirm.closed' })
})

test('who is named needs no code, keeps the share the act gave them, and may say no', async () => {
  await using world = await setUp()
  const { town, act, published, minutesOf, confirm } = world
  const [one, other] = [town.resident(1), town.resident(2)]
  const beneficiaries = [
    { class: 'unnamed', count: 2 },
    { class: 'person', did: one },
  ]
  const row = await act(0, { beneficiaries })
  assert.ok((await confirm(one, inputOf(row, { hasCode: false }))).ok)
  await published()
  const pool = (await town.store.books.load([`pool:${one}`])).get(`pool:${one}`)
  assert.deepEqual(pool?.kind === 'pool' ? pool.mapped.map(({ index }) => index) : [], [1])
  assert.equal(await minutesOf(`X:${CODE}`, 5110), 60)
  const refused = await act(0, { beneficiaries: [{ class: 'person', did: other }] })
  assert.ok((await confirm(other, inputOf(refused, { hasCode: false, verdict: 'rejected' }))).ok)
  const said = await published()
  assert.equal(said.length, 1, 'a no maps nothing')
  const doc = (await town.store.books.load([`action:${refused.uri}`])).get(`action:${refused.uri}`)
  assert.equal(doc?.kind === 'action' && doc.state, 'rejected')
})

test('pressing twice at once answers once', async () => {
  await using world = await setUp()
  const { town, act, published, confirm } = world
  const row = await act(0)
  const answers = await Promise.all([1, 2, 3].map(() => confirm(town.resident(1), inputOf(row))))
  assert.deepEqual(
    answers.map((one) => (one.ok ? 'done' : one.code)),
    ['done', 'confirm.already-answered', 'confirm.already-answered'],
  )
  assert.equal((await published()).length, 2)
})

test('where a person is named nobody else speaks in their place, not even with the code', async () => {
  await using world = await setUp()
  const { town, act, published, confirm } = world
  const row = await act(0, { beneficiaries: [{ class: 'unnamed' }, { class: 'person', did: town.resident(1) }] })
  assert.deepEqual(await confirm(town.resident(2), inputOf(row)), { ok: false, code: 'confirm.not-entitled' })
  assert.equal((await published()).length, 0)
})

test('a store that fails keeps neither the word nor its entry', async () => {
  await using world = await setUp()
  const { town, act, published, deps } = world
  const row = await act(0)
  const failing = createConfirm({
    ...deps,
    desk: { ...deps.desk, persist: () => Promise.reject(new Error('the disk is full')) },
  })
  await assert.rejects(failing(town.resident(1), inputOf(row)), /disk is full/)
  assert.equal((await published()).length, 0)
  assert.ok((await createConfirm(deps)(town.resident(1), inputOf(row))).ok, 'and the next try is as if it were the first')
})

test('every reason why a word is not taken', async () => {
  await using world = await setUp()
  const { town, act, published, confirm, deps } = world
  const [giver, receiver, stranger] = [town.resident(0), town.resident(1), 'did:plc:strangerstrangerstranger']
  const open = await act(0)
  const closed = await act(0)
  await confirm(receiver, inputOf(closed))
  await published()
  const household = makeEntry(
    { repo: TOWN, kind: 'household', payload: { members: [giver, town.resident(2)] }, about: [] },
    { rkey: new TidClock(() => town.clock.civilMs()).next(), createdAt: DAY },
  )
  await deps.desk.persist({ town: CODE, audit: [], entries: [household.entry], publish: [household.publication] })
  await published()
  const other = town.resident(3)
  /** After a ruling on an act of theirs. */
  const suspended = async (): Promise<void> => {
    const theirs = await act(3)
    await confirm(receiver, inputOf(theirs))
    await published()
    const approvals = ['did:web:one.example', 'did:web:two.example']
    const dispute = await entered('dispute', { subject: { uri: theirs.uri, cid: theirs.cid ?? '' } })
    const ruling = await entered('ruling', { subject: dispute, outcome: 'upheld', approvals })
    await entered('suspension', { did: other, ruling: ruling.uri, until: '2026-06-30', approvals })
  }
  const entered = async (kind: string, payload: Json): Promise<{ readonly uri: string; readonly cid: string }> => {
    const { entry, publication } = makeEntry(
      { repo: TOWN, kind, payload, about: [] },
      { rkey: new TidClock(() => town.clock.civilMs()).next(), createdAt: DAY },
    )
    await deps.desk.persist({ town: CODE, audit: [], entries: [entry], publish: [publication] })
    await published()
    const [row] = await town.store.books.rows({ uri: entry.uri, limit: 1 })
    return { uri: entry.uri, cid: row?.cid ?? '' }
  }
  await suspended()
  const answered = await act(0)
  await confirm(receiver, inputOf(answered))
  const crowd = await act(0, { beneficiaries: [{ class: 'unnamed', count: 3 }] })
  const mute = createConfirm({ ...deps, canPublish: async () => false })
  const rows: Readonly<Record<(typeof CONFIRM_REFUSALS)[number]['code'], () => ReturnType<typeof confirm>>> = {
    'confirm.not-found': () => confirm(receiver, { ...inputOf(open), uri: `${open.uri}x` }),
    'confirm.changed': () => confirm(giver, { ...inputOf(open), cid: closed.cid ?? '' }),
    'confirm.own-act': () => confirm(giver, inputOf(open, { hasCode: false })),
    'confirm.not-entitled': () => confirm(stranger, inputOf(open, { hasCode: false })),
    'confirm.not-admitted': () => confirm(stranger, inputOf(closed)),
    'confirm.suspended': () => confirm(other, inputOf(closed)),
    'confirm.same-household': () => confirm(town.resident(2), inputOf(closed)),
    'confirm.closed': () => confirm(receiver, inputOf(closed, { minutes: 0 })),
    'confirm.minutes': () => confirm(receiver, inputOf(answered, { minutes: 61 })),
    'confirm.witness-minutes': () => confirm(receiver, inputOf(crowd, { minutes: 59 })),
    'confirm.already-answered': () => mute(receiver, inputOf(answered)),
    'confirm.town-cannot-publish': () => mute(receiver, inputOf(open)),
  }
  for (const { code, ja, en } of CONFIRM_REFUSALS) {
    const outcome = await rows[code]()
    assert.equal(outcome.ok ? 'done' : outcome.code, code)
    assert.ok(ja.length > 5 && en.length > 5)
  }
})
