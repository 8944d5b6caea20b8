// Sums of postings by entity and month, and by scope and month: those of one commit are added up first, those of a rebuild as long as memory allows, so
// that each bucket is touched seldom. All sums of an entity in a scope and a recorded month are one row (packed-sums.ts).

import { openBytes } from './packed-lines.ts'
import {
  accountOfKind,
  categoryOfKind,
  eachSum,
  grow,
  kindOfWhat,
  monthAt,
  monthOfWhat,
  unitOfKind,
  whatNumber,
  writeSums,
} from './packed-sums.ts'
import type { Delta } from './packed-sums.ts'
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
/** Entity and scope in one number. */
const ENTITIES = 2 ** 32

export const openBuckets = (tables: Tables): Buckets => {
  const writeRows = openRowWriter(tables)
  const writeOfScope = openScopeWriter(tables)
  const homes = new Map<number, Map<number, Delta>>()
  let size = 0
  let last = { home: -1, sums: new Map<number, Delta>() }
  const sumsOf = (home: number): Map<number, Delta> => {
    if (last.home === home) return last.sums
    let sums = homes.get(home)
    if (sums === undefined) {
      sums = new Map()
      homes.set(home, sums)
    }
    last = { home, sums }
    return sums
  }
  const forget = (): void => {
    homes.clear()
    last = { home: -1, sums: new Map() }
    size = 0
  }
  return {
    add: ({ scope, entity, unit, account, category, amount }, month) => {
      if (grow(sumsOf(scope * ENTITIES + entity), whatNumber(unit, account, category, month), amount, 1, Math.sign(amount))) size += 1
    },
    flush: (recorded) => {
      if (size === 0) return
      writeOfScope(homes, recorded)
      writeRows(homes, recorded)
      forget()
    },
    size: () => size,
    forget,
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
  return (homes: ReadonlyMap<number, Map<number, Delta>>, recorded: number): void => {
    const rows: Value[] = []
    const places: number[] = []
    for (const home of Float64Array.from(homes.keys()).toSorted()) {
      const sums = homes.get(home) ?? new Map<number, Delta>()
      const entity = home % ENTITIES
      const scope = (home - entity) / ENTITIES
      const before = find.get(scope, entity, recorded)
      if (before !== undefined) eachSum(before, (what, amount, postings, signs) => void grow(sums, what, amount, postings, signs))
      bytes.clear()
      writeSums(bytes, sums)
      rows.push(scope, entity, recorded, Buffer.from(bytes.bytes()))
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
  return (homes: ReadonlyMap<number, Map<number, Delta>>, recorded: number): void => {
    const scopes = new Map<number, Map<number, Delta>>()
    for (const [home, sums] of homes) {
      const scope = Math.floor(home / ENTITIES)
      let ofScope = scopes.get(scope)
      if (ofScope === undefined) scopes.set(scope, (ofScope = new Map()))
      for (const [what, { amount, postings, signs }] of sums) grow(ofScope, what, amount, postings, signs)
    }
    for (const [scope, sums] of scopes) {
      const rows: number[] = []
      for (const [what, { amount, postings, signs }] of sums) {
        const kind = kindOfWhat(what)
        rows.push(
          scope,
          unitOfKind(kind),
          accountOfKind(kind),
          categoryOfKind(kind),
          monthAt(monthOfWhat(what)),
          recorded,
          amount,
          postings,
          signs,
        )
      }
      put(rows)
    }
  }
}
