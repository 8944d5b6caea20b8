// The sums of an entity's postings of one recorded month as bytes: by account, unit, category and effective month, in this order, each told by its
// distance from the one before.

import { openReader } from './packed-lines.ts'
import type { ByteWriter } from './packed-lines.ts'
import type { Sum } from './sum-table.ts'

/** `postings`: how many; `signs`: debits less credits in number. */
export type Delta = { amount: number; postings: number; signs: number }

const ACCOUNTS = 10_000
const CATEGORIES = 1_024
const MONTHS = 4_096
const FIRST_YEAR = 1900
const MONTHS_OF_YEAR = 12

/** Months as numbers from 0; months are yyyymm. */
export const monthNumber = (month: number): number => (Math.floor(month / 100) - FIRST_YEAR) * MONTHS_OF_YEAR + (month % 100) - 1
export const monthAt = (number: number): number => (FIRST_YEAR + Math.floor(number / MONTHS_OF_YEAR)) * 100 + (number % MONTHS_OF_YEAR) + 1

/** Unit, account and category in one number. With the number of a month it makes what a sum is of. */
export const kindNumber = (unit: number, account: number, category: number): number => (unit * ACCOUNTS + account) * CATEGORIES + category
export const unitOfKind = (kind: number): number => (kind >= ACCOUNTS * CATEGORIES ? 1 : 0)
export const accountOfKind = (kind: number): number => Math.floor(kind / CATEGORIES) % ACCOUNTS
export const categoryOfKind = (kind: number): number => kind % CATEGORIES

const signed = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const unsigned = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

/** Appends a sum; `last`: what the one before it is of, 0 at first. Gives what this one is of. */
export const writeSum = (to: ByteWriter, { kind, month, amount, postings, signs }: Sum, last: number): number => {
  const what = kind * MONTHS + month
  to.integer(what - last)
  to.integer(signed(amount))
  to.integer(postings)
  to.integer(signed(signs))
  return what
}

export const eachSum = (
  bytes: Uint8Array,
  take: (kind: number, month: number, amount: number, postings: number, signs: number) => void,
): void => {
  const { isAtEnd, integer } = openReader(bytes)
  for (let what = 0; !isAtEnd();) {
    what += integer()
    const month = what % MONTHS
    take((what - month) / MONTHS, month, unsigned(integer()), integer(), unsigned(integer()))
  }
}

/** True where there was none. */
export const grow = (sums: Map<number, Delta>, key: number, amount: number, postings: number, signs: number): boolean => {
  const known = sums.get(key)
  if (known === undefined) {
    sums.set(key, { amount, postings, signs })
    return true
  }
  known.amount += amount
  known.postings += postings
  known.signs += signs
  return false
}
