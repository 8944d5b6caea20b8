// I16: nothing hidden can be had by sums and differences of what is published of a town at one moment, year and months, area and municipality, minutes
// and yen. First by example, then for random towns against an observer who solves all equations.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import { cellsOf, countOf, type CellName } from '../../appview/statements/cells.ts'
import { SMALL_GROUP, SMALL_SENSITIVE_GROUP } from '../../appview/statements/small-groups.ts'
import { isSensitive } from '../../appview/journal/categories.ts'
import { Observer, type Form, type Unknown } from './observer.ts'
import { contributionsOf, MONTHS, planFor, publicationsOf, type Group, type Publication, type Town } from './small-towns.ts'

const RATE = 1828
const shownIn = (publications: readonly Publication[], month: string | null, whose: Publication['whose']) => {
  const { statement } = publications.find((one) => one.month === month && one.whose === whose) ?? assert.fail('not published')
  return 'hidden' in statement ? null : statement
}
const publish = (town: Town) => {
  const plan = planFor(town)
  return { plan, publications: publicationsOf(town, plan) }
}
const group = (month: string, count: number, more: Partial<Group> = {}): Group => ({
  category: 'community',
  month,
  to: 'unnamed',
  first: 0,
  count,
  minutes: 60,
  ...more,
})

test('a hidden month is not the year less the other months', () => {
  const town: Town = {
    rates: RATE,
    groups: [group('2026-09', 1, { minutes: 77 }), group('2026-10', 7, { minutes: 90 }), group('2026-11', 8)],
  }
  const { plan, publications } = publish(town)
  assert.equal(plan.months.get('2026-09'), 'nothing')
  assert.equal(plan.months.get('2026-10'), 'nothing', 'the next smallest goes too')
  assert.equal(plan.months.get('2026-11'), 'parts')
  assert.equal(shownIn(publications, '2026-11', 'area')?.units.MIN.PL['4110'], 480)
  assert.equal(shownIn(publications, '2026-12', 'area')?.units.MIN.PL['4110'] ?? 0, 0, 'a month of nothing says so')
  assert.equal(shownIn(publications, null, 'area')?.units.MIN.PL['4110'], 77 + 630 + 480)
})

test('months and areas show no balances', () => {
  const { publications } = publish({ rates: RATE, groups: [group('2026-10', 7), group('2026-10', 6, { to: 'public' })] })
  const month = shownIn(publications, '2026-10', 'area') ?? assert.fail('hidden')
  assert.deepEqual([month.units.MIN.BS, month.units.MIN.NA, month.units.MIN.byCategory], [{}, {}, {}])
  assert.deepEqual(month.units.MIN.PL, { '4110': 780, '5110': -420, '5130': -360 })
  const year = shownIn(publications, null, 'area') ?? assert.fail('hidden')
  assert.deepEqual([year.units.MIN.BS, year.units.MIN.NA], [{}, {}])
  assert.equal(shownIn(publications, null, 'municipality')?.units.MIN.NA['3420'], 360)
})

test('what one person gave to the public in a category stands in no statement of the town', () => {
  const groups = [
    group('2026-10', 9),
    group('2026-10', 8, { to: 'public', category: 'culture' }),
    group('2026-10', 1, { to: 'public', category: 'environment', minutes: 41, first: 9 }),
    group('2026-10', 6, { category: 'environment', minutes: 30 }),
  ]
  const { plan, publications } = publish({ rates: RATE, groups })
  assert.ok(plan.merged.includes('environment'))
  for (const whose of ['area', 'municipality'] as const)
    assert.equal(shownIn(publications, null, whose)?.units.MIN.byCategory['environment'], undefined)
})

