// Flows between scopes, in buckets by effective and recorded month that the fold keeps. As with sums, only the month in which known-at falls is counted
// from postings. A bucket that comes to 0 is dropped, so that only what stands is read.

import assert from 'node:assert/strict'
import type { Transaction as Booking } from '../journal/model.ts'
import type { Flow, Flows } from './flows.ts'
import { dayNumber, isFirstOfMonth, isLastOfMonth, monthOfDay, recordedMonth } from './months.ts'
import { keyOf } from './mongo-keys.ts'
import { linesBetween } from './mongo-pages.ts'
import { planAt } from './mongo-positions.ts'
import type { FlowRow } from './mongo-tables.ts'
import type { Transaction, View, Work } from './mongo-transaction.ts'
import { isGiven, isReceived } from './sqlite-flows.ts'
import { unitNumber, unitOf } from './sqlite-tables.ts'

type Key = Omit<FlowRow, '_id' | 'b' | 'amount'>

const flowKey = (b: string, { g, d, t, u, a, r }: Key): string => keyOf(b, g, d, t, u, a, r)

/** Adds the flows of transactions, whose scopes have their numbers. */
export const writeFlows = async ({ tables, session, folded: b, names }: Transaction, bookings: readonly Booking[]): Promise<void> => {
  const codes = [...new Set(bookings.flatMap(({ lines }) => lines.map(({ scope }) => scope)))]
  const ids = await names.scope.find(codes)
  const scopes = new Map(codes.map((code, index) => [code, ids[index] ?? 0]))
  const deltas = new Map<string, { readonly key: Key; amount: number }>()
  for (const { lines, effectiveDate, recordedAt } of bookings) {
    const from = lines.find(({ account }) => isGiven(account))
    if (from === undefined) continue
    for (const line of lines) {
      if (!isReceived(line.account)) continue
      const d = monthOfDay(dayNumber(line.effectiveDate ?? effectiveDate))
      const [g, t] = [scopes.get(from.scope) ?? 0, scopes.get(line.scope) ?? 0]
      const key = { g, d, t, u: unitNumber(line.unit), a: line.account, r: recordedMonth(recordedAt) }
      const known = deltas.get(flowKey(b, key))
      if (known === undefined) deltas.set(flowKey(b, key), { key, amount: line.amount })
      else known.amount += line.amount
    }
  }
  const changed = [...deltas].filter(([, { amount }]) => amount !== 0)
  if (changed.length === 0) return
  const grow = changed.map(([_id, { key, amount }]) => ({
    updateOne: { filter: { _id, b }, update: { $inc: { amount }, $setOnInsert: key }, upsert: true },
  }))
  await tables.flow.bulkWrite(grow, { session })
  await tables.flow.deleteMany({ b, _id: { $in: changed.map(([_id]) => _id) }, amount: 0 }, { session })
}

type Row = { readonly g: number; readonly t: number; readonly u: number; readonly a: number; readonly amount: number }

export const openFlows =
  (work: Work): Flows['flows'] =>
  ({ scopes: codes, from, through, knownAt }) =>
    work.view(async (view) => {
      const { tables, session, folded: b, names } = view
      const [first, last] = [dayNumber(from), dayNumber(through)]
      assert(isFirstOfMonth(first) && isLastOfMonth(last), 'flows are asked for by whole months')
      const ids = [...new Set(await names.scope.find(codes))].filter((id) => id !== 0)
      const plan = await planAt(view, knownAt)
      const months = { d: { $gte: monthOfDay(first), $lte: monthOfDay(last) }, r: { $lte: plan.month } }
      const out = ids.map((g) => {
        const _id = { $gte: keyOf(b, g, monthOfDay(first)), $lt: keyOf(b, g, monthOfDay(last) + 1) }
        return { b, _id, r: { $lte: plan.month } }
      })
      const into = { b, t: { $in: ids }, g: { $nin: ids }, ...months }
      const stored = ids.length === 0 ? [] : await tables.flow.find({ $or: [...out, into] }, { session }).toArray()
      const scanned = await scan(view, plan.after, plan.through, first, last)
      const among = new Set(ids)
      const sums = new Map<string, { readonly row: Row; amount: number }>()
      const add = (row: Row, sign: 1 | -1): void => {
        const key = `${row.g} ${row.t} ${row.u} ${row.a}`
        const known = sums.get(key)
        if (known === undefined) sums.set(key, { row, amount: sign * row.amount })
        else known.amount += sign * row.amount
      }
      for (const row of stored) add(row, 1)
      for (const row of scanned) if (among.has(row.g) || among.has(row.t)) add(row, plan.sign)
      return flowsOf(view, [...sums.values()])
    })

const flowsOf = async ({ names }: View, sums: readonly { readonly row: Row; readonly amount: number }[]): Promise<Flow[]> => {
  const found = sums
    .filter(({ amount }) => amount !== 0)
    .toSorted((x, y) => x.row.g - y.row.g || x.row.t - y.row.t || x.row.u - y.row.u || x.row.a - y.row.a)
  const codes = await names.scope.texts(found.flatMap(({ row }) => [row.g, row.t]))
  return found.map(({ row, amount }, index) => ({
    giverScope: codes[index * 2] ?? '',
    receiverScope: codes[index * 2 + 1] ?? '',
    account: row.a,
    unit: unitOf(row.u),
    amount,
  }))
}

const scan = async (view: View, after: number, through: number, first: number, last: number): Promise<Row[]> => {
  const rows: Row[] = []
  for await (const lines of linesBetween(view, after, through)) {
    let g = 0
    for (const { s, a, u, m, d } of lines)
      if (isGiven(a) && g === 0) g = s
      else if (isReceived(a) && g !== 0 && d >= first && d <= last) rows.push({ g, t: s, u, a, amount: m })
  }
  return rows
}
