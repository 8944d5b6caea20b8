// Towns as lists of groups of acts, for tests of what is published of them: who gave how much to whom in which month, the statements of the year and of
// every month, and all equations that an observer can read off them.

import { periodOfFiscalYear, periodOfMonth, type Period } from '../../appview/journal/calendar.ts'
import type { Contribution } from '../../appview/statements/cells.ts'
import { publishedStatement, type Hidden } from '../../appview/statements/published.ts'
import { planOf, type Plan, type RateOf } from '../../appview/statements/small-groups.ts'
import { buildStatement, type Statement } from '../../appview/statements/statement.ts'
import type { Sum } from '../../appview/statements/sum.ts'

export const CODE = '172014'
export const YEAR = 2026
export const MONTHS = Array.from({ length: 12 }, (_, i) => new Date(Date.UTC(YEAR, 3 + i, 1)).toISOString().slice(0, 7))
const MINUTES_PER_HOUR = 60

/** `count` people, numbered from `first`, give `minutes` each. `late`: confirmed after the month was fixed. `prior`: to an act of an earlier year. */
export type Group = {
  readonly category: string
  readonly month: string
  readonly to: 'unnamed' | 'public' | 'named'
  readonly first: number
  readonly count: number
  readonly minutes: number
  readonly late?: boolean
  readonly prior?: boolean
}

export type Town = {
  readonly groups: readonly Group[]
  readonly rates: Readonly<Record<string, number>> | number
  readonly priorRate?: number
}

const rateOf = ({ rates, priorRate }: Town, category: string, isPrior: boolean): number =>
  isPrior ? (priorRate ?? 0) : typeof rates === 'number' ? rates : (rates[category] ?? 0)

/** The lines that such acts are booked by. */
export const contributionsOf = (town: Town, wanted: (group: Group) => boolean = () => true): Contribution[] =>
  town.groups.filter(wanted).flatMap((group) =>
    Array.from({ length: group.count }, (_, index) => index + group.first).flatMap((giver) => {
      const { category, month, minutes, to } = group
      const isPrior = group.prior === true
      const yen = Math.round((minutes * rateOf(town, category, isPrior)) / MINUTES_PER_HOUR)
      const receiver = to === 'public' ? `M:${CODE}` : to === 'named' ? `P:did:plc:receiver${giver % 3}` : `X:${CODE}`
      const common = { category, month, giver: `P:did:plc:${giver}` }
      const received = isPrior ? 5190 : to === 'public' ? 5130 : 5110
      return [
        { ...common, account: isPrior ? 4190 : 4110, entity: common.giver, minutes: -minutes, yen: -yen },
        { ...common, account: received, entity: receiver, minutes, yen },
      ]
    }),
  )

const sumsOf = (contributions: readonly Contribution[], entity: string | null): Sum[] =>
  contributions
    .filter((one) => entity === null || one.entity === entity)
    .flatMap(({ account, category, entity: whose, minutes, yen }) => {
      const counter = whose.startsWith('M:') ? 3420 : 1310
      return (['MIN', 'JPY'] as const).flatMap((unit) => {
        const amount = unit === 'MIN' ? minutes : yen
        return [
          { entity: null, account, unit, category, amount },
          { entity: null, account: counter, unit, category: null, amount: -amount },
        ]
      })
    })

const statementOf = (contributions: readonly Contribution[], entity: string | null, period: Period): Statement =>
  buildStatement({
    entity,
    scope: CODE,
    kind: entity === null ? 'scope' : 'municipality',
    period,
    knownAt: { origin: 'demo/test', leaf: 1, instant: '2027-06-01T00:00:00.000Z' },
    roster: '',
    policyCid: null,
    rateCids: [],
    opening: [],
    within: sumsOf(contributions, entity),
    notes: {},
  })

const onTime =
  (month: string) =>
  (group: Group): boolean =>
    group.month === month && group.late !== true

export const planFor = (town: Town): Plan => {
  const rate: RateOf = (category) => rateOf(town, category, false)
  const months = new Map(MONTHS.map((month) => [month, contributionsOf(town, onTime(month))]))
  return planOf({ year: contributionsOf(town), months, rateOf: rate, onePriorRate: true })
}

export type Publication = { readonly month: string | null; readonly whose: 'area' | 'municipality'; readonly statement: Statement | Hidden }

/** Everything published of the year at one moment: the year and its months, of the area and the municipality. */
export const publicationsOf = (town: Town, plan: Plan): Publication[] =>
  [null, ...MONTHS].flatMap((month) =>
    (['area', 'municipality'] as const).map((whose) => {
      const contributions = contributionsOf(town, month === null ? undefined : onTime(month))
      const period = month === null ? periodOfFiscalYear(YEAR) : periodOfMonth(month)
      const statement = statementOf(contributions, whose === 'area' ? null : `M:${CODE}`, period)
      return { month, whose, statement: publishedStatement(statement, plan) }
    }),
  )
