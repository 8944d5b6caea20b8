// What of the pools is one person's, for that person's own statement and for nobody else: looked up by the private register, added up on request.

import { isMappedAt } from '../journal/documents-desk.ts'
import { mergersKnownAt } from '../journal/mergers.ts'
import { ownLinesOf } from '../journal/own-lines.ts'
import type { OwnLine } from '../journal/own-lines.ts'
import type { Books, Position, Sum } from '../store/store.ts'
import { didOfEntity } from '../auth/access.ts'
import { readDoc } from './deps.ts'

type OwnBooks = Pick<Books, 'load' | 'intake' | 'transactions'>

const MOST_OF_AN_ACTION = 1_000

/** Lines in a scope that are read as this entity's, as known at a position. */
export const ownLinesIn = async (books: OwnBooks, entity: string, scope: string, knownAt: Position): Promise<readonly OwnLine[]> => {
  const did = didOfEntity(entity)
  const pool = did === null ? null : await readDoc(books, 'pool', `pool:${did}`)
  const mapped = (pool?.mapped ?? []).filter((one) => isMappedAt(one, knownAt.leaf))
  if (mapped.length === 0) return []
  const mergers = mergersKnownAt(await readDoc(books, 'mergers', 'mergers:all'), knownAt)
  const lines = await Promise.all(
    mapped.map(async (one) => {
      const action = await uriOf(books, one.action)
      const transactions = action === undefined ? [] : await books.transactions({ action, limit: MOST_OF_AN_ACTION, knownAt })
      return ownLinesOf(transactions, one, mergers)
    }),
  )
  return lines.flat().filter((line) => line.scope === scope)
}

/** The uri, or what stands in its place, of the row at leaf/op. */
const uriOf = async (books: OwnBooks, place: string): Promise<string | undefined> => {
  const [leaf = 0, op = 0] = place.split('/').map(Number)
  const [row] = await books.intake({ leaf, op: op - 1 }, 1)
  return row?.leaf === leaf && row.op === op ? row.uri : undefined
}

/** As a store gives sums. `from` and `through` inclusive. */
export const sumsOf = (
  lines: readonly OwnLine[],
  { from, through }: { readonly from?: string; readonly through: string },
): readonly Sum[] => {
  const within = lines.filter(({ effectiveDate }) => effectiveDate <= through && (from === undefined || effectiveDate >= from))
  const groups = Map.groupBy(within, ({ account, unit, category }) => `${account} ${unit} ${category ?? ''}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { account, unit, category } = first
    const amount = group.reduce((sum, line) => sum + line.amount, 0)
    const signs = group.reduce((sum, line) => sum + Math.sign(line.amount), 0)
    return [{ entity: null, account, unit, category: category ?? null, amount, signs }]
  })
}
