// Rows of intake and their proofs as they are overwritten where they lie, and what rows without content speak of.

import type { IntakeRow } from '../journal/model.ts'
import { keepsRecord, subjectOf, withSubject } from '../journal/residue.ts'
import type { ErasedNames } from './erased-names.ts'
import { blanked, isBlank } from './proof-blanks.ts'
import { placeOf } from './places.ts'
import { rowOfText, textOfRow } from './row-text.ts'
import type { Tables } from './sqlite-tables.ts'

const NO_KEY = 0

type Stored = { readonly row: string }

export type RowsInPlace = ReturnType<typeof openRowsInPlace>

export const openRowsInPlace = ({ db, dids, uriNumber }: Tables) => {
  const readRow = ({ row }: Stored): IntakeRow => rowOfText(dids.read(row))
  const before = db.prepare<[number, number], Stored>('SELECT row FROM intake WHERE uri = ? AND place < ? ORDER BY place')
  const ofRepo = db.prepare<[number], Stored>('SELECT row FROM intake WHERE repo = ? ORDER BY place')
  const between = db.prepare<[number, number], Stored>('SELECT row FROM intake WHERE place >= ? AND place < ? ORDER BY place')
  const size = db.prepare<[number], { bytes: number }>('SELECT octet_length(row) AS bytes FROM intake WHERE place = ?')
  const put = db.prepare('UPDATE intake SET uri = ?, row = ? WHERE place = ?')
  const proof = db.prepare<[number], { car: Buffer }>('SELECT car FROM proof WHERE leaf = ?')
  const keyOf = db.prepare<[number], { key_use: number }>('SELECT key_use FROM proof WHERE leaf = ?')
  const putKey = db.prepare('UPDATE proof SET key_use = ? WHERE leaf = ?')
  const dropKey = db.prepare(
    'UPDATE key_use SET number = 0, did_key = zeroblob(octet_length(did_key)), evidence = zeroblob(octet_length(evidence)) WHERE id = ?',
  )
  const putProof = db.prepare('UPDATE proof SET car = ? WHERE leaf = ?')
  const ofLeaf = (leaf: number) => between.all(placeOf(leaf, 0), placeOf(leaf + 1, 0)).map(readRow)
  return {
    at: (place: number): IntakeRow[] => between.all(place, place + 1).map(readRow),
    versionsBefore: ({ uri, leaf, op }: IntakeRow): IntakeRow[] =>
      before
        .all(uriNumber(uri), placeOf(leaf, op))
        .map(readRow)
        .filter((row) => row.uri === uri),
    ofRepo: (did: string): IntakeRow[] => ofRepo.all(dids.find(did)).map(readRow),
    /** Overwrites the row where it lies: filled up with blanks to the length it had. */
    put: (row: IntakeRow, change: (text: string) => string = (text) => text): void => {
      const place = placeOf(row.leaf, row.op)
      const text = change(dids.write(textOfRow(row)))
      const spare = (size.get(place)?.bytes ?? 0) - Buffer.byteLength(text)
      put.run(uriNumber(row.uri), `${text}${' '.repeat(Math.max(0, spare))}`, place)
    },
    /** Of a proof that is gone altogether also the key that signed it. */
    forgetKey: (leaf: number): void => {
      const use = keyOf.get(leaf)?.key_use
      if (use === undefined || use === NO_KEY) return
      putKey.run(NO_KEY, leaf)
      dropKey.run(use)
    },
    /** Takes the records that are gone out of a leaf's proof; all of it when none of its rows lives. */
    followProof: (leaf: number): void => {
      const car = proof.get(leaf)?.car
      if (car === undefined || isBlank(car)) return
      const proven = ofLeaf(leaf).filter(({ collection }) => collection !== '')
      const living = new Set(proven.filter(keepsRecord).map(({ cid }) => cid))
      const gone = proven.flatMap((row) => (keepsRecord(row) || row.cid === null || living.has(row.cid) ? [] : [row.cid]))
      const isProof = proven.some(keepsRecord)
      putProof.run(isProof ? blanked(car, new Set(gone)) : Buffer.alloc(car.length), leaf)
    },
  }
}

/** Rows without content and the records they speak of: by name once the action is withdrawn, and found again when it is. */
export const openSubjects = ({ db }: Tables, erased: ErasedNames) => {
  const add = db.prepare('INSERT OR IGNORE INTO erased_subject VALUES (?, ?)')
  const places = db.prepare<[string], { place: number }>('SELECT place FROM erased_subject WHERE hash = ?')
  const drop = db.prepare('DELETE FROM erased_subject WHERE hash = ?')
  const spokenOf = (row: IntakeRow): string | undefined => (row.subject === undefined ? subjectOf(row) : undefined)
  return {
    /** Every name under which the books may know what a row speaks of. */
    namesOf: (row: IntakeRow): string[] => {
      const uri = spokenOf(row)
      if (row.subject !== undefined) return [row.subject]
      return uri === undefined ? [] : [erased.at(uri, row.leaf) ?? uri]
    },
    named: (row: IntakeRow): IntakeRow => {
      const uri = spokenOf(row)
      if (uri === undefined) return row
      const name = erased.at(uri, row.leaf)
      if (name !== undefined) return withSubject(row, name)
      add.run(erased.hash(uri), placeOf(row.leaf, row.op))
      return row
    },
    take: (uri: string, rows: RowsInPlace): IntakeRow[] => {
      const found = places.all(erased.hash(uri)).flatMap(({ place }) => rows.at(place))
      drop.run(erased.hash(uri))
      return found
    },
  }
}
