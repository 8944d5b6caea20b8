// The opened tables of an appview's file: the handle and the interned keys that the parts of the store share.

import type { Database } from '../../server/sqlite.ts'
import type { Unit } from '../journal/model.ts'
import { openAskWriter } from './sqlite-asks.ts'
import type { AskWriter } from './sqlite-asks.ts'
import { openDids } from './sqlite-dids.ts'
import type { Dids } from './sqlite-dids.ts'
import { openDocs } from './sqlite-docs.ts'
import { openDues } from './sqlite-dues.ts'
import type { Dues } from './sqlite-dues.ts'
import type { Docs, DocsRoom } from './sqlite-docs.ts'
import { intern } from './sqlite-intern.ts'
import type { Interned } from './sqlite-intern.ts'
import { numberOf } from './number-of.ts'

export type Tables = {
  readonly db: Database
  readonly room: Room
  readonly dids: Dids
  readonly entity: Interned
  readonly scope: Interned
  readonly category: Interned
  /** Rate tables by uri and CID. */
  readonly rate: Interned
  readonly asks: AskWriter
  readonly docs: Docs
  readonly dues: Dues
  /** A number for a uri as it is stored. Two uris may share one: whoever looks up by it compares the uri too. */
  readonly uriNumber: (uri: string) => number
  /** What is remembered of rows, after a rollback or a reset. */
  readonly forget: () => void
  readonly onForget: (forget: () => void) => void
}

/** What a rebuild holds in memory before it writes: documents, buckets, entities touched by transactions. */
export type Room = { readonly docs: DocsRoom; readonly buckets: number; readonly touches: number }

const USUAL_ROOM: Room = {
  docs: { ofRecords: { values: 4_000_000, texts: 16_000_000 }, ofOthers: { values: 40_000_000, texts: 16_000_000 } },
  buckets: 300_000,
  touches: 2_000_000,
}

export const openTables = (db: Database, room = USUAL_ROOM): Tables => {
  const dids = openDids(db)
  const entity = intern(db, 'entity', 'key', dids)
  const scope = intern(db, 'scope', 'key')
  const category = intern(db, 'category', 'key')
  const rate = intern(db, 'rate', 'key', dids)
  const asks = openAskWriter(db, dids)
  const docs = openDocs(db, dids, room.docs, asks)
  const dues = openDues(db, dids)
  const others: (() => void)[] = []
  return {
    db,
    room,
    dids,
    entity,
    scope,
    category,
    rate,
    asks,
    docs,
    dues,
    uriNumber: (uri) => numberOf(dids.seek(uri)),
    onForget: (forget) => void others.push(forget),
    forget: () => {
      for (const forget of others) forget()
      for (const one of [dids, entity, scope, category, rate, docs, dues]) one.forget()
    },
  }
}

const UNITS: readonly Unit[] = ['MIN', 'JPY']

export const unitNumber = (unit: Unit): number => UNITS.indexOf(unit)

export const unitOf = (number: number): Unit => UNITS[number] ?? 'MIN'
