// Days and balances of people as lists without names of fields: with the months there are many of them.

import type { BalanceDoc, DaysDoc } from '../journal/documents.ts'
import { fields, hasFields } from './doc-fields.ts'

/** `day`: of the month, which the key says. */
export type DaysList = readonly (readonly [day: string, minutes: number, ...categories: string[]])[]
export type BalanceList = readonly (readonly [scope: string, min: number, jpy: number, place: number])[]

const parseDays = (text: string): DaysList => JSON.parse(text)
const parseBalance = (text: string): BalanceList => JSON.parse(text)

const FIELDS = {
  days: fields('kind days'),
  day: fields('day minutes categories'),
  balance: fields('kind scopes'),
  scope: fields('scope MIN JPY place'),
}

const monthIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1)

const DAY = 'dd'.length

export const listOfDays = (id: string, doc: DaysDoc): DaysList | null => {
  const month = monthIn(id)
  const isUsualDay = (one: DaysDoc['days'][number]): boolean =>
    hasFields(one, FIELDS.day) && one.day.startsWith(month) && one.day.length === month.length + 1 + DAY
  if (!hasFields(doc, FIELDS.days) || !doc.days.every(isUsualDay)) return null
  return doc.days.map(({ day, minutes, categories }) => [day.slice(-DAY), minutes, ...categories])
}

export const daysOfText = (id: string, text: string): DaysDoc => {
  const month = monthIn(id)
  return { kind: 'days', days: parseDays(text).map(([day, minutes, ...categories]) => ({ day: `${month}-${day}`, minutes, categories })) }
}

export const listOfBalance = (doc: BalanceDoc): BalanceList | null =>
  hasFields(doc, FIELDS.balance) && doc.scopes.every((one) => hasFields(one, FIELDS.scope))
    ? doc.scopes.map(({ scope, MIN, JPY, place }) => [scope, MIN, JPY, place])
    : null

export const balanceOfText = (text: string): BalanceDoc => ({
  kind: 'balance',
  scopes: parseBalance(text).map(([scope, MIN, JPY, place]) => ({ scope, MIN, JPY, place })),
})
