// Sums of postings by entity and month, and by scope and month: those of one commit are added up first, those of a rebuild as long as memory allows, so
// that each bucket is touched seldom. Keys are packed in numbers: they are made for every posting.

import { insertMany } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'

export type Buckets = {
  readonly add: (line: BucketLine) => void
  /** Writes what has been added up. Only inside a transaction. */
  readonly flush: () => void
  readonly size: () => number
  /** After a rollback. */
  readonly forget: () => void
}

/** Months are yyyymm. */
export type BucketLine = {
  readonly scope: number
  readonly entity: number
  readonly unit: number
  readonly account: number
  readonly category: number
  readonly effective: number
  readonly recorded: number
  readonly amount: number
}

type Delta = { amount: number; postings: number; signs: number }

const BUCKET_COLUMNS = 10

const UNITS = 2
const ACCOUNTS = 10_000
const CATEGORIES = 1_024
const MONTHS = 4_096
const FIRST_YEAR = 1900
const MONTHS_OF_YEAR = 12

const monthNumber = (month: number): number => (Math.floor(month / 100) - FIRST_YEAR) * MONTHS_OF_YEAR + (month % 100) - 1
const monthAt = (number: number): number => (FIRST_YEAR + Math.floor(number / MONTHS_OF_YEAR)) * 100 + (number % MONTHS_OF_YEAR) + 1

export const openBuckets = ({ db }: Tables): Buckets => {
  const sum =
    'ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, postings = postings + excluded.postings, signs = signs + excluded.signs'
  const addBuckets = insertMany(db, 'INSERT', 'bucket', BUCKET_COLUMNS, sum)
  const addScopeBuckets = insertMany(db, 'INSERT', 'scope_bucket', BUCKET_COLUMNS - 1, sum)
  const addHomes = insertMany(db, 'INSERT OR IGNORE', 'entity_scope', 2)
  /** By what stands on an account, then by whose and when. */
  const deltas = new Map<number, Map<number, Delta>>()
  let size = 0
  const flush = (): void => {
    const homes = new Map<number, Set<number>>()
    for (const [what, ofWhat] of deltas) {
      const { scope, unit, account, category } = whatOf(what)
      const ofScope = new Map<number, Delta>()
      const rows: number[] = []
      const scopeRows: number[] = []
      const people = homes.get(scope) ?? new Set()
      homes.set(scope, people)
      for (const [whose, { amount, postings, signs }] of ofWhat) {
        const when = whose % (MONTHS * MONTHS)
        const entity = (whose - when) / (MONTHS * MONTHS)
        people.add(entity)
        const [effective, recorded] = [monthAt(Math.floor(when / MONTHS)), monthAt(when % MONTHS)]
        rows.push(scope, entity, unit, account, category, effective, recorded, amount, postings, signs)
        grow(ofScope, when, amount, postings, signs)
      }
      for (const [when, { amount, postings, signs }] of ofScope)
        scopeRows.push(scope, unit, account, category, monthAt(Math.floor(when / MONTHS)), monthAt(when % MONTHS), amount, postings, signs)
      addBuckets(rows)
      addScopeBuckets(scopeRows)
    }
    for (const [scope, people] of homes) addHomes([...people].flatMap((entity) => [entity, scope]))
    forget()
  }
  const forget = (): void => {
    deltas.clear()
    size = 0
  }
  return {
    add: ({ scope, entity, unit, account, category, effective, recorded, amount }) => {
      const what = ((scope * UNITS + unit) * ACCOUNTS + account) * CATEGORIES + category
      const whose = (entity * MONTHS + monthNumber(effective)) * MONTHS + monthNumber(recorded)
      let ofWhat = deltas.get(what)
      if (ofWhat === undefined) {
        ofWhat = new Map()
        deltas.set(what, ofWhat)
      }
      if (grow(ofWhat, whose, amount, 1, Math.sign(amount))) size += 1
    },
    flush,
    size: () => size,
    forget,
  }
}

/** True where there was none. */
const grow = (deltas: Map<number, Delta>, key: number, amount: number, postings: number, signs: number): boolean => {
  const known = deltas.get(key)
  if (known === undefined) {
    deltas.set(key, { amount, postings, signs })
    return true
  }
  known.amount += amount
  known.postings += postings
  known.signs += signs
  return false
}

const whatOf = (what: number): Pick<BucketLine, 'scope' | 'unit' | 'account' | 'category'> => {
  const category = what % CATEGORIES
  const rest = (what - category) / CATEGORIES
  const account = rest % ACCOUNTS
  const place = (rest - account) / ACCOUNTS
  return { scope: Math.floor(place / UNITS), unit: place % UNITS, account, category }
}
