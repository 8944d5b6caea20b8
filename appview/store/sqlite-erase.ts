// What a deletion takes out of the store, in the transaction that books it: content of the versions before an edit and of a deleted account's records;
// of a deleted record its uri as well; record and proof bytes of each. What stays folds to the same books (journal/residue.ts).
// Does not touch what a town of the roster has published as such: the books rest on it, and its statements name it.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from '../journal/model.ts'
import { emptied, eventOf, subjectOf, withEvent, withSubject, withdrawn, withdrawnKey } from '../journal/residue.ts'
import type { ErasedNames } from './erased-names.ts'
import { blanked, isBlank } from './proof-blanks.ts'
import { openRenamer } from './sqlite-rename.ts'
import { placeOf, uriNumber } from './sqlite-tables.ts'
import type { Tables } from './sqlite-tables.ts'

/** Erases what these new rows put an end to; true when there was anything. Only inside the transaction of `commit`, after the fold is written. */
export type Eraser = (rows: readonly IntakeRow[], isTown: (did: string) => boolean) => boolean

const TOWN_RECORDS: ReadonlySet<string> = new Set([
  nsid.admission,
  nsid.close,
  nsid.entry,
  nsid.hostBody,
  nsid.municipality,
  nsid.policy,
  nsid.rateTable,
  nsid.restatement,
  nsid.statement,
])

/** What one commit has erased: leaves whose proofs are to follow, and by giver's repo the occasions their actions spoke of. */
type Touched = { readonly leaves: Set<number>; readonly events: Map<string, Set<string>> }

export const openEraser = (tables: Tables, erased: ErasedNames): Eraser => {
  const rows = openRowsInPlace(tables)
  const rename = openRenamer(tables)
  const subjects = openSubjects(tables, erased)
  const touch = (touched: Touched, row: IntakeRow): void => {
    touched.leaves.add(row.leaf)
    const event = row.collection === nsid.action ? eventOf(row.value) : undefined
    if (event !== undefined) touched.events.set(row.repo, (touched.events.get(row.repo) ?? new Set()).add(event))
  }
  const empty = (row: IntakeRow, touched: Touched): void => {
    if (row.residue !== undefined) return
    touch(touched, row)
    rows.put(subjects.named(emptied(row)))
  }
  const withdraw = (last: IntakeRow, touched: Touched): void => {
    const rkey = withdrawnKey(last.leaf, last.op)
    const name = withdrawn(last, rkey).uri
    const versions = [...rows.versionsBefore(last), last]
    for (const row of versions) {
      touch(touched, row)
      rows.put(subjects.named(withdrawn(row, rkey)))
    }
    erased.add(last.uri, last.leaf, rkey)
    if (last.collection === nsid.action) {
      for (const row of subjects.take(last.uri, rows)) rows.put(withSubject(row, name))
      rename.action(last.uri, name, last.repo)
    } else {
      const spokenOf = versions.flatMap((row) => subjects.namesOf(row))
      rename.confirmation(last.uri, name, last.repo, spokenOf)
    }
  }
  return (added, isTown) => {
    const touched: Touched = { leaves: new Set(), events: new Map() }
    const isOffice = ({ collection, repo }: IntakeRow): boolean => TOWN_RECORDS.has(collection) && isTown(repo)
    for (const row of added) {
      if (isOffice(row)) continue
      if (row.source === 'account') {
        if (row.account?.active !== false || row.account.status !== 'deleted') continue
        const held = rows.ofRepo(row.repo).filter((old) => old.leaf < row.leaf && !isOffice(old))
        for (const old of held) empty(old, touched)
      } else if (row.collection === '') continue
      else if (row.action === 'delete') withdraw(row, touched)
      // What is created stands on nothing: its commit was seen to follow from the tree before it.
      else if (row.action === 'update') for (const old of rows.versionsBefore(row)) if (old.cid !== row.cid) empty(old, touched)
    }
    for (const [repo, events] of touched.events) hideEvents(rows, repo, events, erased)
    for (const leaf of touched.leaves) rows.followProof(leaf)
    return touched.leaves.size > 0
  }
}

