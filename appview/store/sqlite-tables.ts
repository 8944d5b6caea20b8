// The opened tables of an appview's file: the handle and the interned keys that the parts of the store share.

import type { Database } from '../../server/sqlite.ts'
import type { Unit } from '../journal/model.ts'
import { openDids } from './sqlite-dids.ts'
import type { Dids } from './sqlite-dids.ts'
import { openDocs } from './sqlite-docs.ts'
import type { Docs } from './sqlite-docs.ts'
import { intern } from './sqlite-intern.ts'
import type { Interned } from './sqlite-intern.ts'
import { numberOf } from './number-of.ts'

export type Tables = {
  readonly db: Database
  readonly dids: Dids
  readonly entity: Interned
  readonly scope: Interned
  readonly category: Interned
  readonly docs: Docs
  /** A number for a uri as it is stored. Two uris may share one: whoever looks up by it compares the uri too. */
  readonly uriNumber: (uri: string) => number
  /** What is remembered of rows, after a rollback or a reset. */
  forget(): void
  onForget(forget: () => void): void
}

export const openTables = (db: Database): Tables => {
  const dids = openDids(db)
  const entity = intern(db, 'entity', 'key', dids)
  const scope = intern(db, 'scope', 'key')
  const category = intern(db, 'category', 'key')
  const docs = openDocs(db, dids)
  const others: (() => void)[] = []
  return {
    db,
    dids,
    entity,
    scope,
    category,
    docs,
    uriNumber: (uri) => numberOf(dids.seek(uri)),
    onForget: (forget) => void others.push(forget),
    forget: () => {
      for (const forget of others) forget()
      for (const one of [dids, entity, scope, category, docs]) one.forget()
    },
  }
}

const OPS_OF_A_LEAF = 2 ** 21

/** Leaf and op in one number, in their order; exact for four thousand million leaves. */
export const placeOf = (leaf: number, op: number): number => leaf * OPS_OF_A_LEAF + Math.min(op, OPS_OF_A_LEAF - 1)

export const leafOfPlace = (place: number): number => Math.floor(place / OPS_OF_A_LEAF)

const UNITS: readonly Unit[] = ['MIN', 'JPY']

export const unitNumber = (unit: Unit): number => UNITS.indexOf(unit)

export const unitOf = (number: number): Unit => UNITS[number] ?? 'MIN'
