// What postings add up to, by unit, account, category and recorded month, packed into one field for each scope, entity and effective month; the fields of
// entities whose numbers follow one another are one document, those of scopes as a whole (entity 0) stand by themselves. The writer knows those it wrote
// of late, so that most are written without being read.

import { Binary } from 'mongodb'
import { monthOfDay, recordedMonth } from './months.ts'
import { BY_ID, keyOf } from './mongo-keys.ts'
import type { Line, SumRow } from './mongo-tables.ts'
import type { Transaction } from './mongo-transaction.ts'
import { packNumbers, unpackNumbers } from './packed-numbers.ts'

/** `u` unit, `a` account, `c` category, `r` recorded month. */
export type Bucket = { readonly u: number; readonly a: number; readonly c: number; readonly r: number } & Amounts
type Amounts = { amount: number; postings: number; signs: number }

const FIELDS = 7

export const bucketsIn = (bytes: Uint8Array): Bucket[] => {
  const numbers = unpackNumbers(bytes)
  const buckets: Bucket[] = []
  for (let at = 0; at < numbers.length; at += FIELDS) {
    const [u = 0, a = 0, c = 0, r = 0, amount = 0, postings = 0, signs = 0] = numbers.slice(at, at + FIELDS)
    buckets.push({ u, a, c, r, amount, postings, signs })
  }
  return buckets
}

const packed = (buckets: Iterable<Bucket>): Uint8Array =>
  packNumbers([...buckets].flatMap(({ u, a, c, r, amount, postings, signs }) => [u, a, c, r, amount, postings, signs]))

/** Entities in one document; fewer where several towns share the book, since each has its own. */
const ENTITIES = 64

/** 0 for a scope as a whole. */
export const groupOf = (e: number): number => (e === 0 ? 0 : 1 + Math.floor(e / ENTITIES))

export const sumKey = (b: string, s: number, e: number, d: number): string => keyOf(b, s, groupOf(e), d)

/** Accounts have four digits, months six. */
const ACCOUNTS = 10_000
const MONTHS = 1_000_000

const bucketNumber = ({ u, a, c, r }: Bucket): number => ((c * 2 + u) * ACCOUNTS + a) * MONTHS + r

type Growing = { readonly s: number; readonly e: number; readonly d: number; readonly buckets: Map<number, Bucket> }

/** What lines add to each document, by a key of its own. */
const gathered = (transactions: readonly { readonly at: string; readonly lines: readonly Line[] }[]): Map<string, Growing> => {
  const sums = new Map<string, Growing>()
  const growing = (s: number, e: number, d: number): Growing => {
    const key = `${s} ${e} ${d}`
    const known = sums.get(key)
    if (known !== undefined) return known
    const fresh = { s, e, d, buckets: new Map<number, Bucket>() }
    sums.set(key, fresh)
    return fresh
  }
  for (const { at, lines } of transactions) {
    const r = recordedMonth(at)
    for (const { s, e, u, a, c, d: day, m } of lines) {
      const [d, signs] = [monthOfDay(day), Math.sign(m)]
      for (const who of [e, 0]) grow(growing(s, who, d).buckets, { u, a, c, r, amount: m, postings: 1, signs })
    }
  }
  return sums
}

const grow = (buckets: Map<number, Bucket>, more: Bucket): void => {
  const number = bucketNumber(more)
  const known = buckets.get(number)
  if (known === undefined) buckets.set(number, { ...more })
  else {
    known.amount += more.amount
    known.postings += more.postings
    known.signs += more.signs
  }
}

/** Adds postings to the sums they belong to. */
export const writeBuckets = async (
  transaction: Transaction,
  transactions: readonly { readonly at: string; readonly lines: readonly Line[] }[],
): Promise<void> => {
  const { tables, session, folded: b, memory, staged } = transaction
  const sums = gathered(transactions)
  const missing = [...sums].flatMap(([name, { s, e, d }]) => (memory.sums.get(name) === undefined ? [sumKey(b, s, e, d)] : []))
  const stored = new Map<string, SumRow['v']>()
  if (missing.length > 0)
    for await (const { _id, v } of tables.sum.find(
      { b, _id: { $in: [...new Set(missing)] } },
      { session, hint: BY_ID, projection: { v: 1 } },
    ))
      stored.set(_id, v)
  const puts = new Map<string, { readonly $set: Record<string, Binary>; readonly $setOnInsert: Pick<SumRow, 's' | 'g' | 'd'> }>()
  for (const [name, { s, e, d, buckets }] of sums) {
    const _id = sumKey(b, s, e, d)
    const before = memory.sums.get(name) ?? stored.get(_id)?.[e]?.value()
    const all = new Map((before === undefined ? [] : bucketsIn(before)).map((bucket) => [bucketNumber(bucket), bucket]))
    for (const more of buckets.values()) grow(all, more)
    const bytes = packed(all.values())
    staged.sums.set(name, bytes)
    const put = puts.get(_id) ?? { $set: {}, $setOnInsert: { s, g: groupOf(e), d } }
    put.$set[`v.${e}`] = new Binary(bytes)
    puts.set(_id, put)
  }
  const updates = [...puts].map(([_id, update]) => ({ updateOne: { filter: { _id, b }, update, upsert: true } }))
  if (updates.length > 0) await tables.sum.bulkWrite(updates, { session, ordered: false })
  await settle(transaction, sums)
}

/** Remembers in which scopes an entity has postings. */
const settle = async ({ tables, session, folded: b, memory, staged }: Transaction, sums: ReadonlyMap<string, Growing>): Promise<void> => {
  const homes = new Map<string, { readonly e: number; readonly s: number }>()
  for (const { e, s } of sums.values()) if (e !== 0) homes.set(keyOf(b, e, s), { e, s })
  const unknown = [...homes].filter(([_id]) => memory.homes.get(_id) === undefined)
  for (const [_id] of unknown) staged.homes.set(_id, true)
  const adds = unknown.map(([_id, home]) => ({ updateOne: { filter: { _id, b }, update: { $setOnInsert: home }, upsert: true } }))
  if (adds.length > 0) await tables.home.bulkWrite(adds, { session, ordered: false })
}
