// How many persons took part, as known at any position up to which lines have been counted: where the count changed is kept.

import { createHeadcount } from '../journal/headcount.ts'
import type { Headcount, Heads } from '../journal/headcount.ts'

export type KeptHeads = {
  /** Counted up to this position. */
  upTo: number
  readonly add: Headcount['add']
  /** All lines of a transaction have been added: what is counted from here on. */
  readonly noted: (position: number) => void
  readonly at: (position: number) => Heads
}

const NOBODY: Heads = { area: 0, public: 0 }

export const keepHeads = (upTo: number): KeptHeads => {
  const count = createHeadcount()
  const positions: number[] = []
  const heads: Heads[] = []
  return {
    upTo,
    add: (line) => count.add(line),
    noted: (position) => {
      const now = count.heads()
      const last = heads.at(-1) ?? NOBODY
      if (now.area === last.area && now.public === last.public) return
      positions.push(position)
      heads.push(now)
    },
    at: (position) => heads[lastAt(positions, position)] ?? NOBODY,
  }
}

/** Index of the last that is not above, −1 when all are. */
const lastAt = (sorted: readonly number[], most: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? Infinity) <= most) low = middle + 1
    else high = middle
  }
  return low - 1
}
