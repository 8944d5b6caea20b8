// Transactions and refusals as they are read back, put together from their head and their postings.

import type { Posting, Refusal, Transaction } from '../journal/model.ts'
import { dateOfDay } from './months.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitOf } from './sqlite-tables.ts'
import type { Booked, RefusalQuery, TransactionQuery } from './store.ts'

type HeadRow = { position: number; head: string }
type LineRow = {
  entity: number
  scope: number
  account: number
  unit: number
  amount: number
  effective: number
  own_effective: number
  category: number
  receiver: number | null
}

export const openTransactions = (tables: Tables, positions: Positions) => {
  const { db, dids } = tables
  const lines = db.prepare<[number], LineRow>('SELECT * FROM posting WHERE position = ? ORDER BY line')
  const booked = ({ position, head }: HeadRow): Booked => ({
    ...parseHead(dids.read(head)),
    lines: lines.all(position).map((row) => postingOf(row, tables)),
    position,
  })
  return (query: TransactionQuery): Booked[] => {
    const boundary = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const { newestFirst = false, after } = query
    const low = newestFirst ? 0 : (after ?? 0)
    const high = newestFirst && after !== undefined ? Math.min(after - 1, boundary) : boundary
    const { from, where, values } = filterOf(query, tables)
    const column = query.entity === undefined ? 'tx.position' : 'tx_entity.position'
    const sql = `SELECT tx.position, tx.head FROM ${from} WHERE ${[...where, `${column} > ?`, `${column} <= ?`].join(' AND ')}
      ORDER BY ${column} ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`
    return db
      .prepare<(number | string)[], HeadRow>(sql)
      .all(...values, low, high, query.limit)
      .map(booked)
  }
}

const filterOf = (query: TransactionQuery, { dids, entity, scope, uriNumber }: Tables) => {
  const where: string[] = []
  const values: (number | string)[] = []
  if (query.entity !== undefined) {
    where.push('tx_entity.entity = ?')
    values.push(entity.find(query.entity))
  }
  if (query.action !== undefined) {
    where.push("tx.action = ? AND json_extract(tx.head, '$.action') = ?")
    values.push(uriNumber(query.action), dids.seek(query.action))
  }
  if (query.leaf !== undefined) {
    where.push('tx.leaf = ?')
    values.push(query.leaf)
  }
  if (query.scope !== undefined) {
    where.push('EXISTS (SELECT 1 FROM posting WHERE posting.position = tx.position AND posting.scope = ?)')
    values.push(scope.find(query.scope))
  }
  return { from: query.entity === undefined ? 'tx' : 'tx_entity CROSS JOIN tx ON tx.position = tx_entity.position', where, values }
}

const postingOf = (row: LineRow, { entity, scope, category }: Tables): Posting => ({
  entity: entity.text(row.entity),
  scope: scope.text(row.scope),
  account: row.account,
  unit: unitOf(row.unit),
  amount: row.amount,
  ...(row.own_effective === 0 ? {} : { effectiveDate: dateOfDay(row.effective) }),
  ...(row.category === 0 ? {} : { category: category.text(row.category) }),
  ...(row.receiver === null ? {} : { receiver: row.receiver }),
})

const parseHead = (text: string): Omit<Transaction, 'lines'> => JSON.parse(text)

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