/** An occasion that no record of the giver names any more gives way to its keyed hash. */
const hideEvents = (rows: RowsInPlace, repo: string, events: ReadonlySet<string>, erased: ErasedNames): void => {
  const actions = rows.ofRepo(repo).filter(({ collection }) => collection === nsid.action)
  const newest = new Map(actions.map((row) => [row.uri, row]))
  const living = new Set([...newest.values()].filter(({ action }) => action !== 'delete').map(({ value }) => eventOf(value)))
  for (const row of actions) {
    const event = eventOf(row.value)
    if (event !== undefined && events.has(event) && !living.has(event)) rows.put(withEvent(row, erased.hash(event)))
  }
}

type RowsInPlace = ReturnType<typeof openRowsInPlace>

const openRowsInPlace = ({ db, repo }: Tables) => {
  const before = db.prepare<[number, number], { row: string }>('SELECT row FROM intake WHERE uri = ? AND place < ? ORDER BY place')
  const ofRepo = db.prepare<[number], { row: string }>('SELECT row FROM intake WHERE repo = ? ORDER BY place')
  const between = db.prepare<[number, number], { row: string }>('SELECT row FROM intake WHERE place >= ? AND place < ? ORDER BY place')
  const size = db.prepare<[number], { bytes: number }>('SELECT octet_length(row) AS bytes FROM intake WHERE place = ?')
  const put = db.prepare('UPDATE intake SET uri = ?, row = ? WHERE place = ?')
  const proof = db.prepare<[number], { car: Buffer }>('SELECT car FROM proof WHERE leaf = ?')
  const putProof = db.prepare('UPDATE proof SET car = ? WHERE leaf = ?')
  const ofLeaf = (leaf: number) => between.all(placeOf(leaf, 0), placeOf(leaf + 1, 0)).map(parseRow)
  return {
    at: (place: number): IntakeRow[] => between.all(place, place + 1).map(parseRow),
    versionsBefore: ({ uri, leaf, op }: IntakeRow): IntakeRow[] =>
      before
        .all(uriNumber(uri), placeOf(leaf, op))
        .map(parseRow)
        .filter((row) => row.uri === uri),
    ofRepo: (did: string): IntakeRow[] => ofRepo.all(repo.find(did)).map(parseRow),
    /** Overwrites the row where it lies: filled up with blanks to the length it had. */
    put: (row: IntakeRow): void => {
      const place = placeOf(row.leaf, row.op)
      const text = Buffer.from(JSON.stringify(row))
      const bytes = Math.max(size.get(place)?.bytes ?? 0, text.length)
      put.run(uriNumber(row.uri), `${text.toString()}${' '.repeat(bytes - text.length)}`, place)
    },
    /** Takes the records that are gone out of a leaf's proof; all of it when none of its rows lives. */
    followProof: (leaf: number): void => {
      const car = proof.get(leaf)?.car
      if (car === undefined || isBlank(car)) return
      const proven = ofLeaf(leaf).filter(({ collection }) => collection !== '')
      const living = new Set(proven.filter(({ residue }) => residue === undefined).map(({ cid }) => cid))
      const gone = proven.flatMap(({ residue, cid }) => (residue === undefined || cid === null || living.has(cid) ? [] : [cid]))
      const isProof = proven.some(({ residue }) => residue === undefined)
      putProof.run(isProof ? blanked(car, new Set(gone)) : Buffer.alloc(car.length), leaf)
    },
  }
}

const parseRow = ({ row }: { row: string }): IntakeRow => JSON.parse(row)

/** Confirmations without content and the actions they speak of: by name once the action is withdrawn, and found again when it is. */
const openSubjects = ({ db }: Tables, erased: ErasedNames) => {
  const add = db.prepare('INSERT OR IGNORE INTO erased_subject VALUES (?, ?)')
  const places = db.prepare<[string], { place: number }>('SELECT place FROM erased_subject WHERE hash = ?')
  const drop = db.prepare('DELETE FROM erased_subject WHERE hash = ?')
  const spokenOf = (row: IntakeRow): string | undefined =>
    row.collection === nsid.confirmation && row.subject === undefined ? subjectOf(row.value) : undefined
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
