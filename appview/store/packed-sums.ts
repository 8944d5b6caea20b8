// The sums of an entity's postings of one recorded month as bytes: by account, unit, category and effective month, in this order, each told by its
// distance from the one before.

import { openReader } from './packed-lines.ts'
import type { ByteWriter } from './packed-lines.ts'

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

/** What a sum is of, in one number; `month` as its number. */
export const whatNumber = (unit: number, account: number, category: number, month: number): number =>
  kindNumber(unit, account, category) * MONTHS + month

/** Unit, account and category in one number: of a sum, all but its month. */
export const kindNumber = (unit: number, account: number, category: number): number => (unit * ACCOUNTS + account) * CATEGORIES + category
export const kindOfWhat = (what: number): number => Math.floor(what / MONTHS)
export const monthOfWhat = (what: number): number => what % MONTHS
export const unitOfKind = (kind: number): number => (kind >= ACCOUNTS * CATEGORIES ? 1 : 0)
export const accountOfKind = (kind: number): number => Math.floor(kind / CATEGORIES) % ACCOUNTS
export const categoryOfKind = (kind: number): number => kind % CATEGORIES

const signed = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const unsigned = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

/** `sums` in any order. */
export const writeSums = (to: ByteWriter, sums: ReadonlyMap<number, Delta>): void => {
  let last = 0
  for (const what of Float64Array.from(sums.keys()).toSorted()) {
    const { amount = 0, postings = 0, signs = 0 } = sums.get(what) ?? {}
    to.integer(what - last)
    to.integer(signed(amount))
    to.integer(postings)
    to.integer(signed(signs))
    last = what
  }
}

export const eachSum = (bytes: Uint8Array, take: (what: number, amount: number, postings: number, signs: number) => void): void => {
  const { isAtEnd, integer } = openReader(bytes)
  for (let what = 0; !isAtEnd();) {
    what += integer()
    take(what, unsigned(integer()), integer(), unsigned(integer()))
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
