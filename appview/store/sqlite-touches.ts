// On which pages something stands: pairs of a number and a page. With each commit they are written; during a rebuild they are gathered and written in
// their order, so that each part of the table is touched seldom.

import { insertMany } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'

export type Touches = {
  /** Both below 2 ** 32. */
  readonly add: (number: number, page: number) => void
  /** After each commit. */
  readonly written: () => void
  readonly hold: () => void
  readonly release: () => void
  /** After a rollback. */
  readonly forget: () => void
}

const FIRST_ROOM = 4_096
const ROWS_OF_A_PART = 4_096

export const openTouches = ({ db, room }: Tables, table: 'page_entity' | 'page_action'): Touches => {
  const insert = insertMany(db, 'INSERT OR IGNORE', table, 2)
  let isHeld = false
  /** Pairs as halves of whole numbers: low the page, high the number; so they sort as they stand in the table. */
  let halves = new Uint32Array(FIRST_ROOM)
  let size = 0
  const flush = (): void => {
    const sorted = new Uint32Array(new BigUint64Array(halves.buffer, 0, size).toSorted().buffer)
    let part: number[] = []
    for (let at = 0; at < sorted.length; at += 2) {
      const [page = 0, number = 0] = [sorted[at], sorted[at + 1]]
      if (at > 0 && sorted[at - 2] === page && sorted[at - 1] === number) continue
      part.push(number, page)
      if (part.length < ROWS_OF_A_PART) continue
      insert(part)
      part = []
    }
    insert(part)
    size = 0
  }
  return {
    add: (number, page) => {
      if (size > 0 && halves[2 * size - 2] === page && halves[2 * size - 1] === number) return
      if (2 * size === halves.length) {
        const wider = new Uint32Array(halves.length * 2)
        wider.set(halves)
        halves = wider
      }
      halves[2 * size] = page
      halves[2 * size + 1] = number
      size += 1
    },
    written: () => {
      if (!isHeld || size > room.touches) flush()
    },
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      flush()
    },
    forget: () => {
      isHeld = false
      size = 0
    },
  }
}