test('fewer than ten people show nothing where all that was done is sensitive, or where merging leaves them in one cell with it', () => {
  for (const [what, groups, level] of [
    ['six people, health alone', [group('2026-10', 6, { category: 'health' })], 'nothing'],
    ['ten people, health alone', [group('2026-10', 10, { category: 'health' })], 'parts'],
    ['six in health, three of them also in community', [group('2026-10', 6, { category: 'health' }), group('2026-10', 3)], 'nothing'],
    ['six in community, none elsewhere', [group('2026-10', 6)], 'parts'],
  ] as const) {
    const { plan } = publish({ rates: RATE, groups })
    assert.deepEqual([plan.level, plan.months.get('2026-10')], [level, level], what)
  }
  const { plan } = publish({
    rates: RATE,
    groups: [group('2026-09', 12), group('2026-10', 7, { category: 'health' }), group('2026-11', 12, { category: 'health' })],
  })
  assert.equal(plan.months.get('2026-10'), 'nothing', 'a month of seven people in health')
})

test('merging keeps every total; fewer than five people show nothing but the title', () => {
  const { publications, plan } = publish({
    rates: RATE,
    groups: [group('2026-10', 9), group('2026-10', 2, { category: 'safety' }), group('2026-10', 6, { category: 'other', first: 3 })],
  })
  assert.deepEqual(plan.merged, ['safety'])
  const { units, notes } = shownIn(publications, null, 'area') ?? assert.fail('hidden')
  assert.equal(notes['mergedCategories'], 1)
  for (const unit of ['MIN', 'JPY'] as const) {
    assert.deepEqual(Object.keys(units[unit].byCategory).toSorted(), ['community', 'other'])
    for (const account of ['4110', '5110'])
      assert.equal(
        Object.values(units[unit].byCategory).reduce((sum, figures) => sum + (figures[account] ?? 0), 0),
        units[unit].PL[account],
      )
  }
  const few = publish({ rates: RATE, groups: [group('2026-10', 4)] })
  assert.ok(few.publications.every(({ month, statement }) => 'hidden' in statement || (month !== null && month !== '2026-10')))
})

test('few people for the public: nobody reads them off what was given and what people received', () => {
  const { plan, publications } = publish({ rates: RATE, groups: [group('2026-10', 9), group('2026-10', 3, { to: 'public', minutes: 50 })] })
  assert.equal(plan.level, 'given')
  assert.equal(shownIn(publications, null, 'municipality'), null)
  const area = shownIn(publications, null, 'area') ?? assert.fail('hidden')
  assert.deepEqual(area.units.MIN.PL, { '4110': 9 * 60 + 3 * 50 })
  assert.deepEqual(area.units.MIN.byCategory, { community: { '4110': 690 } })
})

test('a late act of an earlier year stands in no line and no total until there are enough', () => {
  const late = group('2026-07', 1, { prior: true, minutes: 33, first: 20 })
  const { publications } = publish({ rates: RATE, groups: [group('2026-10', 9), late] })
  const { PL, leftOut = [] } = (shownIn(publications, null, 'area') ?? assert.fail('hidden')).units.MIN
  assert.deepEqual(PL, { '4110': 540, '5110': -540 })
  for (const name of ['4190', '5190', 'revenue', 'expense', 'net']) assert.ok(leftOut.includes(name), name)
  const enough = publish({ rates: RATE, groups: [group('2026-10', 9), { ...late, count: 5 }] })
  assert.equal(shownIn(enough.publications, null, 'area')?.units.MIN.PL['4190'], 165)
})

test('what is confirmed after its month was fixed does not show as the difference', () => {
  const groups = [group('2026-09', 8), group('2026-10', 9), group('2026-09', 1, { late: true, first: 30, minutes: 45 })]
  const { plan } = publish({ rates: RATE, groups })
  assert.equal(plan.months.get('2026-09'), 'nothing')
  assert.equal(plan.months.get('2026-10'), 'parts')
})

test('yen at rates of their own do not tell apart what minutes hide', () => {
  const groups = [group('2026-10', 9), group('2026-10', 6, { category: 'culture' }), group('2026-10', 2, { category: 'safety', first: 40 })]
  const one = publish({ rates: RATE, groups }).plan
  assert.deepEqual(one.yen, { year: true, prior: true, months: true })
  const town = { rates: { community: 1500, culture: 1500, safety: 2400 }, groups }
  const { plan, publications } = publish(town)
  assert.equal(plan.yen.year, false)
  assert.deepEqual(shownIn(publications, null, 'area')?.units.JPY.PL, {})
  assert.equal(publish({ ...town, groups: groups.slice(0, 2) }).plan.yen.year, true)
})

