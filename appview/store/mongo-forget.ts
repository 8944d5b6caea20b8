// The erasure of an account at the desk and in the outbox of a store on MongoDB, in the transaction that books it: what entries about the person stand for
// and the line in the register go; wherever else the DID stands, the name takes its place.

import type { ClientSession, Collection, Db } from 'mongodb'
import type { Erasure } from '../journal/erasure.ts'
import { begins, keyOf } from './mongo-keys.ts'
import { DIDS } from './mongo-names.ts'

type Row = { readonly _id: string; readonly b: string }

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

export const forgetAtDesk = async (db: Db, book: string, session: ClientSession, { did, name }: Erasure): Promise<void> => {
  const towns = { b: begins(keyOf(book, '')), _id: begins(keyOf(book, '')) }
  const about = { payload: 'null', salt: null, about: [] }
  await db.collection<Row & { about: readonly string[] }>('desk_entry').updateMany({ ...towns, about: did }, { $set: about }, { session })
  await db.collection<Row & { did: string }>('desk_resident').deleteMany({ ...towns, did }, { session })
  const change = (text: string): string => text.replace(DIDS, (one) => (one === did ? name : one))
  const part = { $regex: escaped(did) }
  for (const [table, fields] of TABLES) {
    const rows: Collection<Row> = db.collection<Row>(table)
    const filter = { b: begins(book), _id: begins(keyOf(book, '')), $or: fields.map((field) => ({ [field]: part })) }
    for (const row of await rows.aggregate<Row>([{ $match: filter }], { session }).toArray()) {
      const changed = parseRow(JSON.parse(change(JSON.stringify(row))))
      await rows.deleteOne({ _id: row._id, b: row.b }, { session })
      await rows.insertOne(changed, { session })
    }
  }
}

/** Where a person's DID may stand, in rows of plain JSON. */
const TABLES: readonly (readonly [table: string, fields: readonly string[]])[] = [
  ['desk_role', ['did', 'grantedBy', 'endedBy']],
  ['desk_draft', ['draft']],
  ['desk_audit', ['on', 'entry']],
  ['desk_entry', ['payload']],
  ['outbox', ['repo', 'record']],
  ['job', ['job']],
]

const parseRow = (value: unknown): Row => value as Row
