// Flows between scopes, in buckets by effective and recorded month that the fold keeps. As with sums, only the month in which known-at falls is counted
// from postings. A bucket that comes to 0 is dropped, so that only what stands is read.

import assert from 'node:assert/strict'
import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../journal/chart.ts'
import type { Transaction } from '../journal/model.ts'
import type { Flow, FlowQuery } from './flows.ts'
import { dayNumber, isFirstOfMonth, isLastOfMonth, monthOfDay, recordedMonth } from './months.ts'
import type { Positions } from './sqlite-positions.ts'
import { planOf } from './sqlite-sums.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber, unitOf } from './sqlite-tables.ts'

export const flowsSql = `
CREATE TABLE flow (
  giver INTEGER NOT NULL, effective INTEGER NOT NULL, receiver INTEGER NOT NULL, unit INTEGER NOT NULL, account INTEGER NOT NULL,
  recorded INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (giver, effective, receiver, unit, account, recorded)
) WITHOUT ROWID;
CREATE INDEX flow_receiver ON flow (receiver, effective);
`

export const flowDumpSql = `SELECT 'flow', giver.key, receiver.key, unit, account, effective, recorded, amount
  FROM flow JOIN scope AS giver ON giver.id = flow.giver JOIN scope AS receiver ON receiver.id = flow.receiver ORDER BY 2, 3, 4, 5, 6, 7`

export const isGiven = (account: number): boolean => account === GIVEN || account === GIVEN_PRIOR
export const isReceived = (account: number): boolean => account === RECEIVED || account === RECEIVED_PUBLIC || account === RECEIVED_PRIOR
export const FLOW_ACCOUNTS = [GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PUBLIC, RECEIVED_PRIOR]

/** Adds the flows of transactions; only inside the transaction of `commit`. */
export const openFlowWriter = ({ db, scope }: Tables) => {
  const add = db.prepare('INSERT INTO flow VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount')
  const drop = db.prepare(
    'DELETE FROM flow WHERE giver = ? AND effective = ? AND receiver = ? AND unit = ? AND account = ? AND recorded = ? AND amount = 0',
  )
  return (transactions: readonly Pick<Transaction, 'lines' | 'effectiveDate' | 'recordedAt'>[]): void => {
    const deltas = new Map<string, { readonly key: readonly number[]; amount: number }>()
    for (const { lines, effectiveDate, recordedAt } of transactions) {
      const from = lines.find(({ account }) => isGiven(account))
      if (from === undefined) continue
      for (const line of lines) {
        if (!isReceived(line.account)) continue
        const effective = monthOfDay(dayNumber(line.effectiveDate ?? effectiveDate))
        const where = [scope.id(from.scope), effective, scope.id(line.scope)]
        const key = [...where, unitNumber(line.unit), line.account, recordedMonth(recordedAt)]
        const known = deltas.get(key.join(' '))
        if (known === undefined) deltas.set(key.join(' '), { key, amount: line.amount })
        else known.amount += line.amount
      }
    }
    for (const { key, amount } of deltas.values()) {
      if (amount === 0) continue
      add.run(...key, amount)
      if (amount < 0) drop.run(...key)
    }
  }
}

type Row = { readonly giver: number; readonly receiver: number; readonly unit: number; readonly account: number; readonly amount: number }

/** Answers `Books.flows`. */
export const openFlows = (tables: Tables, positions: Positions) => {
  const { db, scope } = tables
  const columns = 'giver, receiver, unit, account, sum(amount) AS amount'
  const out = db.prepare<number[], Row>(
    `SELECT ${columns} FROM flow WHERE giver = ? AND effective BETWEEN ? AND ? AND recorded <= ? GROUP BY receiver, unit, account`,
  )
  const into = db.prepare<[number, number, number, number, string], Row>(
    `SELECT ${columns} FROM flow INDEXED BY flow_receiver WHERE receiver = ? AND effective BETWEEN ? AND ? AND recorded <= ?
     AND giver NOT IN (SELECT value FROM json_each(?)) GROUP BY giver, unit, account`,
  )
  const scanned = openScan(tables)
  return (query: FlowQuery): Flow[] => {
    const { scopes, from, through } = query
    const [first, last] = [dayNumber(from), dayNumber(through)]
    assert(isFirstOfMonth(first) && isLastOfMonth(last), 'flows are asked for by whole months')
    const ids = new Set(scopes.map((code) => scope.find(code)).filter((id) => id !== 0))
    const plan = planOf(query, positions)
    const sums = new Map<string, { readonly row: Row; amount: number }>()
    const add = (row: Row, sign: 1 | -1): void => {
      const key = `${row.giver} ${row.receiver} ${row.unit} ${row.account}`
      const known = sums.get(key)
      if (known === undefined) sums.set(key, { row, amount: sign * row.amount })
      else known.amount += sign * row.amount
    }
    const among = JSON.stringify([...ids])
    for (const id of ids) {
      for (const row of out.iterate(id, monthOfDay(first), monthOfDay(last), plan.month)) add(row, 1)
      for (const row of into.iterate(id, monthOfDay(first), monthOfDay(last), plan.month, among)) add(row, 1)
    }
    for (const row of scanned(plan.after, plan.through, first, last)) if (ids.has(row.giver) || ids.has(row.receiver)) add(row, plan.sign)
    return [...sums.values()]
      .filter(({ amount }) => amount !== 0)
      .toSorted(
        (a, b) => a.row.giver - b.row.giver || a.row.receiver - b.row.receiver || a.row.unit - b.row.unit || a.row.account - b.row.account,
      )
      .map(({ row, amount }) => ({
        giverScope: scope.text(row.giver),
        receiverScope: scope.text(row.receiver),
        account: row.account,
        unit: unitOf(row.unit),
        amount,
      }))
  }
}

type Line = readonly [position: number, scope: number, account: number, unit: number, amount: number, effective: number]

const openScan = ({ db }: Tables) => {
  const lines = db
    .prepare<number[], Line>(
      `SELECT position, scope, account, unit, amount, effective FROM posting
       WHERE position > ? AND position <= ? AND account IN (${FLOW_ACCOUNTS.join(', ')}) ORDER BY position, line`,
    )
    .raw()
  return function* (after: number, through: number, first: number, last: number): Generator<Row> {
    if (through <= after) return
    let [position, giver] = [0, 0]
    for (const [at, place, account, unit, amount, effective] of lines.iterate(after, through)) {
      if (at !== position) [position, giver] = [at, 0]
      if (isGiven(account) && giver === 0) giver = place
      else if (isReceived(account) && giver !== 0 && effective >= first && effective <= last)
        yield { giver, receiver: place, unit, account, amount }
    }
  }
}
