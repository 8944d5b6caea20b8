// Policies and rate tables: what last year's books would have been under them, and their publication. Only the mode that the books know is published.

import { nsid } from '../../lexicons/authority.ts'
import { addDays, dayOf, isCivilDate } from '../journal/calendar.ts'
import { isCategory } from '../journal/categories.ts'
import type { ActionDoc, ConfirmationNote, RateTable } from '../journal/documents.ts'
import { fieldsOf, listOf, textOf } from '../journal/fields.ts'
import type { IntakeRow, Json } from '../journal/model.ts'
import { parsePolicy, parseRateTable } from '../journal/parse-town.ts'
import { policyInForce, policyOn, yenPerHourOf, type Rules } from '../journal/policy.ts'
import { yenOf } from '../journal/units.ts'
import { readDoc } from '../queries/deps.ts'
import { rateTablesOf } from '../queries/rates-of-year.ts'
import { actsOfLastYear, type YearOfActs } from './acts-of-year.ts'
import { publish } from './admissions.ts'
import type { Desks, Office } from './office.ts'
import type { DeskOperations, PolicyInput, PolicyPreview, RatesInput, RatesPreview } from './operations.ts'
import { meantCategory, unknownIn } from './misspelt.ts'
import { done, reason, refused, type Outcome, type Reason } from './outcome.ts'
import { wrongField } from './valid-record.ts'

const SUPPORTED_MODE = 'none'
/** What a rate table calls every category it does not list. */
const EVERY_OTHER = '*'
/** A first day later than this is mistyped: some ten years. */
const MOST_DAYS_AHEAD = 3_660

export const policyDeeds = (desks: Desks): Pick<DeskOperations, 'previewPolicy' | 'publishPolicy' | 'previewRates' | 'publishRates'> => ({
  previewPolicy: (actor, policy) =>
    desks.look(actor, 'policy.preview', async (office) => {
      const judged = await judgePolicy(office, policy)
      return judged.ok ? done(previewOf(await actsOfLastYear(office), judged.value)) : judged
    }),
  publishPolicy: (actor, policy) =>
    desks.perform(actor, { deed: 'policy.publish', publishes: true }, async (office) => {
      const judged = await judgePolicy(office, policy)
      if (judged.ok && (await changesWhatWasDone(office, policy))) return refused('policy.retroactive', office.today)
      return judged.ok ? publish(office.record(nsid.policy, { ...policy })) : judged
    }),
  previewRates: (actor, rates) =>
    desks.look(actor, 'rates.preview', async (office) => {
      const judged = judgeRates(office, rates)
      return judged.ok
        ? done({ ...ratesPreviewOf(await actsOfLastYear(office), judged.value), ...(await placeOf(office, judged.value)) })
        : judged
    }),
  publishRates: (actor, rates) =>
    desks.perform(actor, { deed: 'rates.publish', publishes: true }, async (office) => {
      const judged = judgeRates(office, rates)
      return judged.ok ? publish(office.record(nsid.rateTable, { ...rates })) : judged
    }),
})

/** Acts are judged by the policy of their day: one from an earlier day on would judge those anew that were done under another. */
const changesWhatWasDone = async ({ books, town, today }: Office, { effectiveFrom }: PolicyInput): Promise<boolean> =>
  effectiveFrom < today && policyInForce(await readDoc(books, 'policies', `policies:${town.code}`), today) !== undefined

const judgePolicy = async (office: Office, policy: PolicyInput): Promise<Outcome<Rules>> => {
  const unknown = unknownIn(nsid.policy, policy, 'policy.field-unknown')
  if (unknown.length > 0) return { ok: false, reasons: unknown }
  if (policy.mode !== SUPPORTED_MODE) return refused('policy.mode-unsupported', policy.mode)
  if (!isCivilDate(policy.effectiveFrom)) return refused('policy.date-impossible', policy.effectiveFrom)
  const standing = policyInForce(await readDoc(office.books, 'policies', `policies:${office.town.code}`), office.today)
  if (standing !== undefined && standing.effectiveFrom > policy.effectiveFrom) return refused('policy.superseded', standing.effectiveFrom)
  const row = rowOf(office, nsid.policy, policy)
  const parsed = parsePolicy({ code: office.town.code, row, cid: '' })
  const wrong = wrongField(row.collection, row.value)
  return wrong === undefined && typeof parsed !== 'string' ? done(parsed) : refused('policy.malformed', wrong ?? null)
}

const judgeRates = (office: Office, rates: RatesInput): Outcome<RateTable> => {
  const unknown = unknownIn(nsid.rateTable, rates, 'rates.field-unknown')
  if (unknown.length > 0) return { ok: false, reasons: unknown }
  if (rates.source === '') return refused('rates.source-missing')
  if (!isCivilDate(rates.validFrom)) return refused('rates.date-impossible', rates.validFrom)
  if (rates.validFrom > addDays(office.today, MOST_DAYS_AHEAD)) return refused('rates.too-far', rates.validFrom)
  const row = rowOf(office, nsid.rateTable, rates)
  const parsed = parseRateTable({ code: office.town.code, row, cid: '' })
  const strange = strangeIn(row)
  if (strange.length > 0) return { ok: false, reasons: strange }
  const wrong = wrongField(row.collection, row.value)
  return wrong === undefined && typeof parsed !== 'string' ? done(parsed) : refused('rates.malformed', wrong ?? null)
}

