// Transactions and refusals as they are read back, put together from the heads and the lines of their pages.

import type { Posting, Refusal } from '../journal/model.ts'
import { dateOfDay } from './months.ts'
import type { PackedLine } from './packed-lines.ts'
import { actionNumber, openPage, pageOf } from './sqlite-pages.ts'
import type { Page, PageRow } from './sqlite-pages.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitOf } from './sqlite-tables.ts'
import type { Booked, RefusalQuery, TransactionQuery } from './store.ts'

export const openTransactions = (tables: Tables, positions: Positions) => {
  const pagesOf = openPagesOf(tables)
  const openFilter = openFilters(tables)
  return (query: TransactionQuery): Booked[] => {
    const boundary = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const { newestFirst = false, after, limit } = query
    const low = newestFirst ? 1 : (after ?? 0) + 1
    const high = newestFirst && after !== undefined ? Math.min(after - 1, boundary) : boundary
    const found: Booked[] = []
    if (high < low) return found
    const isWanted = openFilter(query)
    for (const row of pagesOf(query, pageOf(low), pageOf(high))) {
      const page = openPage(row, tables)
      for (let step = 0; step < page.size; step += 1) {
        const nth = newestFirst ? page.size - 1 - step : step
        const position = page.first + nth
        if (position < low || position > high || !isWanted(page, nth)) continue
        const lines = (page.lines[nth] ?? []).map((line) => postingOf(line, tables))
        found.push({ ...page.head(nth), lines, position })
        if (found.length === limit) return found
      }
    }
    return found
  }
}

/** Pages in which what is asked for can stand, in the order asked for. */
const openPagesOf = ({ db, dids, entity }: Tables) => {
  const columns = 'page.page, page.lines, page.heads'
  const through = db.prepare<[number], number>('SELECT through FROM page WHERE page = ?').pluck()
  /** The first page that reaches a leaf: leaves ascend. */
  const firstThrough = (leaf: number, from: number, to: number): number => {
    let [low, high] = [from, to]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((through.get(middle) ?? Infinity) >= leaf) high = middle
      else low = middle + 1
    }
    return low
  }
  return function* (query: TransactionQuery, from: number, to: number): Generator<PageRow> {
    const order = query.newestFirst === true ? 'DESC' : 'ASC'
    const ordered = (sql: string, ...values: number[]): IterableIterator<PageRow> =>
      db.prepare<number[], PageRow>(`SELECT ${columns} FROM ${sql} ${order}`).iterate(...values)
    if (query.leaf !== undefined) {
      // All of a leaf stand one behind the other: what falls due stands between leaves.
      const first = firstThrough(query.leaf, from, to)
      const last = firstThrough(query.leaf + 1, first, to)
      yield* ordered('page WHERE page BETWEEN ? AND ? ORDER BY page', first, last)
    } else if (query.action !== undefined)
      yield* ordered(
        'page_action CROSS JOIN page USING (page) WHERE action = ? AND page_action.page BETWEEN ? AND ? ORDER BY page_action.page',
        actionNumber(dids.seek(query.action)),
        from,
        to,
      )
    else if (query.entity !== undefined)
      yield* ordered(
        'page_entity CROSS JOIN page USING (page) WHERE entity = ? AND page_entity.page BETWEEN ? AND ? ORDER BY page_entity.page',
        entity.find(query.entity),
        from,
        to,
      )
    else yield* ordered('page WHERE page BETWEEN ? AND ? ORDER BY page', from, to)
  }
}

const openFilters = ({ entity, scope }: Tables) => {
  return (query: TransactionQuery): ((page: Page, nth: number) => boolean) => {
    const who = query.entity === undefined ? null : entity.find(query.entity)
    const where = query.scope === undefined ? null : scope.find(query.scope)
    return ({ heads, lines, head }, nth) => {
      const own = lines[nth] ?? []
      if (query.leaf !== undefined && heads.stamp(nth).leaf !== query.leaf) return false
      if (who !== null && !own.some((line) => line.entity === who)) return false
      if (where !== null && !own.some((line) => line.scope === where)) return false
      return query.action === undefined || head(nth).action === query.action
    }
  }
}

const postingOf = (line: PackedLine, { entity, scope, category }: Tables): Posting => ({
  entity: entity.text(line.entity),
  scope: scope.text(line.scope),
  account: line.account,
  unit: unitOf(line.unit),
  amount: line.amount,
  ...(line.isOwn ? { effectiveDate: dateOfDay(line.effective) } : {}),
  ...(line.category === 0 ? {} : { category: category.text(line.category) }),
  ...(line.receiver < 0 ? {} : { receiver: line.receiver }),
})

export const openRefusals = ({ db, dids }: Tables) => {
  const ofRepo = db.prepare<[string, number], { value: string }>(
    'SELECT value FROM refusal WHERE repo = ? ORDER BY leaf DESC, op DESC, uri, code LIMIT ?',
  )
  const ofUri = db.prepare<[string, string, number], { value: string }>(
    'SELECT value FROM refusal WHERE repo = ? AND uri = ? ORDER BY leaf DESC, op DESC, code LIMIT ?',
  )
  return ({ repo, uri, limit }: RefusalQuery): Refusal[] =>
    (uri === undefined ? ofRepo.all(dids.seek(repo), limit) : ofUri.all(dids.seek(repo), dids.seek(uri), limit)).map(({ value }) =>
      parseRefusal(dids.read(value)),
    )
}

const parseRefusal = (value: string): Refusal => JSON.parse(value)