const CATEGORIES = ['community', 'culture', 'health', 'safety', 'other']
const groups: fc.Arbitrary<Group> = fc.record({
  category: fc.constantFrom(...CATEGORIES),
  month: fc.constantFrom(...MONTHS.slice(0, 5)),
  to: fc.constantFrom('unnamed', 'unnamed', 'public', 'named'),
  first: fc.nat(9),
  count: fc.constantFrom(1, 3, 6, 10, 12, 15),
  minutes: fc.integer({ min: 1, max: 720 }),
  late: fc.nat(5).map((n) => n === 0),
  prior: fc.nat(11).map((n) => n === 0),
})
const rates = fc.constantFrom<Town['rates']>(RATE, RATE, { community: 1500, culture: 1700, health: 2600, safety: 1500, other: 1500 })
const towns: fc.Arbitrary<Town> = fc
  .record({ groups: fc.array(groups, { minLength: 2, maxLength: 16, size: 'max' }), rates, isLive: fc.boolean() })
  // In a sample log everything is known now, and everybody knows that nothing comes late.
  .map(({ groups: all, rates: yen, isLive }) => ({
    groups: isLive ? all.map((one) => ({ ...one, late: false })) : all,
    rates: yen,
    priorRate: RATE,
  }))

type Target = { readonly name: string; readonly cell: CellName; readonly least: number; readonly covers: (one: Group | Unknown) => boolean }
const CELLS: readonly { cell: CellName; form: Form; prior: boolean }[] = [
  { cell: 'given', form: () => 1, prior: false },
  { cell: 'people', form: ({ part }) => (part === 'people' ? 1 : 0), prior: false },
  { cell: 'public', form: ({ part }) => (part === 'public' ? 1 : 0), prior: false },
  { cell: 'priorGiven', form: () => 1, prior: true },
  { cell: 'priorPeople', form: ({ part }) => (part === 'people' ? 1 : 0), prior: true },
  { cell: 'priorPublic', form: ({ part }) => (part === 'public' ? 1 : 0), prior: true },
]
const isPrior = (one: Group | Unknown): boolean => one.prior === true
const targets: readonly Target[] = CELLS.flatMap(({ cell, prior }) =>
  [null, ...CATEGORIES].flatMap((category) =>
    [null, ...MONTHS.slice(0, 5)].flatMap((month) =>
      (month === null ? [null, true] : [null, false]).map((late) => ({
        name: `${cell} · ${category ?? 'all'} · ${month ?? 'year'}${late === null ? '' : late ? ' late' : ' as fixed'}`,
        cell,
        least: category !== null && isSensitive(category) ? SMALL_SENSITIVE_GROUP : SMALL_GROUP,
        covers: (one: Group | Unknown) =>
          isPrior(one) === prior &&
          (category === null || one.category === category) &&
          (month === null || one.month === month) &&
          (late === null || (one.late === true) === late),
      })),
    ),
  ),
)

test('I16: no observer of all that is published solves for a cell of too few people', () => {
  let shownMonths = 0
  let hiddenCells = 0
  fc.assert(
    fc.property(towns, (town) => {
      const { plan, publications } = publish(town)
      shownMonths += publications.filter(({ month, statement }) => month !== null && !('hidden' in statement)).length
      const observer = new Observer(town, CATEGORIES, publications, plan.merged)
      for (const { name, cell, least, covers } of targets) {
        const count = countOf(cellsOf(contributionsOf(town, covers))[cell])
        if (count === 0 || count >= least) continue
        hiddenCells += 1
        const part = CELLS.find((one) => one.cell === cell)?.form ?? assert.fail(cell)
        assert.ok(!observer.knows((one) => (covers(one) ? part(one) : 0)), `${name}: ${count} people`)
      }
    }),
    { seed: 20260401, numRuns: 100 },
  )
  assert.ok(shownMonths > 0 && hiddenCells > 0)
})
