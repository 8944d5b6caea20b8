// Which policy and which rate table hold on a day. Every mode is kept; only time is booked, so a policy counts here for levels and limits.

import { compareBytes } from './units.ts'
import type { PoliciesDoc, Policy, RateTable, RatesDoc } from './documents.ts'

export const policyDefaults = { timeLevel: 1, pointLevel: 2, claimDays: 90, actDays: 90, minutesPerAct: 720, minutesPerDay: 960 } as const

export type Rules = Pick<Policy, keyof typeof policyDefaults>

/** The policy in force on a civil date, or the defaults before the first one. Of two from the same day the later leaf holds. */
export const policyOn = (doc: PoliciesDoc | null, date: string): Rules => policyInForce(doc, date) ?? policyDefaults

export const policyInForce = (doc: PoliciesDoc | null, date: string): Policy | undefined =>
  doc?.policies.findLast(({ effectiveFrom, untilLeaf }) => effectiveFrom <= date && untilLeaf === null)

/** The rate table in force on a civil date. */
export const rateTableOn = (doc: RatesDoc | null, date: string): RateTable | undefined =>
  doc?.tables.findLast(({ validFrom, untilLeaf }) => validFrom <= date && untilLeaf === null)

/** Yen an hour of a category: its own rate, else that of every category not listed; undefined when the table knows neither. */
export const yenPerHourOf = (table: RateTable, category: string): number | undefined => table.yenPerHour[category] ?? table.yenPerHour['*']

type Standing = { readonly uri: string; readonly leaf: number; readonly untilLeaf: number | null }

/** Whether a policy or a rate table stood at a leaf: it was there, and neither deleted nor edited yet. */
export const stoodAt = ({ leaf, untilLeaf }: Standing, at: number): boolean => leaf <= at && (untilLeaf === null || untilLeaf > at)

/** They stay, with the leaf at which the record was deleted or edited; what a commit writes and takes back has never stood. */
const ended = <T extends Standing>(rules: readonly T[], uri: string, leaf: number): readonly T[] =>
  rules
    .map((rule) => (rule.uri === uri && rule.untilLeaf === null ? { ...rule, untilLeaf: leaf } : rule))
    .filter((rule) => rule.untilLeaf !== rule.leaf)

/** Policies with the record of this uri as it is from a leaf on, in order of (effectiveFrom, leaf). */
export const withPolicy = (doc: PoliciesDoc | null, uri: string, policy: Policy | null, leaf: number): PoliciesDoc | null => {
  const kept = ended(doc?.policies ?? [], uri, leaf)
  const policies = [...kept, ...(policy === null ? [] : [policy])].toSorted(
    (a, b) => compareBytes(a.effectiveFrom, b.effectiveFrom) || a.leaf - b.leaf,
  )
  return policies.length === 0 ? null : { kind: 'policies', policies }
}

/** Rate tables likewise, in order of (validFrom, leaf). */
export const withRateTable = (doc: RatesDoc | null, uri: string, table: RateTable | null, leaf: number): RatesDoc | null => {
  const kept = ended(doc?.tables ?? [], uri, leaf)
  const tables = [...kept, ...(table === null ? [] : [table])].toSorted((a, b) => compareBytes(a.validFrom, b.validFrom) || a.leaf - b.leaf)
  return tables.length === 0 ? null : { kind: 'rates', tables }
}
