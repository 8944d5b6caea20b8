// An observer of everything published of a town, who knows that nothing leaves it, and whether anything
// is late: every figure shown is one linear equation over what each category gave
// to people and to the public in each month, in time and late; figures that are nought make all their parts nought. What is in the span of
// these equations is known.

import type { UnitFigures } from '../../appview/statements/statement.ts'
import { MONTHS, type Publication, type Town } from './small-towns.ts'
import { Span } from './span.ts'

/** One unknown: minutes of one category, month and part. */
export type Unknown = {
  readonly part: 'people' | 'public'
  readonly category: string
  readonly month: string
  readonly late: boolean
  readonly prior: boolean
}
export type Form = (unknown: Unknown) => number

export const unknownsOf = (categories: readonly string[]): Unknown[] =>
  (['people', 'public'] as const).flatMap((part) =>
    categories.flatMap((category) =>
      MONTHS.flatMap((month) => [false, true].flatMap((late) => [false, true].map((prior) => ({ part, category, month, late, prior })))),
    ),
  )

/** Which unknowns a line of PL adds up, with the sign of PL; of the municipality only what the public received. */
const LINES: Readonly<Record<string, Form>> = {
  '4110': ({ prior }) => (prior ? 0 : 1),
  '4190': ({ prior }) => (prior ? 1 : 0),
  '5110': ({ part, prior }) => (!prior && part === 'people' ? -1 : 0),
  '5130': ({ part, prior }) => (!prior && part === 'public' ? -1 : 0),
  '5190': ({ prior }) => (prior ? -1 : 0),
  revenue: () => 1,
  expense: () => 1,
  net: () => 0,
  '3420': ({ part }) => (part === 'public' ? 1 : 0),
}
const OWN_LINES: Readonly<Record<string, Form>> = {
  ...LINES,
  '4110': () => 0,
  '4190': () => 0,
  '5110': () => 0,
  '5190': ({ part, prior }) => (prior && part === 'public' ? -1 : 0),
  revenue: () => 0,
  expense: ({ part }) => (part === 'public' ? 1 : 0),
  net: ({ part }) => (part === 'public' ? -1 : 0),
}
const SHOWN_IN_PL = ['4110', '4190', '5110', '5130', '5190', 'revenue', 'expense', 'net']

export class Observer {
  readonly #unknowns: readonly Unknown[]
  readonly #known = new Span()
  readonly #town: Town

  constructor(town: Town, categories: readonly string[], publications: readonly Publication[], merged: readonly string[]) {
    this.#town = town
    this.#unknowns = unknownsOf(categories)
    const isLate = town.groups.some(({ late }) => late === true)
    if (!isLate) this.#learn(({ late }) => (late ? 1 : 0), 0)
    for (const publication of publications) this.#read(publication, categories, merged)
  }

  /** Whether the value of this form follows from what is published. */
  knows(form: Form): boolean {
    return this.#known.has(this.#unknowns.map(form))
  }

  #read({ statement, whose, month }: Publication, categories: readonly string[], merged: readonly string[]): void {
    if ('hidden' in statement) return
    const lines = whose === 'area' ? LINES : OWN_LINES
    const isIn: Form = ({ month: of, late }) => (month === null || (of === month && !late) ? 1 : 0)
    for (const unit of ['MIN', 'JPY'] as const) {
      const figures = statement.units[unit]
      const value: Form = (unknown) => (unit === 'MIN' ? 1 : this.#rate(unknown)) * isIn(unknown)
      for (const line of SHOWN_IN_PL)
        if (!isLeftOut(figures, 'PL', line)) this.#learn((one) => (lines[line]?.(one) ?? 0) * value(one), figures.PL[line] ?? 0)
      if (!isLeftOut(figures, 'NA', '3420')) this.#learn((one) => (lines['3420']?.(one) ?? 0) * value(one), figures.NA['3420'] ?? 0)
      if (figures.leftOut?.includes('byCategory') === true) continue
      for (const category of categories)
        for (const line of ['4110', '5110', '5130']) {
          if (isLeftOut(figures, 'PL', line) || merged.includes(category)) continue
          const members = category === 'other' ? ['other', ...merged] : [category]
          const shown = figures.byCategory[category]?.[line] ?? 0
          this.#learn((one) => (members.includes(one.category) ? (lines[line]?.(one) ?? 0) * value(one) : 0), shown)
        }
    }
  }

  #rate({ category, prior }: Unknown): number {
    const { rates, priorRate } = this.#town
    return prior ? (priorRate ?? 0) : typeof rates === 'number' ? rates : (rates[category] ?? 0)
  }

  #learn(form: Form, figure: number): void {
    const isOneSign = this.#unknowns.every((one) => form(one) >= 0) || this.#unknowns.every((one) => form(one) <= 0)
    if (figure !== 0 || !isOneSign) return this.#add(form)
    for (const nought of this.#unknowns) if (form(nought) !== 0) this.#add((one) => (one === nought ? 1 : 0))
  }

  #add(form: Form): void {
    this.#known.add(this.#unknowns.map(form))
  }
}

const isLeftOut = ({ leftOut = [] }: UnitFigures, sheet: string, line: string): boolean => leftOut.includes(sheet) || leftOut.includes(line)
