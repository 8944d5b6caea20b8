// What a deletion takes out of the store, in the transaction that books it: content of the versions before an edit and of a deleted account's records;
// of a deleted record its uri as well; record and proof bytes of each. What stays folds to the same books (journal/residue.ts).
// Does not touch what a town of the roster has published as such: the books rest on it, and its statements name it.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from '../journal/model.ts'
import { TOWN_RECORDS, emptied, eventOf, withEvent, withSubject, withdrawn, withdrawnKey } from '../journal/residue.ts'
import type { ErasedNames } from './erased-names.ts'
import { openRenamer } from './sqlite-rename.ts'
import { openRowsInPlace, openSubjects } from './sqlite-rows.ts'
import type { RowsInPlace } from './sqlite-rows.ts'
import type { Tables } from './sqlite-tables.ts'

/** Erases what these new rows put an end to; true when there was anything. Only inside the transaction of `commit`, after the fold is written. */
export type Eraser = (rows: readonly IntakeRow[], isTown: (did: string) => boolean) => boolean

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
