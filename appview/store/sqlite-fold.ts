// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and the buckets they add up to.
// Only inside the transaction of `commit`.

import type { Changes, Posting, Transaction } from '../journal/model.ts'
import { openAskWriter } from './sqlite-asks.ts'
import { dayNumber, monthOfDay, recordedMonth } from './months.ts'
import type { Tables } from './sqlite-tables.ts'
import { uriNumber, unitNumber } from './sqlite-tables.ts'

export type FoldWriter = { write(changes: Changes): void }

/** Sums of one commit by bucket, keyed by the numbers of the bucket's key, so that each bucket is touched once. */
type Deltas = Map<string, { readonly key: readonly number[]; amount: number; postings: number; signs: number }>

const add = (deltas: Deltas, key: readonly number[], amount: number): void => {
  const text = key.join(' ')
  const known = deltas.get(text)
  if (known === undefined) deltas.set(text, { key, amount, postings: 1, signs: Math.sign(amount) })
  else {
    known.amount += amount
    known.postings++
    known.signs += Math.sign(amount)
  }
}

export const openFoldWriter = (tables: Tables): FoldWriter => {
  const { db } = tables
  const putDoc = db.prepare('INSERT INTO doc (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const dropDoc = db.prepare('DELETE FROM doc WHERE key = ?')
  const addDue = db.prepare('INSERT INTO due (at, kind, uri, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const dropDue = db.prepare('DELETE FROM due WHERE at = ? AND kind = ? AND uri = ?')
  const addRefusal = db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const addBucket = db.prepare(
    'INSERT INTO bucket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, postings = postings + excluded.postings, signs = signs + excluded.signs',
  )
  const addScopeBucket = db.prepare(
    'INSERT INTO scope_bucket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, postings = postings + excluded.postings, signs = signs + excluded.signs',
  )
  const addHome = db.prepare('INSERT OR IGNORE INTO entity_scope VALUES (?, ?)')
  const asks = openAskWriter(tables)
  const writeTransaction = openTransactionWriter(tables)
  return {
    write: (changes) => {
      for (const [key, doc] of changes.put) {
        if (doc === null) dropDoc.run(key)
        else putDoc.run(key, JSON.stringify(doc))
        if (key.startsWith(ACTION)) asks.set(key.slice(ACTION.length), doc)
      }
      for (const due of changes.dueRemove) dropDue.run(due.at, due.kind, due.uri)
      for (const due of changes.dueAdd) addDue.run(due.at, due.kind, due.uri, JSON.stringify(due))
      for (const refusal of changes.refusals) {
        const { repo, uri, leaf, op, code } = refusal
        addRefusal.run(repo, uri, leaf, op, code, JSON.stringify(refusal))
      }
      const perEntity: Deltas = new Map()
      const perScope: Deltas = new Map()
      for (const transaction of changes.transactions) writeTransaction(transaction, perEntity, perScope)
      for (const pair of homesIn(perEntity)) addHome.run(...pair)
      for (const { key, amount, postings, signs } of perEntity.values()) addBucket.run(...key, amount, postings, signs)
      for (const { key, amount, postings, signs } of perScope.values()) addScopeBucket.run(...key, amount, postings, signs)
    },
  }
}

/** Each (entity, scope) of these sums once. */
const homesIn = (perEntity: Deltas): Iterable<readonly [number, number]> => {
  const homes = new Map<string, readonly [number, number]>()
  for (const { key } of perEntity.values()) {
    const [where = 0, who = 0] = key
    homes.set(`${who} ${where}`, [who, where])
  }
  return homes.values()
}

const ACTION = 'action:'

const openTransactionWriter = ({ db, entity, scope, category }: Tables) => {
  const addTransaction = db.prepare('INSERT INTO tx (leaf, recorded_at, action, head) VALUES (?, ?, ?, ?)')
  const addPosting = db.prepare('INSERT INTO posting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const addTouch = db.prepare('INSERT OR IGNORE INTO tx_entity VALUES (?, ?)')
  return (transaction: Transaction, perEntity: Deltas, perScope: Deltas): void => {
    const { lines, ...head } = transaction
    const recorded = recordedMonth(transaction.recordedAt)
    const action = transaction.action === null ? null : uriNumber(transaction.action)
    const position = Number(addTransaction.run(transaction.leaf, transaction.recordedAt, action, JSON.stringify(head)).lastInsertRowid)
    const touched = new Set<number>()
    for (const [line, posting] of lines.entries()) {
      const row = numbersOf(posting, transaction)
      const who = entity.id(posting.entity)
      const where = scope.id(posting.scope)
      const kind = posting.category === undefined ? 0 : category.id(posting.category)
      addPosting.run(position, line, who, where, row.account, row.unit, row.amount, row.effective, row.own, kind, row.receiver)
      touched.add(who)
      const month = monthOfDay(row.effective)
      add(perEntity, [where, who, row.unit, row.account, kind, month, recorded], row.amount)
      add(perScope, [where, row.unit, row.account, kind, month, recorded], row.amount)
    }
    for (const who of touched) addTouch.run(who, position)
  }
}

const numbersOf = (posting: Posting, transaction: Transaction) => ({
  account: posting.account,
  unit: unitNumber(posting.unit),
  amount: posting.amount,
  effective: dayNumber(posting.effectiveDate ?? transaction.effectiveDate),
  own: posting.effectiveDate === undefined ? 0 : 1,
  receiver: posting.receiver ?? null,
})