/** Categories that the books do not know, by their place in the table from 1. */
const strangeIn = ({ value }: IntakeRow): readonly Reason[] =>
  (listOf(fieldsOf(value)?.['rates']) ?? []).flatMap((rate, index) => {
    const category = textOf(fieldsOf(rate)?.['category'])
    if (category === undefined || category === EVERY_OTHER || isCategory(category)) return []
    return [reason('rates.category-unknown', index + 1, meantCategory(category))]
  })

/** As intake would hold it: the books' own parser judges it. */
const rowOf = ({ town, now }: Office, collection: string, record: object): IntakeRow => ({
  origin: '',
  leaf: 0,
  op: 0,
  recordedAt: now,
  source: 'record',
  action: 'create',
  repo: town.did,
  collection,
  rkey: '',
  uri: `at://${town.did}/${collection}/`,
  cid: null,
  value: parseJson(JSON.parse(JSON.stringify({ $type: collection, ...record, createdAt: now }))),
})

// What JSON.parse gives is JSON.
const parseJson = (value: unknown): Json => value as Json

const previewOf = ({ fiscalYear, acts }: YearOfActs, rules: Rules): PolicyPreview => {
  const lost = acts.filter(({ action }) => !action.confirmations.some((note) => counts(note) && levelOf(note) >= rules.timeLevel))
  const late = acts.filter(({ action }) => !lost.some((one) => one.action === action) && isLate(action, rules))
  const days = new Map<string, number>()
  for (const { action, minutes } of acts) {
    const day = `${action.giver} ${action.performedOn}`
    days.set(day, (days.get(day) ?? 0) + minutes)
  }
  return {
    fiscalYear,
    acts: acts.length,
    minutes: minutesOf(acts),
    actsLost: lost.length,
    minutesLost: minutesOf(lost),
    actsLapsed: late.length,
    minutesLapsed: minutesOf(late),
    actsTooLong: acts.filter(({ action }) => action.minutes > rules.minutesPerAct).length,
    actsTooOld: acts.filter(({ action }) => action.performedOn < addDays(dayOf(action.recordedAt), -rules.actDays)).length,
    daysOverCap: [...days.values()].filter((minutes) => minutes > rules.minutesPerDay).length,
  }
}

const counts = ({ verdict }: ConfirmationNote): boolean => verdict === 'confirmed'

const LEVELS = { beneficiary: 1, witness: 1, hostBody: 2, municipality: 3 } as const

const levelOf = ({ role, onBehalf }: ConfirmationNote): number => (onBehalf === null ? LEVELS[role] : 1)

/** No confirmation that would count came while the claim would have lived. */
const isLate = ({ recordedAt, confirmations }: ActionDoc, { claimDays, timeLevel }: Rules): boolean => {
  const lapse = addDays(dayOf(recordedAt), claimDays)
  return !confirmations.some((note) => counts(note) && levelOf(note) >= timeLevel && dayOf(note.recordedAt) < lapse)
}

const minutesOf = (acts: YearOfActs['acts']): number => acts.reduce((sum, { minutes }) => sum + minutes, 0)

/** Among the tables that stand. What may still be booked was done no longer ago than it may be claimed, and waits no longer than a claim may. */
const placeOf = async (
  { books, town, today }: Office,
  { validFrom }: RateTable,
): Promise<Pick<RatesPreview, 'isSuperseded' | 'replaces'>> => {
  const tables = await rateTablesOf(books, town.code)
  const { actDays, claimDays } = policyOn(await readDoc(books, 'policies', `policies:${town.code}`), today)
  const earliest = addDays(today, -(actDays + claimDays))
  const standing = tables.filter(({ untilLeaf }) => untilLeaf === null).map((table) => table.validFrom)
  return {
    isSuperseded: standing.some((from) => from > validFrom && from <= earliest),
    replaces: standing.includes(validFrom) ? validFrom : null,
  }
}

const ratesPreviewOf = ({ fiscalYear, acts }: YearOfActs, table: RateTable): Omit<RatesPreview, 'isSuperseded' | 'replaces'> => {
  const byCategory = new Map<string, { minutes: number; before: number; after: number }>()
  for (const { action, minutes, yen } of acts) {
    const sums = byCategory.get(action.category) ?? { minutes: 0, before: 0, after: 0 }
    const rate = yenPerHourOf(table, action.category)
    byCategory.set(action.category, {
      minutes: sums.minutes + minutes,
      before: sums.before + yen,
      after: sums.after + (rate === undefined ? 0 : yenOf(minutes, rate)),
    })
  }
  const categories = [...byCategory].map(([category, sums]) => ({ category, ...sums })).toSorted((a, b) => b.minutes - a.minutes)
  const total = (of: 'before' | 'after'): number => categories.reduce((sum, one) => sum + one[of], 0)
  return { fiscalYear, categories, before: total('before'), after: total('after') }
}
