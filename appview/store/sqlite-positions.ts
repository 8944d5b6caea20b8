// Where a known-at lies among the transactions. They are stored in fold order, so every known-at is a prefix: all up to one position.

import { openHeads } from './packed-heads.ts'
import type { Stamp } from './packed-heads.ts'
import { PAGE_SIZE, firstOf } from './sqlite-pages.ts'
import type { Tables } from './sqlite-tables.ts'
import type { Position } from './store.ts'

export type Positions = {
  last(): number
  /** The last transaction within a known-at: leaves ≤ leaf, due entries ≤ instant. */
  upTo(knownAt: Position): number
  /** The last transaction recorded before an instant. */
  before(instant: string): number
}

/** Instants remembered: ends of months, which are asked for with every known-at. */
const MOST_REMEMBERED = 1_000

export const openPositions = ({ db, onForget }: Pick<Tables, 'db' | 'onForget'>): Positions => {
  const newest = db.prepare<[], { page: number; size: number }>('SELECT page, size FROM page ORDER BY page DESC LIMIT 1')
  const firstStamp = db.prepare<[number], { leaf: number | null; recordedAt: string }>(
    'SELECT leaf, recorded_at AS recordedAt FROM page WHERE page = ?',
  )
  const headsOf = db.prepare<[number], string>('SELECT heads FROM page WHERE page = ?').pluck()
  const last = (): number => {
    const row = newest.get()
    return row === undefined ? 0 : row.page * PAGE_SIZE + row.size
  }
  /** The known-at asked for last: one statement asks for the same many times. Positions are only added, but for a reset. */
  let asked: (Position & { readonly end: number; readonly position: number }) | undefined
  const remembered = new Map<string, number>()
  onForget(() => {
    asked = undefined
    remembered.clear()
  })
  // Pages are dense from 0, transactions within them, so the boundary is found by halving: first the last page that begins within it.
  const lastWhere = (holds: (stamp: Stamp) => boolean): number => {
    let [low, high] = [-1, newest.get()?.page ?? -1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const stamp = firstStamp.get(middle)
      if (stamp !== undefined && holds(stamp)) low = middle
      else high = middle - 1
    }
    if (low < 0) return 0
    const heads = openHeads(headsOf.get(low) ?? '')
    let within = heads.size
    while (within > 1 && !holds(heads.stamp(within - 1))) within -= 1
    return firstOf(low) + within - 1
  }
  return {
    last,
    upTo: (knownAt) => {
      const end = last()
      if (asked?.end !== end || asked.leaf !== knownAt.leaf || asked.instant !== knownAt.instant)
        asked = {
          ...knownAt,
          end,
          position: lastWhere((row) => (row.leaf === null ? row.recordedAt <= knownAt.instant : row.leaf <= knownAt.leaf)),
        }
      return asked.position
    },
    before: (instant) => {
      const known = remembered.get(instant)
      if (known !== undefined) return known
      const position = lastWhere((row) => row.recordedAt < instant)
      // With a later one behind it, it stays where it is.
      if (position < last()) {
        if (remembered.size >= MOST_REMEMBERED) remembered.clear()
        remembered.set(instant, position)
      }
      return position
    },
  }
}
