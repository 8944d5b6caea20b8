// Seeded randomness, so that every demo town lives the same year.

export type Random = {
  /** A whole number from 0 to `below` − 1. */
  readonly below: (below: number) => number
  readonly pick: <T>(list: readonly [T, ...T[]]) => T
  /** True in `percent` of 100 cases. */
  readonly chance: (percent: number) => boolean
  /** A key of the table, by its weight. */
  readonly weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K
}

const PERCENT = 100
const TWO_TO_32 = 2 ** 32

/** Mulberry32: small, fast, good enough for sample data. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / TWO_TO_32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick: (list) => list[below(list.length)] ?? list[0],
    chance: (percent) => next() * PERCENT < percent,
    weighted: (weights) => {
      const keys = keysOf(weights)
      let left = next() * keys.reduce((sum, key) => sum + weights[key], 0)
      return keys.find((key) => (left -= weights[key]) < 0) ?? keys[0]
    },
  }
}

const keysOf = <K extends string>(table: Readonly<Record<K, number>>): readonly [K, ...K[]] => {
  const keys = Object.keys(table) as K[]
  const [first, ...rest] = keys
  if (first === undefined) throw new RangeError('a table of weights needs a row')
  return [first, ...rest]
}
