// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and what these add up to.
// Only inside the transaction of `commit`.

import type { Changes, Posting, Refusal, Transaction as Booking } from '../journal/model.ts'
import { dayNumber } from './months.ts'
import { writeAsks } from './mongo-asks.ts'
import { writeBuckets } from './mongo-buckets.ts'
import { putDocs, writeDues } from './mongo-docs.ts'
import { writeFlows } from './mongo-flows.ts'
import { keyOf } from './mongo-keys.ts'
import { pagesOf } from './mongo-pages.ts'
import type { Line } from './mongo-tables.ts'
import type { Transaction } from './mongo-transaction.ts'
import { unitNumber } from './sqlite-tables.ts'

export const writeFold = async (transaction: Transaction, changes: Changes): Promise<void> => {
  const docs = new Map(changes.put)
  await putDocs(transaction, docs)
  await writeAsks(transaction, docs)
  await writeDues(transaction, changes.dueAdd, changes.dueRemove)
  await writeRefusals(transaction, changes.refusals)
  if (changes.transactions.length === 0) return
  const { tables, session, folded: b, counters } = transaction
  const booked = await numbered(transaction, changes.transactions)
  await tables.page.insertMany(pagesOf(b, counters.tx, booked), { session })
  counters.tx += booked.length
  counters.postings += booked.reduce((sum, { lines }) => sum + lines.length, 0)
  await writeFlows(transaction, changes.transactions)
  await writeBuckets(transaction, booked)
}

export const writeRefusals = async (transaction: Transaction, refusals: readonly Refusal[]): Promise<void> => {
  const { tables, session, folded: b, names, counters } = transaction
  if (refusals.length === 0) return
  const repos = await names.did.write(refusals.map(({ repo }) => repo))
  const uris = await names.did.write(refusals.map(({ uri }) => uri))
  const values = await names.did.write(refusals.map((refusal) => JSON.stringify(refusal)))
  const adds = refusals.map(({ leaf, op, code }, index) => {
    const [repo, uri, value] = [repos[index] ?? '', uris[index] ?? '', values[index] ?? '']
    const filter = { _id: keyOf(b, repo, uri, leaf, op, code), b }
    return { updateOne: { filter, update: { $setOnInsert: { repo, uri, leaf, op, code, value } }, upsert: true } }
  })
  const { upsertedCount } = await tables.refusal.bulkWrite(adds, { session })
  counters.refusals += upsertedCount
}

/** Names in the order of their first use: of a transaction its lines, of a line entity, scope, category. */
const numbered = async ({ names }: Transaction, bookings: readonly Booking[]) => {
  const lines = bookings.flatMap((booking) => booking.lines)
  const entities = await names.entity.add(lines.map(({ entity }) => entity))
  const scopes = await names.scope.add(lines.map(({ scope }) => scope))
  const known = lines.map(({ category }) => category).filter((category) => category !== undefined)
  const categories = await names.category.add(known)
  const kinds = new Map(known.map((category, index) => [category, categories[index] ?? 0]))
  const heads = await names.did.write(bookings.map(headText))
  const actions = await names.did.write(bookings.map(({ action }) => action ?? ''))
  let at = 0
  return bookings.map(({ leaf, recordedAt, action, effectiveDate, lines: postings }, index) => {
    const own = postings.map((posting): Line => {
      const line = lineOf(posting, effectiveDate, entities[at] ?? 0, scopes[at] ?? 0, kinds.get(posting.category ?? '') ?? 0)
      at += 1
      return line
    })
    return { leaf, at: recordedAt, action: action === null ? null : (actions[index] ?? ''), head: heads[index] ?? '', lines: own }
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
