// Policies and rate tables as typed, and the records they stand for. What is no number becomes none, which the desk refuses.

import type { PolicyInput, RatesInput } from '../../../../desk/operations.ts'
import type { RateTable } from '../../../../journal/documents.ts'
import type { Rules } from '../../../../journal/policy.ts'
import type { Fields } from '../../form.ts'
import type { FieldOf } from '../problems.ts'

/** Names of the figures of a policy, in the order of the form. */
export const FIGURES = ['timeLevel', 'claimDays', 'actDays', 'minutesPerAct', 'minutesPerDay', 'earnersPerThousand'] as const
export type Figure = (typeof FIGURES)[number]
export type PolicyTyped = Readonly<Record<Figure | 'mode' | 'effectiveFrom', string>>
export type RatesTyped = { readonly validFrom: string; readonly source: string; readonly lines: string }

const RULE_FIELDS: Readonly<Record<string, string>> = {
  'policy.mode-unsupported': 'mode',
  'policy.date-impossible': 'effectiveFrom',
  'policy.superseded': 'effectiveFrom',
  'policy.malformed': 'timeLevel',
  'rates.source-missing': 'source',
  'rates.date-impossible': 'validFrom',
  'rates.too-far': 'validFrom',
  'rates.category-unknown': 'lines',
  'rates.malformed': 'lines',
}
/** What is wrong with a figure stands at that figure. */
export const ruleFieldOf: FieldOf = (code, about) =>
  code === 'policy.malformed' && FIGURES.some((name) => name === about) ? (about ?? undefined) : RULE_FIELDS[code]

const DIGITS = /^\d{1,9}$/
const METHOD = 'RC-S'

const numberOf = (text: string): number => (DIGITS.test(text.normalize('NFKC').trim()) ? Number(text.normalize('NFKC').trim()) : Number.NaN)

export const policyIn = (field: Fields): PolicyTyped => ({
  mode: field('mode'),
  effectiveFrom: field('effectiveFrom'),
  timeLevel: field('timeLevel'),
  claimDays: field('claimDays'),
  actDays: field('actDays'),
  minutesPerAct: field('minutesPerAct'),
  minutesPerDay: field('minutesPerDay'),
  earnersPerThousand: field('earnersPerThousand'),
})

/** Rules of the books, and what of a policy is the desk's alone. */
export type Figures = Rules & { readonly earnersPerThousand: number }

/** The rules of now, to be changed from a day on. */
export const policyFrom = (rules: Figures, effectiveFrom: string): PolicyTyped => ({
  mode: 'none',
  effectiveFrom,
  timeLevel: String(rules.timeLevel),
  claimDays: String(rules.claimDays),
  actDays: String(rules.actDays),
  minutesPerAct: String(rules.minutesPerAct),
  minutesPerDay: String(rules.minutesPerDay),
  earnersPerThousand: String(rules.earnersPerThousand),
})

export const policyOfTyped = (typed: PolicyTyped): PolicyInput => ({
  mode: typed.mode,
  effectiveFrom: typed.effectiveFrom,
  timeLevel: numberOf(typed.timeLevel),
  claimDays: numberOf(typed.claimDays),
  actDays: numberOf(typed.actDays),
  minutesPerAct: numberOf(typed.minutesPerAct),
  minutesPerDay: numberOf(typed.minutesPerDay),
  ...(typed.earnersPerThousand === '' ? {} : { earnersPerThousand: numberOf(typed.earnersPerThousand) }),
})

export const ratesIn = (field: Fields): RatesTyped => ({
  validFrom: field('validFrom'),
  source: field('source').trim(),
  lines: field('lines'),
})

export const ratesFrom = (table: RateTable | undefined, validFrom: string): RatesTyped => ({
  validFrom,
  source: '',
  lines: Object.entries(table?.yenPerHour ?? {})
    .map(([category, yen]) => `${category},${yen}`)
    .join('\n'),
})

/** One category a line: its code, yen an hour, and, where it is another than replacement cost, the method. */
export const ratesOfTyped = ({ validFrom, source, lines }: RatesTyped): RatesInput => ({
  validFrom,
  source,
  rates: lines
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [category = '', yen = '', method = ''] = line.split(/[,\t，]/u).map((cell) => cell.trim())
      return { category, yenPerHour: numberOf(yen), method: method === '' ? METHOD : method }
    }),
})
