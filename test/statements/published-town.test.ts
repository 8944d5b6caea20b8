// What anyone is answered about a town, from a store, by the one door that pages and methods share: months beside the year, the area beside the
// municipality, what is fixed beside what still runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import { ANYONE } from '../../appview/auth/caller.ts'
import { createStatements, type StatementQuery } from '../../appview/queries/statement.ts'
import type { Doc, Posting, Transaction } from '../../appview/journal/model.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { systemClock } from '../../server/clock.ts'
import { commitSurely, nothing, rowAt } from '../appview/store-rows.ts'

const CODE = '172065'
const ROSTER = [{ code: CODE, did: 'did:web:kaga.example', fromLeaf: 1 }]
const YEN_PER_MINUTE = 30
const TABLE = {
  uri: 'at://rates',
  cid: 'rates',
  leaf: 0,
  untilLeaf: null,
  validFrom: '2026-04-01',
  source: '',
  yenPerHour: { '*': 60 * YEN_PER_MINUTE },
}
const RATES: ReadonlyMap<string, Doc> = new Map([[`rates:${CODE}`, { kind: 'rates', tables: [TABLE] }]])

type Act = {
  readonly giver: number
  readonly day: string
  readonly minutes: number
  readonly category?: string
  readonly to?: 'public'
  readonly recorded?: string
}

const booked = ({ giver, day, minutes, category = 'community', to, recorded = day }: Act, leaf: number): Transaction => {
  const who = `P:did:plc:${giver}`
  const receiver = to === 'public' ? `M:${CODE}` : `X:${CODE}`
  const lines = (['MIN', 'JPY'] as const).flatMap((unit): Posting[] => {
    const amount = unit === 'MIN' ? minutes : minutes * YEN_PER_MINUTE
    const common = { scope: CODE, unit }
    return [
      { ...common, entity: who, account: 1310, amount },
      { ...common, entity: who, account: 4110, amount: -amount, category },
      { ...common, entity: receiver, account: to === 'public' ? 5130 : 5110, amount, category, receiver: 0 },
      { ...common, entity: receiver, account: to === 'public' ? 3420 : 1310, amount: -amount, receiver: 0 },
    ]
  })
  const recordedAt = `${recorded}T03:00:00.000Z`
  return {
    id: `${leaf}/0/recognise`,
    effectiveDate: day,
    recordedAt,
    leaf,
    op: 0,
    kind: 'recognise',
    sources: [],
    action: null,
    rate: null,
    rateCid: null,
    lines,
  }
}

/** The town at an instant, asked by anyone. `sample`: a log in which everybody sees now. */
const townAt = async (acts: readonly Act[], now: string, sample = true) => {
  const { books } = openSqliteStore(':memory:')
  await books.setRoster(ROSTER)
  await books.bind({ name: sample ? 'demo/test' : 'test/1', key: '', base: 0, created: '2026-01-01T00:00:00.000Z' })
  const inOrder = acts
    .toSorted((a, b) => ((a.recorded ?? a.day) < (b.recorded ?? b.day) ? -1 : 1))
    .map((act, index) => booked(act, index + 1))
  for (const transaction of inOrder) {
    const { leaf, recordedAt } = transaction
    const intake = [rowAt(leaf ?? 0, 0, `r${leaf}`, { recordedAt })]
    await commitSurely(books, { intake, changes: { ...nothing, put: RATES, transactions: [transaction] } }, leaf ?? 0, recordedAt)
  }
  const clock = { ...systemClock(), civilMs: () => Date.parse(now) }
  const roster = () => ROSTER
  const follow = () => assert.fail('not asked')
  const statementFor = createStatements({ books, access: createAccess({ books, roster }), clock, roster, follow, relayUrl: '', fetch })
  return async (query: Omit<StatementQuery, 'scope'>) => {
    const { statement } = await statementFor(ANYONE, { scope: CODE, ...query })
    return 'hidden' in statement ? null : statement
  }
}

const each = (count: number, act: Omit<Act, 'giver'>, first = 0): Act[] =>
  Array.from({ length: count }, (_, i) => ({ ...act, giver: first + i }))

test('one act of September is not the year less October', async () => {
  const acts = [
    ...each(1, { day: '2026-09-05', minutes: 77 }),
    ...each(7, { day: '2026-10-05', minutes: 100 }),
    ...each(6, { day: '2026-11-05', minutes: 10 }),
  ]
  const ask = await townAt(acts, '2026-11-20T03:00:00.000Z')
  assert.equal((await ask({ fiscalYear: 2026 }))?.units.MIN.PL['4110'], 837)
  assert.equal(await ask({ month: '2026-09' }), null)
  assert.equal(await ask({ month: '2026-11' }), null, 'the next smallest stands back too')
  const october = (await ask({ month: '2026-10' }))?.units
  assert.deepEqual(october?.MIN, {
    PL: { '4110': 700, '5110': -700 },
    BS: {},
    NA: {},
    byCategory: {},
    leftOut: ['4190', '5190', 'revenue', 'expense', 'net', 'BS', 'NA', 'byCategory'],
  })
  assert.equal(october?.JPY.PL['4110'], 700 * YEN_PER_MINUTE)
})

test('the area does not show what the municipality hides, nor the other way round', async () => {
  const acts = [
    ...each(6, { day: '2026-10-05', minutes: 30, category: 'environment' }, 1),
    ...each(1, { day: '2026-10-06', minutes: 41, category: 'environment', to: 'public' }),
    ...each(8, { day: '2026-10-07', minutes: 50, category: 'culture', to: 'public' }),
    ...each(9, { day: '2026-10-08', minutes: 60 }),
  ]
  const ask = await townAt(acts, '2026-11-20T03:00:00.000Z')
  const [area, own] = [await ask({ fiscalYear: 2026 }), await ask({ fiscalYear: 2026, kind: 'municipality' })]
  const categories = (statement: typeof area) => Object.keys(statement?.units.MIN.byCategory ?? {})
  assert.deepEqual(categories(area).toSorted(), ['community', 'other'])
  assert.deepEqual(categories(own), ['other'])
  assert.deepEqual(area?.units.MIN.byCategory['other'], { '4110': 621, '5110': -180, '5130': -441 })
  assert.equal(area?.notes['persons'], 9)
  assert.equal(own?.notes['persons'], 8)
})

test('a month that was fixed, and what the running year learned since', async () => {
  const acts = [
    ...each(8, { day: '2026-09-05', minutes: 10 }),
    ...each(9, { day: '2026-10-05', minutes: 20 }),
    ...each(1, { day: '2026-09-06', minutes: 33, recorded: '2026-10-20' }),
  ]
  const before = await townAt(acts, '2026-10-15T03:00:00.000Z', false)
  assert.equal((await before({ month: '2026-09' }))?.units.MIN.PL['4110'], 80)
  const after = await townAt(acts, '2026-11-15T03:00:00.000Z', false)
  assert.equal((await after({ fiscalYear: 2026 }))?.units.MIN.PL['4110'], 80 + 180 + 33)
  assert.equal(await after({ month: '2026-09' }), null, 'else the year less its months is one person’s act')
  assert.equal((await after({ month: '2026-10' }))?.units.MIN.PL['4110'], 180)
})
