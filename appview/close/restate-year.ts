// A later version of a closed year: valued anew by a rate table, or made by later rules of the journal. Nothing recorded after the cut-off comes in;
// it merges at least what the versions before merged. The version it replaces stays where it is.
// Checks, in order: those of a close · closed · the version before has arrived, and these books make the same of it, or are to correct it · reason ·
// table, whose it is, its days, its categories · a change.

import { refused } from '../desk/outcome.ts'
import type { Actor, Outcome } from '../desk/outcome.ts'
import type { DeskRefusal } from '../desk/refusals.ts'
import { periodOfFiscalYear } from '../journal/calendar.ts'
import { GIVEN } from '../journal/chart.ts'
import { yenPerHourOf } from '../journal/policy.ts'
import { RULES } from '../journal/rules.ts'
import { stretchesIn } from '../queries/rates-of-year.ts'
import type { NamedTable } from '../queries/rates-of-year.ts'
import type { Seen } from '../store/desk.ts'
import type { Books } from '../store/store.ts'
import { canonicalJson } from '../statements/canonical-json.ts'
import { closedYear, sealedMember } from './closings.ts'
import type { ClosedVersion } from './closings.ts'
import { isYear, mayClose, oneByOne, publishSet, refuse, whatStands } from './close-year.ts'
import type { CloseDeps, Closed } from './close-year.ts'
import { entriesWithoutContent } from './gaps.ts'
import { hiddenBefore, remake, tableFor, tablesUpTo } from './remake.ts'
import { knownAtCutOff, statementSet } from './statement-set.ts'
import type { MadeMember, StatementSet } from './statement-set.ts'

export type RestateAsk = {
  readonly fiscalYear: number
  readonly reason: string
  /** The rate table to value the year by; absent: as the version before, by the rules of now. */
  readonly rateTable?: string
  /** Where these books make something else of the version before: publish what they make. */
  readonly correct?: boolean
  /** As of a close. */
  readonly job?: string
}

/** As the lexicon has it. */
const MAX_REASON = 1_000
const MAX_REASON_BYTES = 3_000
const isTooLong = (reason: string): boolean =>
  Buffer.byteLength(reason) > MAX_REASON_BYTES || [...new Intl.Segmenter('ja').segment(reason)].length > MAX_REASON

export const restateYear = (deps: CloseDeps, actor: Actor, ask: RestateAsk): Promise<Outcome<Closed>> =>
  oneByOne(deps, actor, (seen) => restate(deps, actor, ask, seen))

const restate = async (deps: CloseDeps, actor: Actor, ask: RestateAsk, seen: Seen): Promise<Outcome<Closed>> => {
  const town = await mayClose(deps, actor)
  if (!town.ok) return town
  const { fiscalYear, rateTable, correct = false } = ask
  if (!isYear(fiscalYear)) return refused('close.year-invalid')
  const reason = ask.reason.trim()
  const { books, roster } = deps
  const no = (code: DeskRefusal, about: string | null = null) => refuse(deps, actor, { deed: 'restate', fiscalYear }, code, about)
  const year = await closedYear(books, roster(), actor.town, fiscalYear)
  const newest = year?.versions.at(-1)
  if (year === null || newest === undefined) return no('restate.not-closed')
  const version = newest.version + 1
  const there = await whatStands(deps, town.value, fiscalYear, version)
  if (there !== null) return no('restate.pending', there)
  if (newest.rules === RULES && !correct && (await remake(books, roster(), year, newest)).verdict === 'differs')
    return no('restate.differs')
  const lacking = newest.gaps > 0 ? 0 : await entriesWithoutContent(books, town.value, fiscalYear)
  if (lacking > 0) return no('close.entries-lacking', `${lacking} ${town.value.did}`)
  if (reason === '') return refused('restate.reason-missing')
  if (isTooLong(reason)) return refused('restate.reason-too-long')
  const table = rateTable === undefined ? null : await tableFor(books, roster(), actor.town, { uri: rateTable })
  if (typeof table === 'string') return no(table === 'unknown' ? 'restate.rates-unknown' : 'restate.rates-not-own', rateTable)
  const unfit = table === null ? null : await unfitFor(books, { scope: actor.town, fiscalYear, table })
  if (unfit !== null) return no(...unfit)
  const before = await tablesUpTo(books, roster(), year, newest.version)
  if (before === null) return no('restate.rates-unknown')
  const revaluedBy = [...before, ...(table === null ? [] : [table])]
  const query = { scope: actor.town, fiscalYear, version, revaluedBy, ...hiddenBefore(year, version) }
  const set = await statementSet(books, roster(), query)
  if (newest.rules === RULES && (await isSame(books, newest, set))) return no('restate.unchanged')
  const restates = { replaces: newest.hash, reason, revaluedBy: table === null ? null : { uri: table.uri, cid: table.cid } }
  return publishSet(
    deps,
    actor,
    { ...query, repo: town.value.did, set, gaps: newest.gaps, restates },
    { seen, ...(ask.job === undefined ? {} : { job: ask.job }) },
  )
}

/** Why a table cannot value a year anew: none of its days lies there, or it says nothing of a category in which somebody gave time on them. */
const unfitFor = async (
  books: Books,
  { scope, fiscalYear, table }: { readonly scope: string; readonly fiscalYear: number; readonly table: NamedTable },
): Promise<readonly [DeskRefusal, string] | null> => {
  const knownAt = await knownAtCutOff(books, fiscalYear)
  const query = { scope, period: periodOfFiscalYear(fiscalYear), leaf: knownAt.leaf, revaluedBy: [table] }
  const own = (await stretchesIn(books, query)).filter(({ isAnew }) => isAnew)
  if (own.length === 0) return ['restate.rates-not-in-year', table.validFrom]
  const given = await Promise.all(own.map(({ from, through }) => books.contributions({ scope, from, through, accounts: [GIVEN], knownAt })))
  const lacking = given.flat().find(({ category, minutes }) => minutes !== 0 && yenPerHourOf(table, category) === undefined)
  return lacking === undefined ? null : ['restate.rates-lacking', lacking.category]
}

/** Whether a set has no other figures than a version, and names the same tables: yen that are not shown may differ by these alone. */
const isSame = async (books: Books, { statements }: ClosedVersion, { members }: StatementSet): Promise<boolean> => {
  for (const { entity, kind, statement } of members) {
    const member = statements.find((one) => one.entity === entity && one.kind === kind)
    const sealed = member === undefined ? null : await sealedMember(books, member)
    if (sealed === null || figuresOf(sealed.statement) !== figuresOf(statement)) return false
  }
  return true
}

const figuresOf = (statement: MadeMember['statement']): string =>
  'hidden' in statement ? 'hidden' : canonicalJson([statement.units, 'rateCids' in statement ? statement.rateCids : []])
