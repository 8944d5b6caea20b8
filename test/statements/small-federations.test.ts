// I16 among municipalities: nothing with too few people behind it can be had by sums and differences of statements, worksheets, prefectures and the whole.
// First by example, then for random federations against an observer who solves all equations.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import type { Consolidation } from '../../appview/statements/consolidation.ts'
import { isEnoughPeople, peopleIn, type Passage } from '../../appview/statements/passages.ts'
import { prefectureOf } from '../../appview/statements/prefectures.ts'
import {
  Observer,
  PARTS,
  passagesOf,
  planFor,
  publicationsOf,
  type Federation,
  type Form,
  type Group,
  type Part,
  type Unknown,
} from './small-federation.ts'

const [A, B, C, D, E] = ['172014', '172031', '172065', '162019', '162027']
const group = (from: string, to: string, count: number, more: Partial<Group> = {}): Group => ({
  from,
  to,
  part: 'people',
  first: 0,
  count,
  minutes: 60,
  ...more,
})
const live = (code: string): Group => group(code, code, 12)

test('a worksheet stands where those within, those who went out and those who came in are enough each', () => {
  const groups = [live(A), live(B), group(A, B, 6), group(B, A, 5, { first: 3 })]
  const { plan } = planFor({ codes: [A, B], groups })
  assert.deepEqual(plan.towns.get(A), { total: true, parts: true, prior: true })
  const [own] = publicationsOf({ codes: [A, B], groups })
  assert.deepEqual(own?.units.MIN.worksheet, {
    lines: {
      given: { sum: 1080, elim: -720, cons: 360 },
      received: { sum: 1020, elim: -720, cons: 300 },
      people: { sum: 1020, elim: -720, cons: 300 },
      public: { sum: 0, elim: 0, cons: 0 },
      priorGiven: { sum: 0, elim: 0, cons: 0 },
      priorReceived: { sum: 0, elim: 0, cons: 0 },
    },
    leftOut: ['clearing'],
  })
})

test('what one person gave to another town stands in no worksheet: neither theirs nor the other’s', () => {
  const groups = [live(A), live(B), group(A, B, 1), group(B, A, 9)]
  const { plan } = planFor({ codes: [A, B], groups })
  assert.deepEqual([plan.towns.get(A)?.total, plan.towns.get(B)?.total], [false, false])
  const [own, , prefecture, whole] = publicationsOf({ codes: [A, B], groups })
  assert.deepEqual(own?.units.MIN.worksheet, {
    lines: { priorGiven: { sum: 0, elim: 0, cons: 0 }, priorReceived: { sum: 0, elim: 0, cons: 0 } },
    leftOut: ['given', 'received', 'people', 'public', 'clearing'],
  })
  assert.equal(prefecture?.units.MIN.areas.PL['4110'], 34 * 60)
  assert.deepEqual(whole?.units.MIN.worksheet.lines.given, { sum: 34 * 60, elim: -34 * 60, cons: 0 })
  assert.equal(whole.units.MIN.worksheet.clearing, 0)
})

test('a prefecture does not tell what its one small municipality gave; with two of them together enough it does', () => {
  const few = [live(A), live(B), group(C, C, 3)]
  assert.equal(planFor({ codes: [A, B, C], groups: few }).plan.prefectures.get('17')?.given, false)
  const [, , , hidden] = publicationsOf({ codes: [A, B, C], groups: few })
  assert.deepEqual(hidden?.units.MIN.areas.PL, {})
  assert.ok(hidden?.units.MIN.areas.leftOut?.includes('4110'))
  const codes = [A, B, C, '172022']
  const shown = planFor({ codes, groups: [...few, group('172022', '172022', 3)] }).plan.prefectures.get('17')
  assert.equal(shown?.given, true)
})

test('the whole does not tell what prefectures hide', () => {
  const groups = [live(A), live(D), group(B, B, 3)]
  const { plan } = planFor({ codes: [A, B, D], groups })
  assert.deepEqual([plan.prefectures.get('17')?.given, plan.prefectures.get('16')?.given, plan.federation.given], [false, true, false])
})

test('with two prefectures, what leaves one comes to the other: both sheets stand or neither', () => {
  // D alone exchanges in its prefecture, and too few came to it.
  const groups = [live(A), live(B), live(D), group(A, B, 7), group(B, A, 7), group(A, D, 2), group(D, A, 8)]
  const { plan } = planFor({ codes: [A, B, D], groups })
  assert.deepEqual([plan.prefectures.get('16')?.sheet.total, plan.prefectures.get('17')?.sheet.total], [false, false])
})

