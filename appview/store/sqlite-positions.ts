// Where a known-at lies among the transactions. They are stored in fold order, so every known-at is a prefix: all up to one position.

import type { Tables } from './sqlite-tables.ts'
import type { Position } from './store.ts'

export type Positions = {
  last(): number
  /** The last transaction within a known-at: leaves ≤ leaf, due entries ≤ instant. */
  upTo(knownAt: Position): number
  /** The last transaction recorded before an instant. */
  before(instant: string): number
}

export const openPositions = ({ db, onForget }: Tables): Positions => {
  const max = db.prepare<[], { position: number | null }>('SELECT max(position) AS position FROM tx')
  const at = db.prepare<[number], { leaf: number | null; recorded_at: string }>('SELECT leaf, recorded_at FROM tx WHERE position = ?')
  const last = (): number => max.get()?.position ?? 0
  /** The known-at asked for last: one statement asks for the same many times. Positions are only added, but for a reset. */
  let asked: (Position & { readonly end: number; readonly position: number }) | undefined
  onForget(() => {
    asked = undefined
  })
  // Positions are dense from 1, so the boundary is found by halving.
  const lastWhere = (holds: (row: { leaf: number | null; recorded_at: string }) => boolean): number => {
    let low = 0
    let high = last()
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const row = at.get(middle)
      if (row !== undefined && holds(row)) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    last,
    upTo: (knownAt) => {
      const end = last()
      if (asked?.end !== end || asked.leaf !== knownAt.leaf || asked.instant !== knownAt.instant)
        asked = {
          ...knownAt,
          end,
          position: lastWhere((row) => (row.leaf === null ? row.recorded_at <= knownAt.instant : row.leaf <= knownAt.leaf)),
        }
      return asked.position
    },
    before: (instant) => lastWhere((row) => row.recorded_at < instant),
  }
}
