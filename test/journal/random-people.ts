// Who lives in the random towns, and what their steps are made of.

import { KAGA, KANAZAWA, KOMATSU, person } from './rows.ts'

export const NAMES = ['a', 'b', 'c', 'd', 'e']
export const TOWNS = [KANAZAWA, KOMATSU, KAGA]
export const MINUTES = [1, 7, 30, 50, 60, 90, 145, 240, 720]
export const HOST = person('h')
export const OTHER_HOST = person('g')
export const people: readonly string[] = NAMES.map(person)

/** [deed, who, what, how, when]: each number is taken modulo what there is to choose from. */
export type Step = readonly [number, number, number, number, number]

export const pick = <T>(list: readonly T[], n: number): T => {
  const item = list[n % list.length]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
