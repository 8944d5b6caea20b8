// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and the buckets they add up to.
// Only inside the transaction of `commit`.

import type { Changes, Posting, Transaction } from '../journal/model.ts'
import { openAskWriter } from './sqlite-asks.ts'
import { openFlowWriter } from './sqlite-flows.ts'
import { dayNumber, monthOfDay, recordedMonth } from './months.ts'
import { insertMany } from './sqlite-many.ts'
import type { Value } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'

export type FoldWriter = { write(changes: Changes): void }

/** Sums of one commit by bucket, keyed by the numbers of the bucket's key, so that each bucket is touched once. */
type Deltas = Map<string, { readonly key: readonly number[]; amount: number; postings: number; signs: number }>

const add = (deltas: Deltas, key: readonly number[], amount: number, postings: number, signs: number): void => {
  const text = key.join(' ')
  const known = deltas.get(text)
  if (known === undefined) deltas.set(text, { key, amount, postings, signs })
  else {
    known.amount += amount
    known.postings += postings
    known.signs += signs
  }
}

export const openFoldWriter = (tables: Tables): FoldWriter => {
  const { db, dids, docs } = tables
  const addDue = db.prepare('INSERT INTO due (at, kind, uri, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const dropDue = db.prepare('DELETE FROM due WHERE at = ? AND kind = ? AND uri = ?')
  const addRefusal = db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const addBucket = db.prepare(
    'INSERT INTO bucket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, postings = postings + excluded.postings, signs = signs + excluded.signs',
  )
  const addScopeBucket = db.prepare(
    'INSERT INTO scope_bucket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, postings = postings + excluded.postings, signs = signs + excluded.signs',
  )
  const addHomes = insertMany(db, 'INSERT OR IGNORE', 'entity_scope', 2)
  const asks = openAskWriter(tables)
  const writeTransactions = openTransactionWriter(tables)
  const writeFlows = openFlowWriter(tables)
  return {
    write: (changes) => {
      for (const [key, doc] of changes.put) {
        docs.put(key, doc)
        if (key.startsWith(ACTION)) asks.set(key.slice(ACTION.length), doc)
      }
      for (const due of changes.dueRemove) dropDue.run(due.at, due.kind, dids.seek(due.uri))
      for (const due of changes.dueAdd) addDue.run(due.at, due.kind, dids.write(due.uri), dids.write(JSON.stringify(due)))
      for (const refusal of changes.refusals) {
        const { repo, uri, leaf, op, code } = refusal
        addRefusal.run(dids.write(repo), dids.write(uri), leaf, op, code, dids.write(JSON.stringify(refusal)))
      }
      const deltas: Deltas = new Map()
      writeTransactions(changes.transactions, deltas)
      writeFlows(changes.transactions)
      addHomes(homesIn(deltas))
      for (const { key, amount, postings, signs } of deltas.values()) addBucket.run(...key, amount, postings, signs)
      for (const { key, amount, postings, signs } of scopesIn(deltas).values()) addScopeBucket.run(...key, amount, postings, signs)
    },
  }
}

/** Each (entity, scope) of these sums once, flat. */
const homesIn = (deltas: Deltas): readonly number[] => {
  const homes = new Map<string, readonly [number, number]>()
  for (const { key } of deltas.values()) {
    const [where = 0, who = 0] = key
    homes.set(`${who} ${where}`, [who, where])
  }
  return [...homes.values()].flat()
}

/** The sums without entities. */
const scopesIn = (deltas: Deltas): Deltas => {
  const scopes: Deltas = new Map()
  for (const { key, amount, postings, signs } of deltas.values()) {
    const [where = 0, , ...others] = key
    add(scopes, [where, ...others], amount, postings, signs)
  }
  return scopes
}

const ACTION = 'action:'

const POSTING_COLUMNS = 11

const openTransactionWriter = ({ db, dids, entity, scope, category, uriNumber }: Tables) => {
  const addTransaction = db.prepare('INSERT INTO tx (leaf, recorded_at, action, head) VALUES (?, ?, ?, ?)')
  const addPostings = insertMany(db, 'INSERT', 'posting', POSTING_COLUMNS)
  const addTouches = insertMany(db, 'INSERT OR IGNORE', 'tx_entity', 2)
  return (transactions: readonly Transaction[], deltas: Deltas): void => {
    const rows: Value[] = []
    const touches: number[] = []
    for (const { lines, ...head } of transactions) {
      const recorded = recordedMonth(head.recordedAt)
      const text = dids.write(JSON.stringify(head))
      const action = head.action === null ? null : uriNumber(head.action)
      const position = Number(addTransaction.run(head.leaf, head.recordedAt, action, text).lastInsertRowid)
      const touched = new Set<number>()
      for (const [line, posting] of lines.entries()) {
        const row = numbersOf(posting, head.effectiveDate)
        const who = entity.id(posting.entity)
        const where = scope.id(posting.scope)
        const kind = posting.category === undefined ? 0 : category.id(posting.category)
        rows.push(position, line, who, where, row.account, row.unit, row.amount, row.effective, row.own, kind, row.receiver)
        touched.add(who)
        const key = [where, who, row.unit, row.account, kind, monthOfDay(row.effective), recorded]
        add(deltas, key, row.amount, 1, Math.sign(row.amount))
      }
      for (const who of touched) touches.push(who, position)
    }
    addPostings(rows)
    addTouches(touches)
  }
}

const numbersOf = (posting: Posting, effectiveDate: string) => ({
  account: posting.account,
  unit: unitNumber(posting.unit),
  amount: posting.amount,
  effective: dayNumber(posting.effectiveDate ?? effectiveDate),
  own: posting.effectiveDate === undefined ? 0 : 1,
  receiver: posting.receiver ?? null,
})
