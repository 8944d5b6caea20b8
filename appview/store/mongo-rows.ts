// Rows of intake and their proofs as they are written over, and what rows without content speak of. Only inside a transaction.

import { Binary } from 'mongodb'
import type { IntakeRow } from '../journal/model.ts'
import { keepsRecord, subjectOf, withSubject } from '../journal/residue.ts'
import type { ErasedNames } from './mongo-erased-names.ts'
import { placeOfRow, putRow, rowsBetween, rowsLike } from './mongo-intake-pages.ts'
import { keyOf, placeKey } from './mongo-keys.ts'
import type { Transaction } from './mongo-transaction.ts'
import { blanked } from './proof-blanks.ts'
import { placeOf } from './places.ts'

export type Rows = ReturnType<typeof rowsIn>

export const rowsIn = (transaction: Transaction) => {
  const { tables, session } = transaction
  const { proof, book: b } = tables
  const ofLeaf = (leaf: number): Promise<IntakeRow[]> => rowsBetween(transaction, placeOf(leaf, 0), placeOf(leaf + 1, 0))
  return {
    at: async (places: readonly number[]): Promise<IntakeRow[]> => {
      const rows: IntakeRow[] = []
      for (const place of places) rows.push(...(await rowsBetween(transaction, place, place + 1)))
      return rows
    },
    versionsBefore: async (row: IntakeRow): Promise<IntakeRow[]> => {
      const [uri = ''] = await transaction.names.did.seek([row.uri])
      return (await rowsLike(transaction, { uri })).filter((one) => placeOfRow(one) < placeOfRow(row))
    },
    ofRepo: async (did: string): Promise<IntakeRow[]> => {
      const [repo = 0] = await transaction.names.did.find([did])
      return rowsLike(transaction, { repo })
    },
    /** Rows of others that name this DID, by its number. */
    naming: (did: number): Promise<IntakeRow[]> => rowsLike(transaction, { names: did }),
    put: async (row: IntakeRow, change: (text: string) => string = (text) => text): Promise<void> => {
      const [text = ''] = await transaction.names.did.write([JSON.stringify(row)])
      await putRow(transaction, row, change(text))
    },
    /** Takes the records that are gone out of a leaf's proof; all of it when none of its rows lives. */
    followProof: async (leaf: number): Promise<void> => {
      const here = { _id: keyOf(b, leaf), b }
      const found = await proof.findOne(here, { session })
      if (found === null) return
      const proven = (await ofLeaf(leaf)).filter(({ collection }) => collection !== '')
      const living = new Set(proven.filter(keepsRecord).map(({ cid }) => cid))
      const gone = proven.flatMap((row) => (keepsRecord(row) || row.cid === null || living.has(row.cid) ? [] : [row.cid]))
      if (living.size === 0) await proof.deleteOne(here, { session })
      else await proof.updateOne(here, { $set: { car: new Binary(blanked(found.car.value(), new Set(gone))) } }, { session })
    },
  }
}

/** Rows without content and the records they speak of: by name once the action is withdrawn, and found again when it is. */
export const subjectsIn = (transaction: Transaction, erased: ErasedNames) => {
  const { tables, session } = transaction
  const { erasedSubject, book: b } = tables
  const spokenOf = (row: IntakeRow): string | undefined => (row.subject === undefined ? subjectOf(row) : undefined)
  const nameAt = async (uri: string, leaf: number): Promise<string | undefined> => (await erased.of(transaction, [uri])).at(uri, leaf)
  return {
    nameAt,
    /** Every name under which the books may know what a row speaks of. */
    namesOf: async (row: IntakeRow): Promise<string[]> => {
      const uri = spokenOf(row)
      if (row.subject !== undefined) return [row.subject]
      return uri === undefined ? [] : [(await nameAt(uri, row.leaf)) ?? uri]
    },
    named: async (row: IntakeRow): Promise<IntakeRow> => {
      const uri = spokenOf(row)
      if (uri === undefined) return row
      const name = await nameAt(uri, row.leaf)
      if (name !== undefined) return withSubject(row, name)
      const place = placeOf(row.leaf, row.op)
      const [_id, hash] = [placeKey(keyOf(b, erased.hash(uri)), place), erased.hash(uri)]
      await erasedSubject.updateOne({ _id, b }, { $setOnInsert: { hash, place } }, { session, upsert: true })
      return row
    },
    take: async (uri: string, rows: Rows): Promise<IntakeRow[]> => {
      const here = { b, hash: erased.hash(uri) }
      const found = await erasedSubject.find(here, { session, sort: { _id: 1 } }).toArray()
      if (found.length === 0) return []
      const taken = await rows.at(found.map(({ place }) => place))
      await erasedSubject.deleteMany(here, { session })
      return taken
    },
  }
}
