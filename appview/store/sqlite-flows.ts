// Flows between scopes, in buckets by effective and recorded month that the fold keeps. As with sums, only the month in which known-at falls is counted
// from postings. A bucket that comes to 0 is dropped, so that only what stands is read.

import assert from 'node:assert/strict'
import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../journal/chart.ts'
import type { Flow, FlowQuery } from './flows.ts'
import { dayNumber, isFirstOfMonth, isLastOfMonth, monthOfDay } from './months.ts'
import { monthAt } from './packed-sums.ts'
import type { BucketLine } from './sqlite-buckets.ts'
import { openLinesBetween } from './sqlite-pages.ts'
import type { Positions } from './sqlite-positions.ts'
import { planOf } from './sqlite-sums.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitOf } from './sqlite-tables.ts'

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

export type FlowWriter = {
  /** A line of the transaction that goes on, its effective month as its number. */
  readonly add: (line: Pick<BucketLine, 'scope' | 'account' | 'unit' | 'amount'>, month: number) => void
  readonly endTransaction: () => void
  /** Writes what has been added up; it was recorded in this month (yyyymm). Only inside a transaction. */
  readonly flush: (recorded: number) => void
  /** After a rollback. */
  readonly forget: () => void
}

const SCOPES = 2 ** 14
const RECEIVED_ACCOUNTS = [RECEIVED, RECEIVED_PUBLIC, RECEIVED_PRIOR]
/** Of a receiver's scope: unit, account and effective month in one number. */
const KINDS = 4 * 2 * 4_096

/** Adds up the flows of transactions. */
export const openFlowWriter = ({ db }: Tables): FlowWriter => {
  const add = db.prepare('INSERT INTO flow VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount')
  const drop = db.prepare(
    'DELETE FROM flow WHERE giver = ? AND effective = ? AND receiver = ? AND unit = ? AND account = ? AND recorded = ? AND amount = 0',
  )
  const deltas = new Map<number, number>()
  let giver = 0
  let received: number[] = []
  return {
    add: ({ scope, account, unit, amount }, month) => {
      if (isGiven(account)) giver ||= scope
      else if (isReceived(account)) received.push(scope * KINDS + (RECEIVED_ACCOUNTS.indexOf(account) * 2 + unit) * 4_096 + month, amount)
    },
    endTransaction: () => {
      if (giver !== 0)
        for (let at = 0; at < received.length; at += 2) {
          const key = giver * SCOPES * KINDS + (received[at] ?? 0)
          deltas.set(key, (deltas.get(key) ?? 0) + (received[at + 1] ?? 0))
        }
      giver = 0
      if (received.length > 0) received = []
    },
    flush: (recorded) => {
      for (const [key, amount] of deltas) {
        if (amount === 0) continue
        const [place, kind] = [Math.floor(key / KINDS), key % KINDS]
        const [month, rest] = [kind % 4_096, Math.floor(kind / 4_096)]
        const account = RECEIVED_ACCOUNTS[rest >> 1] ?? 0
        const row = [Math.floor(place / SCOPES), monthAt(month), place % SCOPES, rest % 2, account, recorded]
        add.run(...row, amount)
        drop.run(...row)
      }
      deltas.clear()
    },
    forget: () => {
      deltas.clear()
      giver = 0
      received = []
    },
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
  const scopeCount = db.prepare<[], number>('SELECT count(*) FROM scope').pluck()
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
    // Of the whole network nothing comes from outside.
    const isWhole = ids.size === scopeCount.get()
    for (const id of ids) {
      for (const row of out.iterate(id, monthOfDay(first), monthOfDay(last), plan.month)) add(row, 1)
      if (isWhole) continue
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

/** Flows between two positions, in order. */
const openScan = (tables: Tables) => {
  const linesBetween = openLinesBetween(tables)
  return (after: number, through: number, first: number, last: number): readonly Row[] => {
    const rows: Row[] = []
    let [position, giver] = [0, 0]
    linesBetween(after, through, (line) => {
      if (line.position !== position) {
        position = line.position
        giver = 0
      }
      const { scope, account, unit, amount, effective } = line
      if (isGiven(account) && giver === 0) giver = scope
      else if (isReceived(account) && giver !== 0 && effective >= first && effective <= last)
        rows.push({ giver, receiver: scope, unit, account, amount })
    })
    return rows
  }
}
