// Sums of postings by entity and month, and by scope and month: those of one commit are added up first, those of a rebuild as long as memory allows, so
// that each bucket is touched seldom. All sums of an entity in a scope and a recorded month are one row (packed-sums.ts).

import { openBytes } from './packed-lines.ts'
import { accountOfKind, categoryOfKind, eachSum, kindNumber, monthAt, unitOfKind, writeSum } from './packed-sums.ts'
import { createSumTable } from './sum-table.ts'
import type { SumTable } from './sum-table.ts'
import { insertMany } from './sqlite-many.ts'
import type { Value } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'

export const bucketsSql = `
CREATE TABLE entity_scope (entity INTEGER NOT NULL, scope INTEGER NOT NULL, PRIMARY KEY (entity, scope)) WITHOUT ROWID;
CREATE TABLE bucket (
  scope INTEGER NOT NULL, entity INTEGER NOT NULL, recorded INTEGER NOT NULL, sums BLOB NOT NULL, PRIMARY KEY (scope, entity, recorded)
) WITHOUT ROWID;
CREATE TABLE scope_bucket (
  scope INTEGER NOT NULL, unit INTEGER NOT NULL, account INTEGER NOT NULL, category INTEGER NOT NULL,
  effective INTEGER NOT NULL, recorded INTEGER NOT NULL, amount INTEGER NOT NULL, postings INTEGER NOT NULL, signs INTEGER NOT NULL,
  PRIMARY KEY (scope, effective, unit, account, category, recorded)
) WITHOUT ROWID;
`

export type Buckets = {
  /** `month`: the effective one as its number. */
  readonly add: (line: BucketLine, month: number) => void
  /** Writes what has been added up; it was recorded in this month (yyyymm). Only inside a transaction. */
  readonly flush: (recorded: number) => void
  readonly size: () => number
  /** After a rollback. */
  readonly forget: () => void
}

export type BucketLine = {
  readonly scope: number
  readonly entity: number
  readonly unit: number
  readonly account: number
  readonly category: number
  readonly amount: number
}

const BUCKET_COLUMNS = 4
const SCOPE_BUCKET_COLUMNS = 9
/** Values of rows that are gathered before they are written. */
const MOST_VALUES = 4_096
/** Entity and scope in one number. */
const ENTITIES = 2 ** 32

export const openBuckets = (tables: Tables): Buckets => {
  const writeRows = openRowWriter(tables)
  const writeOfScope = openScopeWriter(tables)
  const homes = createSumTable()
  return {
    add: ({ scope, entity, unit, account, category, amount }, month) =>
      homes.add(scope * ENTITIES + entity, kindNumber(unit, account, category), month, amount, 1, Math.sign(amount)),
    flush: (recorded) => {
      if (homes.size() === 0) return
      writeOfScope(homes, recorded)
      writeRows(homes, recorded)
      homes.clear()
    },
    size: homes.size,
    forget: homes.clear,
  }
}

/** One row for each home, in their order. What is there already is added to what is given. */
const openRowWriter = ({ db, onForget }: Tables) => {
  const find = db
    .prepare<[number, number, number], Uint8Array>('SELECT sums FROM bucket WHERE scope = ? AND entity = ? AND recorded = ?')
    .pluck()
  const put = insertMany(db, 'INSERT', 'bucket', BUCKET_COLUMNS, 'ON CONFLICT DO UPDATE SET sums = excluded.sums')
  const addHomes = insertMany(db, 'INSERT OR IGNORE', 'entity_scope', 2)
  const bytes = openBytes()
  const known = new Set<number>()
  onForget(() => known.clear())
  return (homes: SumTable, recorded: number): void => {
    let rows: Value[] = []
    const places: number[] = []
    for (const home of homes.owners()) {
      const entity = home % ENTITIES
      const scope = (home - entity) / ENTITIES
      const before = find.get(scope, entity, recorded)
      if (before !== undefined)
        eachSum(before, (kind, month, amount, postings, signs) => homes.add(home, kind, month, amount, postings, signs))
      bytes.clear()
      let last = 0
      for (const place of homes.placesOf(home)) last = writeSum(bytes, homes.sumAt(place), last)
      rows.push(scope, entity, recorded, bytes.bytes().slice())
      if (rows.length >= MOST_VALUES) {
        put(rows)
        rows = []
      }
      if (known.has(home)) continue
      known.add(home)
      places.push(entity, scope)
    }
    put(rows)
    addHomes(places)
  }
}

const openScopeWriter = ({ db }: Tables) => {
  const sum =
    'ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, postings = postings + excluded.postings, signs = signs + excluded.signs'
  const put = insertMany(db, 'INSERT', 'scope_bucket', SCOPE_BUCKET_COLUMNS, sum)
  const scopes = createSumTable()
  return (homes: SumTable, recorded: number): void => {
    for (let place = 0; place < homes.size(); place += 1) {
      const { owner, kind, month, amount, postings, signs } = homes.sumAt(place)
      scopes.add(Math.floor(owner / ENTITIES), kind, month, amount, postings, signs)
    }
    const rows: number[] = []
    for (let place = 0; place < scopes.size(); place += 1) {
      const { owner, kind, month, amount, postings, signs } = scopes.sumAt(place)
      const what = [unitOfKind(kind), accountOfKind(kind), categoryOfKind(kind)]
      rows.push(owner, ...what, monthAt(month), recorded, amount, postings, signs)
    }
    put(rows)
    scopes.clear()
  }
}
