// Transactions stand in pages: so many one after another in a row, their lines as bytes and their heads as text. The page of a position is known without
// looking; pages of an entity and of an action are found by their tables.

import { dateOfDay } from './months.ts'
import type { Head, Heads } from './packed-heads.ts'
import { openHeads } from './packed-heads.ts'
import { eachLine } from './packed-lines.ts'
import type { PackedLine } from './packed-lines.ts'
import { numberOf } from './number-of.ts'
import type { Tables } from './sqlite-tables.ts'

export const pagesSql = `
CREATE TABLE page (
  page INTEGER PRIMARY KEY, size INTEGER NOT NULL, postings INTEGER NOT NULL, leaf INTEGER, recorded_at TEXT NOT NULL, through INTEGER NOT NULL,
  lines BLOB NOT NULL, heads TEXT NOT NULL
);
CREATE TABLE page_entity (entity INTEGER NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (entity, page)) WITHOUT ROWID;
CREATE TABLE page_action (action INTEGER NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (action, page)) WITHOUT ROWID;
CREATE TABLE rate (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
`

/** Transactions of a page. */
export const PAGE_SIZE = 32

/** Positions begin at 1, pages at 0. */
export const pageOf = (position: number): number => Math.floor((position - 1) / PAGE_SIZE)
export const firstOf = (page: number): number => page * PAGE_SIZE + 1

const ACTION_NUMBERS = 2 ** 32

/** By what the pages of an action are found: two uris may share one, so whoever looks up by it compares the uri too. `stored`: with numbers for DIDs. */
export const actionNumber = (stored: string): number => numberOf(stored) % ACTION_NUMBERS

export type PageRow = { readonly page: number; readonly lines: Uint8Array; readonly heads: string }

/** One page as it is read. */
export type Page = {
  readonly first: number
  readonly size: number
  readonly heads: Heads
  /** Lines of each transaction, in order. */
  readonly lines: readonly (readonly PackedLine[])[]
  readonly head: (nth: number) => Head
}

export const openPage = ({ page, lines: bytes, heads: text }: PageRow, tables: Pick<Tables, 'dids' | 'rate'>): Page => {
  const first = firstOf(page)
  const heads = openHeads(text)
  const lines: PackedLine[][] = Array.from({ length: heads.size }, () => [])
  const days: number[] = []
  eachLine(
    bytes,
    first,
    (line) => void lines[line.position - first]?.push({ ...line }),
    (day) => void days.push(day),
  )
  return { first, size: heads.size, heads, lines, head: (nth) => heads.head(nth, dateOfDay(days[nth] ?? 0), tables) }
}

/** Takes lines between two positions, the first not included, in order. The line is the same object each time. */
export type LinesBetween = (after: number, upTo: number, take: (line: Readonly<PackedLine>) => void) => void

export const openLinesBetween = ({ db }: Pick<Tables, 'db'>): LinesBetween => {
  const pages = db
    .prepare<[number, number], [number, Uint8Array]>('SELECT page, lines FROM page WHERE page BETWEEN ? AND ? ORDER BY page')
    .raw()
  return (after, upTo, take) => {
    if (upTo <= after) return
    const [from, to] = [after + 1, upTo]
    for (const [page, lines] of pages.iterate(pageOf(from), pageOf(to))) {
      const first = firstOf(page)
      const isWhole = from <= first && to >= first + PAGE_SIZE - 1
      eachLine(lines, first, isWhole ? take : (line) => void (line.position >= from && line.position <= to && take(line)))
    }
  }
}

/** The same of one entity's pages; lines of others among them. */
export const openLinesOf = ({ db }: Pick<Tables, 'db'>) => {
  const pages = db
    .prepare<[number, number, number], [number, Uint8Array]>(
      `SELECT page.page, lines FROM page_entity CROSS JOIN page USING (page)
       WHERE entity = ? AND page_entity.page BETWEEN ? AND ? ORDER BY page_entity.page`,
    )
    .raw()
  return (entity: number, after: number, upTo: number, take: (line: Readonly<PackedLine>) => void): void => {
    if (upTo <= after) return
    for (const [page, lines] of pages.iterate(entity, pageOf(after + 1), pageOf(upTo)))
      eachLine(lines, firstOf(page), (line) => void (line.position > after && line.position <= upTo && take(line)))
  }
}
