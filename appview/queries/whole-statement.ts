// One statement, whole: a function of the books, whose, which period, and as known when. Who may see it, and what is left out for whom, is decided
// elsewhere; a close seals what is made here.

import { addDays, fiscalYearOf } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import { GIVEN, RECEIVED, RECEIVED_PUBLIC } from '../journal/chart.ts'
import { disputeNotes, disputesOf } from '../journal/disputes.ts'
import type { OwnLine } from '../journal/own-lines.ts'
import { stoodAt } from '../journal/policy.ts'
import { buildStatement } from '../statements/statement.ts'
import type { KnownAt, Statement, StatementKind } from '../statements/statement.ts'
import type { Books, Sum } from '../store/store.ts'
import { readDoc } from './deps.ts'
import { rateTablesOf } from './rates-of-year.ts'
import { sumsOf } from './own-lines.ts'

export type Subject = {
  readonly scope: string
  readonly entity: string | null
  readonly period: Period
  readonly knownAt: KnownAt
  /** Hash of the roster as of that known-at. */
  readonly roster: string
}

export type Acts = { readonly given: number; readonly received: number; readonly forPublic: number }
export type Whole = { readonly statement: Statement; readonly acts: Acts }
export type ReadBooks = Pick<Books, 'sums' | 'load'>

export const isTown = (entity: string | null): boolean => entity === null || entity.startsWith('M:')

/** `persons`: how many took part, told in the notes of towns. `own`: lines of the pools that are read as this entity's. */
export const wholeStatement = async (books: ReadBooks, subject: Subject, persons: number, own: readonly OwnLine[] = []): Promise<Whole> => {
  const { scope, entity, period, knownAt } = subject
  const query = { scope, knownAt, ...(entity === null ? {} : { entity }) }
  const before = { through: addDays(period.from, -1) }
  const { from, through } = period
  const opening = [...(await books.sums({ ...query, ...before })), ...sumsOf(own, before)]
  const within = [...(await books.sums({ ...query, from, through })), ...sumsOf(own, { from, through })]
  const acts = actsOf(within)
  const circumstances = await circumstancesOf(books, subject)
  const inNumbers = isTown(entity) ? { persons, records: entity === null ? acts.given : acts.forPublic } : {}
  const notes = { ...circumstances.notes, ...inNumbers }
  return { statement: buildStatement({ ...subject, ...circumstances, kind: kindOf(entity), opening, within, notes }), acts }
}

const kindOf = (entity: string | null): StatementKind => {
  if (entity === null) return 'scope'
  if (entity.startsWith('M:')) return 'municipality'
  return entity.startsWith('O:') ? 'organisation' : 'person'
}

/** Policy and rates in force in the period as known then, and what the notes say. */
const circumstancesOf = async (books: ReadBooks, { scope, entity, period, knownAt }: Subject) => {
  const isKnown = (rule: Parameters<typeof stoodAt>[0]): boolean => stoodAt(rule, knownAt.leaf)
  const policies = (await readDoc(books, 'policies', `policies:${scope}`))?.policies.filter(isKnown) ?? []
  const tables = (await rateTablesOf(books, scope)).filter(isKnown)
  const first = tables.findLastIndex(({ validFrom }) => validFrom <= period.from)
  const rates = tables.slice(Math.max(first, 0)).filter(({ validFrom }) => validFrom <= period.through)
  const years = Array.from(
    { length: fiscalYearOf(period.through) - fiscalYearOf(period.from) + 1 },
    (_, i) => fiscalYearOf(period.from) + i,
  )
  const sheets = await Promise.all(years.map((year) => readDoc(books, 'disputes', `disputes:${disputesOf(scope, year)}`)))
  const disputes = sheets.flatMap((sheet) => sheet?.disputes ?? [])
  return {
    policyCid: policies.findLast(({ effectiveFrom }) => effectiveFrom <= period.through)?.cid ?? null,
    rateCids: rates.map(({ cid }) => cid),
    notes: disputeNotes({ kind: 'disputes', disputes }, { entity, scope, period, leaf: knownAt.leaf }),
  }
}

const actsOf = (sums: readonly Sum[]): Acts => {
  const count = (account: number, sign: 1 | -1): number =>
    sums.filter((sum) => sum.unit === 'MIN' && sum.account === account).reduce((total, { signs }) => total + sign * signs, 0)
  return { given: count(GIVEN, -1), received: count(RECEIVED, 1), forPublic: count(RECEIVED_PUBLIC, 1) }
}
