// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and the buckets they add up to.
// Only inside the transaction of `commit`.

import type { Changes, Posting, Refusal, Transaction as Booking } from '../journal/model.ts'
import { dayNumber, monthOfDay, recordedMonth } from './months.ts'
import { writeAsks } from './mongo-asks.ts'
import { putDocs, writeDues } from './mongo-docs.ts'
import { writeFlows } from './mongo-flows.ts'
import { keyOf } from './mongo-keys.ts'
import type { Amounts, Line, TxRow } from './mongo-tables.ts'
import type { Transaction } from './mongo-transaction.ts'
import { unitNumber } from './sqlite-tables.ts'

export const writeFold = async (transaction: Transaction, changes: Changes): Promise<void> => {
  await putDocs(transaction, changes.put)
  await writeAsks(transaction, changes.put)
  await writeDues(transaction, changes.dueAdd, changes.dueRemove)
  await writeRefusals(transaction, changes.refusals)
  if (changes.transactions.length === 0) return
  const rows = await rowsOf(transaction, changes.transactions)
  await transaction.tables.tx.insertMany(rows, { session: transaction.session })
  await writeFlows(transaction, changes.transactions)
  await writeBuckets(transaction, rows)
}

export const writeRefusals = async (transaction: Transaction, refusals: readonly Refusal[]): Promise<void> => {
  const { tables, session, folded: b, names } = transaction
  if (refusals.length === 0) return
  const repos = await names.did.write(refusals.map(({ repo }) => repo))
  const uris = await names.did.write(refusals.map(({ uri }) => uri))
  const values = await names.did.write(refusals.map((refusal) => JSON.stringify(refusal)))
  const adds = refusals.map(({ leaf, op, code }, index) => {
    const [repo, uri, value] = [repos[index] ?? '', uris[index] ?? '', values[index] ?? '']
    const filter = { _id: keyOf(b, repo, uri, leaf, op, code), b }
    return { updateOne: { filter, update: { $setOnInsert: { repo, uri, leaf, op, code, value } }, upsert: true } }
  })
  await tables.refusal.bulkWrite(adds, { session })
}

/** Names in the order of their first use: of a transaction its lines, of a line entity, scope, category. */
const rowsOf = async ({ folded: b, names, counters }: Transaction, bookings: readonly Booking[]): Promise<TxRow[]> => {
  const lines = bookings.flatMap((booking) => booking.lines)
  const entities = await names.entity.add(lines.map(({ entity }) => entity))
  const scopes = await names.scope.add(lines.map(({ scope }) => scope))
  const known = lines.map(({ category }) => category).filter((category) => category !== undefined)
  const categories = await names.category.add(known)
  const kinds = new Map(known.map((category, index) => [category, categories[index] ?? 0]))
  const heads = await names.did.write(bookings.map(headText))
  const actions = await names.did.write(bookings.map(({ action }) => action ?? ''))
  let at = 0
  return bookings.map((booking, index) => {
    const n = (counters.tx += 1)
    const numbered = booking.lines.map((posting): Line => {
      const line = lineOf(posting, booking.effectiveDate, entities[at] ?? 0, scopes[at] ?? 0, kinds.get(posting.category ?? '') ?? 0)
      at += 1
      return line
    })
    const { leaf, recordedAt, action } = booking
    const [head, who] = [heads[index] ?? '', [...new Set(numbered.map(({ e }) => e))]]
    return {
      _id: keyOf(b, n),
      b,
      n,
      leaf,
      at: recordedAt,
      action: action === null ? null : (actions[index] ?? ''),
      head,
      lines: numbered,
      who,
    }
  })
}

const headText = ({ lines: _lines, ...head }: Booking): string => JSON.stringify(head)

const lineOf = (posting: Posting, effectiveDate: string, e: number, s: number, c: number): Line => ({
  e,
  s,
  a: posting.account,
  u: unitNumber(posting.unit),
  m: posting.amount,
  d: dayNumber(posting.effectiveDate ?? effectiveDate),
  o: posting.effectiveDate === undefined ? 0 : 1,
  c,
  r: posting.receiver ?? null,
})

type Bucket = {
  readonly s: number
  readonly e: number
  readonly u: number
  readonly a: number
  readonly c: number
  readonly d: number
  readonly r: number
}
type Delta<K> = { readonly key: K; amount: number; postings: number; signs: number }

const add = <K>(deltas: Map<string, Delta<K>>, id: string, key: K, { amount, postings, signs }: Amounts): void => {
  const known = deltas.get(id)
  if (known === undefined) deltas.set(id, { key, amount, postings, signs })
  else {
    known.amount += amount
    known.postings += postings
    known.signs += signs
  }
}

export const bucketKey = (b: string, { s, e, d, u, a, c, r }: Bucket): string => keyOf(b, s, e, d, u, a, c, r)

const writeBuckets = async ({ tables, session, folded: b }: Transaction, rows: readonly TxRow[]): Promise<void> => {
  const [buckets, scopes] = [new Map<string, Delta<Bucket>>(), new Map<string, Delta<Omit<Bucket, 'e'>>>()]
  const homes = new Map<string, { readonly e: number; readonly s: number }>()
  for (const { lines, at } of rows)
    for (const { s, e, u, a, c, d: day, m } of lines) {
      const [d, r] = [monthOfDay(day), recordedMonth(at)]
      const sum = { amount: m, postings: 1, signs: Math.sign(m) }
      add(buckets, bucketKey(b, { s, e, u, a, c, d, r }), { s, e, u, a, c, d, r }, sum)
      add(scopes, keyOf(b, s, d, u, a, c, r), { s, u, a, c, d, r }, sum)
      homes.set(keyOf(b, e, s), { e, s })
    }
  const grow = <K extends object>([_id, { key, amount, postings, signs }]: [string, Delta<K>]) => ({
    updateOne: { filter: { _id, b }, update: { $inc: { amount, postings, signs }, $setOnInsert: { ...key } }, upsert: true },
  })
  const unordered = { session, ordered: false }
  await tables.bucket.bulkWrite([...buckets].map(grow), unordered)
  await tables.scopeBucket.bulkWrite([...scopes].map(grow), unordered)
  const settled = [...homes].map(([_id, home]) => ({ updateOne: { filter: { _id, b }, update: { $setOnInsert: home }, upsert: true } }))
  await tables.home.bulkWrite(settled, unordered)
}
