// Transactions lie in pages: some that follow one another are one document, keyed by the last of them, with their lines packed as in SQLite
// (packed-lines.ts). What is folded in one commit begins a new page.

import { Binary } from 'mongodb'
import { BY_ID, keyOf } from './mongo-keys.ts'
import type { Range } from './mongo-keys.ts'
import type { Line, PageRow } from './mongo-tables.ts'
import { packTexts, textsIn } from './mongo-texts.ts'
import type { View } from './mongo-transaction.ts'
import { actNumber } from './act-number.ts'
import { eachLine, emptyLine, nothingBefore, openBytes, writeHeadOfLines, writeLine } from './packed-lines.ts'
import type { PackedLine } from './packed-lines.ts'

/** Transactions in one document. */
const PAGE = 32

/** One transaction of a page; its head is text with numbers for DIDs. */
export type Paged = { readonly n: number; readonly head: string; readonly lines: readonly Line[] }

type Written = {
  readonly leaf: number | null
  readonly at: string
  readonly action: string | null
  readonly head: string
  readonly lines: readonly Line[]
}

/** Pages of transactions that follow the position `after`. */
export const pagesOf = (b: string, after: number, transactions: readonly Written[]): PageRow[] => {
  const pages: PageRow[] = []
  for (let from = 0; from < transactions.length; from += PAGE) {
    const page = transactions.slice(from, from + PAGE)
    const last = after + from + page.length
    const leaves = page.flatMap(({ leaf }) => leaf ?? [])
    const due = page.findLast(({ leaf }) => leaf === null)?.at
    pages.push({
      _id: keyOf(b, last),
      b,
      n: after + from + 1,
      leaf: leaves.at(-1) ?? null,
      ...(due === undefined ? {} : { due }),
      at: page.at(-1)?.at ?? '',
      ...indexed(page),
      heads: packTexts(page.map(({ head }) => head)),
    })
  }
  return pages
}

/** What of a page follows from its transactions' lines and actions. */
const indexed = (page: readonly Pick<Written, 'action' | 'lines'>[]): Pick<PageRow, 'who' | 'acts' | 'lines'> => ({
  who: [...new Set(page.flatMap(({ lines }) => lines.map(({ e }) => e)))],
  acts: [...new Set(page.flatMap(({ action }) => action ?? []))].map(actNumber),
  lines: new Binary(packLines(page)),
})

const room = openBytes()
const packing = emptyLine()

const packLines = (page: readonly Pick<Written, 'lines'>[]): Uint8Array => {
  room.clear()
  for (const { lines } of page) {
    const before = nothingBefore()
    writeHeadOfLines(room, lines.length, (lines.find(({ o }) => o === 0) ?? lines[0])?.d ?? 0)
    for (const { e, s, a, u, m, d, o, c, r } of lines) {
      packing.entity = e
      packing.scope = s
      packing.account = a
      packing.unit = u
      packing.amount = m
      packing.effective = d
      packing.isOwn = o !== 0
      packing.category = c
      packing.receiver = r ?? -1
      writeLine(room, packing, before)
    }
  }
  return room.bytes().slice()
}

/** Lines of each transaction. */
const linesIn = ({ lines }: Pick<PageRow, 'lines'>): Line[][] => {
  const found: Line[][] = []
  eachLine(
    lines.value(),
    0,
    (line) => void found[line.position]?.push(lineOf(line)),
    () => void found.push([]),
  )
  return found
}

const lineOf = ({ entity, scope, account, unit, amount, effective, isOwn, category, receiver }: Readonly<PackedLine>): Line => ({
  e: entity,
  s: scope,
  a: account,
  u: unit,
  m: amount,
  d: effective,
  o: isOwn ? 1 : 0,
  c: category,
  r: receiver < 0 ? null : receiver,
})

export const transactionsIn = (page: PageRow): Paged[] => {
  const heads = textsIn(page.heads)
  return linesIn(page).map((lines, index) => ({ n: page.n + index, head: heads[index] ?? '', lines }))
}

/** A page whose transactions have other heads or lines now. */
export const changedPage = (page: PageRow, transactions: readonly Pick<Paged, 'head' | 'lines'>[]): PageRow => ({
  ...page,
  ...indexed(transactions.map(({ head, lines }) => ({ action: whenOf(head).action, lines }))),
  heads: packTexts(transactions.map(({ head }) => head)),
})

export type When = { readonly leaf: number | null; readonly recordedAt: string; readonly action: string | null }

/** Of a head as it is stored. */
export const whenOf = (head: string): When => JSON.parse(head)

/** Keys of the pages that hold transactions after one position and up to another; more than these may lie in the first and the last. */
export const pageKeys = (folded: string, after: number, through: number): Range => ({
  $gt: keyOf(folded, after),
  $lt: keyOf(folded, through + PAGE),
})

/** Takes the lines of the transactions after one position and up to another, in their order; the line is the same object each time. `who`: of pages with it. */
export const visitLines = async (
  view: View,
  after: number,
  through: number,
  take: (line: Readonly<PackedLine>) => void,
  who?: number,
): Promise<void> => {
  for await (const { n, lines } of pagesBetween(view, after, through, who))
    eachLine(lines.value(), n, (line) => {
      if (line.position > after && line.position <= through) take(line)
    })
}

/** Lines of the transactions after one position and up to another, transaction by transaction. */
export async function* linesBetween(view: View, after: number, through: number): AsyncGenerator<Line[]> {
  for await (const page of pagesBetween(view, after, through))
    for (const [index, lines] of linesIn(page).entries()) {
      const n = page.n + index
      if (n > after && n <= through) yield lines
    }
}

async function* pagesBetween({ tables, session, folded: b }: View, after: number, through: number, who?: number) {
  if (through <= after) return
  const filter = { b, ...(who === undefined ? {} : { who }), _id: pageKeys(b, after, through) }
  const hint = who === undefined ? BY_ID : BY_WHO
  yield* tables.page.find(filter, { session, hint, sort: { _id: 1 }, projection: { _id: 0, n: 1, lines: 1 }, batchSize: SCANNED })
}

const SCANNED = 2_000

/** Of pages: by entity, by the number of an action's uri, which another action may share. */
export const BY_WHO = { b: 1, who: 1, _id: 1 } as const
export const BY_ACT = { b: 1, acts: 1, _id: 1 } as const
