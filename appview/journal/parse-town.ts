// The records of a municipality as the books read them. Each parser gives the record in its type, or the code of the first thing wrong with it.

import { isCivilDate } from './calendar.ts'
import { isCategory } from './categories.ts'
import type { HostRegistration, MunicipalityDoc, Policy, RateTable } from './documents.ts'
import { didOf, fieldsOf, integerOf, listOf, namesOf, textOf, wordOf, type Fields } from './fields.ts'
import { isMunicipalityCode } from './municipality-code.ts'
import type { IntakeRow, Json } from './model.ts'
import { policyDefaults, type Rules } from './policy.ts'
import type { RefusalCode } from './refusals.ts'

const MODES = ['none', 'earn', 'pledge'] as const
const MAX_LEVEL = 3
const MAX_DAYS = 366
const MINUTES_OF_A_DAY = 1440
const MAX_MINUTES_PER_ACT = 720
const MAX_PREDECESSORS = 64
const MAX_YEN_PER_HOUR = 1_000_000
const EVERY_OTHER = '*'

type Town = { readonly code: string; readonly row: IntakeRow; readonly cid: string }

export const parseMunicipality = ({ code, row, cid }: Town): MunicipalityDoc | RefusalCode => {
  const fields = fieldsOf(row.value)
  const stated = textOf(fields?.['code'])
  const names = namesOf(fields?.['names'])
  const tier = textOf(fields?.['tier'])
  const predecessors = codesOf(fields?.['predecessors'])
  const successor = fields?.['successor'] === undefined ? null : textOf(fields['successor'])
  const validFrom = fields?.['validFrom'] === undefined ? null : textOf(fields['validFrom'])
  if (stated === undefined || names === undefined || tier === undefined) return 'record.malformed'
  if (predecessors === undefined || successor === undefined || validFrom === undefined) return 'record.malformed'
  if (stated !== code) return isMunicipalityCode(stated) ? 'town.code-mismatch' : 'town.code-invalid'
  if (![...predecessors, successor ?? code].every(isMunicipalityCode)) return 'town.code-invalid'
  if (validFrom !== null && !isCivilDate(validFrom)) return 'town.date-impossible'
  const { repo: did, uri, leaf, op } = row
  return { kind: 'municipality', code, did, uri, cid, names, tier, predecessors, successor, validFrom, leaf, op }
}

const codesOf = (value: Json | undefined): readonly string[] | undefined => {
  if (value === undefined) return []
  const codes = listOf(value)?.map(textOf)
  return codes !== undefined && codes.length <= MAX_PREDECESSORS && codes.every((code) => code !== undefined) ? codes : undefined
}

export const parsePolicy = ({ row, cid }: Town): Policy | RefusalCode => {
  const fields = fieldsOf(row.value)
  const mode = wordOf(fields?.['mode'], MODES)
  const effectiveFrom = textOf(fields?.['effectiveFrom'])
  if (fields === undefined || mode === undefined || effectiveFrom === undefined) return 'record.malformed'
  const rules = rulesOf(fields)
  if (rules === undefined) return 'record.malformed'
  if (!isCivilDate(effectiveFrom)) return 'town.date-impossible'
  return { uri: row.uri, cid, leaf: row.leaf, untilLeaf: null, mode, effectiveFrom, ...rules }
}

/** Levels and limits, each its default where the record says nothing. */
const rulesOf = (fields: Fields): Rules | undefined => {
  const limit = (name: keyof Rules, most: number): number | undefined => integerOf(fields[name] ?? policyDefaults[name], 1, most)
  const timeLevel = limit('timeLevel', MAX_LEVEL)
  const pointLevel = limit('pointLevel', MAX_LEVEL)
  const claimDays = limit('claimDays', MAX_DAYS)
  const actDays = limit('actDays', MAX_DAYS)
  const minutesPerAct = limit('minutesPerAct', MAX_MINUTES_PER_ACT)
  const minutesPerDay = limit('minutesPerDay', MINUTES_OF_A_DAY)
  if (timeLevel === undefined || pointLevel === undefined || claimDays === undefined) return undefined
  if (actDays === undefined || minutesPerAct === undefined || minutesPerDay === undefined) return undefined
  return { timeLevel, pointLevel, claimDays, actDays, minutesPerAct, minutesPerDay }
}

export const parseRateTable = ({ row, cid }: Town): RateTable | RefusalCode => {
  const fields = fieldsOf(row.value)
  const validFrom = textOf(fields?.['validFrom'])
  const source = textOf(fields?.['source'])
  const rates = listOf(fields?.['rates'])
  if (validFrom === undefined || source === undefined || rates === undefined) return 'record.malformed'
  if (!isCivilDate(validFrom)) return 'town.date-impossible'
  const yenPerHour = parseRates(rates)
  return yenPerHour === undefined
    ? 'town.rate-malformed'
    : { uri: row.uri, cid, leaf: row.leaf, untilLeaf: null, validFrom, source, yenPerHour }
}

const parseRates = (rates: readonly Json[]): Readonly<Record<string, number>> | undefined => {
  const yenPerHour: Record<string, number> = {}
  for (const rate of rates) {
    const fields = fieldsOf(rate)
    const category = textOf(fields?.['category'])
    const yen = integerOf(fields?.['yenPerHour'], 0, MAX_YEN_PER_HOUR)
    if (category === undefined || yen === undefined || category in yenPerHour) return undefined
    if (category !== EVERY_OTHER && !isCategory(category)) return undefined
    yenPerHour[category] = yen
  }
  return rates.length === 0 ? undefined : yenPerHour
}

/** The registration, and whom it is about. */
export const parseHostBody = ({ code, row, cid }: Town): { did: string; registration: HostRegistration } | RefusalCode => {
  const fields = fieldsOf(row.value)
  const did = didOf(fields?.['did'])
  const names = namesOf(fields?.['names'])
  const from = textOf(fields?.['validFrom'])
  const to = fields?.['validTo'] === undefined ? null : textOf(fields['validTo'])
  if (did === undefined || names === undefined || from === undefined || to === undefined) return 'record.malformed'
  if (!isCivilDate(from) || (to !== null && (!isCivilDate(to) || to < from))) return 'town.date-impossible'
  return { did, registration: { uri: row.uri, cid, code, from, to, names } }
}

export const parseAdmission = (row: IntakeRow): { subject: string; from: string; until: string | null } | RefusalCode => {
  const fields = fieldsOf(row.value)
  const subject = didOf(fields?.['subject'])
  const from = textOf(fields?.['from'])
  const until = fields?.['until'] === undefined ? null : textOf(fields['until'])
  if (subject === undefined || from === undefined || until === undefined) return 'record.malformed'
  if (!isCivilDate(from) || (until !== null && (!isCivilDate(until) || until < from))) return 'town.date-impossible'
  return { subject, from, until }
}