const codes = fc.constantFrom<readonly string[]>([A, B], [A, B, C], [A, B, D], [A, B, C, D], [A, B, D, E], [A, B, C, D, E])
const federations: fc.Arbitrary<Federation> = codes.chain((all) =>
  fc
    .record({
      around: fc.array(fc.constantFrom(0, 3, 12, 12, 12), { minLength: all.length, maxLength: all.length }),
      more: fc.array(
        fc.record({
          from: fc.constantFrom(...all),
          to: fc.constantFrom(...all),
          part: fc.constantFrom<Part>('people', 'people', 'people', 'public', 'public', 'latePeople', 'latePublic'),
          first: fc.nat(6),
          count: fc.constantFrom(1, 3, 5, 6, 8, 12),
          minutes: fc.integer({ min: 1, max: 720 }),
        }),
        { minLength: 1, maxLength: 14, size: 'max' },
      ),
    })
    .map(({ around, more }) => ({ codes: all, groups: [...all.map((code, i) => group(code, code, around[i] ?? 0)), ...more] })),
)

type Target = { readonly name: string; readonly covers: (one: Unknown) => boolean; readonly isGiven?: boolean }
const KINDS: Readonly<Record<string, readonly Part[]>> = {
  year: ['people', 'public'],
  people: ['people'],
  public: ['public'],
  late: ['latePeople', 'latePublic'],
}

const targetsOf = (all: readonly string[]): Target[] => {
  const nodes = [...all.map((code) => [code]), ...Map.groupBy(all, prefectureOf).values()]
  return Object.entries(KINDS).flatMap(([kind, parts]) => {
    const target = (name: string, covers: Target['covers'], isGiven = false): Target => ({
      name: `${name} · ${kind}`,
      covers: (one) => parts.includes(one.part) && covers(one),
      isGiven,
    })
    return [
      ...nodes.flatMap((node) => {
        const has = (code: string): boolean => node.includes(code)
        return [
          target(`within ${node.join('+')}`, ({ from, to }) => has(from) && has(to)),
          target(`out of ${node.join('+')}`, ({ from, to }) => has(from) && !has(to)),
          target(`into ${node.join('+')}`, ({ from, to }) => !has(from) && has(to)),
          target(`among ${node.join('+')}`, ({ from, to }) => has(from) && has(to) && from !== to),
          target(`received in ${node.join('+')}`, ({ to }) => has(to)),
          target(`given in ${node.join('+')}`, ({ from }) => has(from), true),
        ]
      }),
      ...all.flatMap((giver) =>
        all.map((receiver) => target(`${giver} to ${receiver}`, ({ from, to }) => from === giver && to === receiver)),
      ),
    ]
  })
}

/** Who gave, alone: as the line of what was given counts. */
const asGiven = (passages: readonly Passage[]): Passage[] => passages.map((one) => ({ ...one, receiver: one.giver }))

const withoutWorksheet = (one: Consolidation): Consolidation => {
  const { MIN, JPY } = one.units
  return { ...one, units: { MIN: { ...MIN, worksheet: { lines: {} } }, JPY: { ...JPY, worksheet: { lines: {} } } } }
}

// Where a federation is so small that noughts in the statements of some tell what another hides, that is so without any worksheet.
test('I16: no observer of all that is published of a federation solves for what too few people stand behind', () => {
  let [sheets, groups, hidden] = [0, 0, 0]
  fc.assert(
    fc.property(federations, (federation) => {
      const publications = publicationsOf(federation)
      for (const { level, units } of publications) {
        if (units.MIN.worksheet.lines.given === undefined) continue
        if (level === 'municipality' && units.MIN.worksheet.lines.given.cons !== 0) sheets += 1
        if (level === 'prefecture') groups += 1
      }
      const observer = new Observer(federation.codes, publications)
      const own = publications.filter(({ level }) => level === 'municipality').map(withoutWorksheet)
      const reader = new Observer(federation.codes, own)
      const passages = passagesOf(federation.groups)
      for (const { name, covers, isGiven } of targetsOf(federation.codes)) {
        const behind = passages.filter(({ giverScope, receiverScope, part }) => covers({ from: giverScope, to: receiverScope, part }))
        const counted = isGiven === true ? asGiven(behind) : behind
        const form: Form = (one) => Number(covers(one))
        if (isEnoughPeople(counted) || reader.knows(form)) continue
        hidden += 1
        assert.ok(!observer.knows(form), `${name}: ${peopleIn(counted)} people`)
      }
    }),
    { seed: 20260401, numRuns: 400 },
  )
  assert.ok(sheets > 50 && groups > 50 && hidden > 1_000, `${sheets} worksheets, ${groups} of prefectures, ${hidden} hidden`)
})

test('every part of an act is an unknown of the observer', () => assert.equal(PARTS.length, 4))
