// Exact arithmetic of amounts: integers only, |x| ≤ 2^53 − 1. Nothing here ever makes a fraction.

import assert from 'node:assert/strict'

const MINUTES_PER_HOUR = 60

/** Asserts that an amount is an exact integer, and gives it back without a negative zero. */
export const exact = (amount: number): number => {
  assert(Number.isSafeInteger(amount), `an amount is an exact integer: ${amount}`)
  return amount === 0 ? 0 : amount
}

/** numerator ÷ denominator, halves up; both non-negative integers. */
export const roundHalfUp = (numerator: number, denominator: number): number => {
  exact(numerator)
  const rest = numerator % denominator
  return (numerator - rest) / denominator + (rest * 2 >= denominator ? 1 : 0)
}

/** Yen-equivalent of minutes at an hourly rate: roundHalfUp(minutes × rate ÷ 60). */
export const yenOf = (minutes: number, yenPerHour: number): number => roundHalfUp(minutes * yenPerHour, MINUTES_PER_HOUR)

/**
 * Splits a total over weights so that the parts sum to it: floors first, then one each to the largest remainders; ties by bytewise order
 * of the entity key, then by position.
 */
export const largestRemainder = (total: number, shares: readonly { readonly entity: string; readonly weight: number }[]): number[] => {
  assert(total >= 0 && shares.length > 0)
  const first = shares[0]
  if (shares.length === 1 && first !== undefined) return [total]
  const weights = exact(shares.reduce((sum, { weight }) => sum + weight, 0))
  assert(weights > 0, 'weights are positive')
  const parts = shares.map(({ entity, weight }, index) => {
    const product = exact(total * weight)
    const rest = product % weights
    return { entity, index, part: (product - rest) / weights, rest }
  })
  let left = total - parts.reduce((sum, { part }) => sum + part, 0)
  const order = parts.toSorted((a, b) => b.rest - a.rest || compareBytes(a.entity, b.entity) || a.index - b.index)
  for (const part of order) {
    if (left === 0) break
    part.part += 1
    left -= 1
  }
  return parts.map(({ part }) => part)
}

/** Bytewise order of UTF-8, which for these ASCII keys is that of UTF-16 units. */
export const compareBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
