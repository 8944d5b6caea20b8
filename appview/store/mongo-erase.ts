// What a deletion takes out of the store, in the transaction that books it: content of the versions before an edit and of a deleted account's records;
// of a deleted record its uri as well; record and proof bytes of each. What stays folds to the same books (journal/residue.ts).
// Does not touch what a town of the roster has published as such: the books rest on it, and its statements name it.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from '../journal/model.ts'
import { TOWN_RECORDS, emptied, eventOf, withEvent, withSubject, withdrawn, withdrawnKey } from '../journal/residue.ts'
import { inBooks } from './kept-roster.ts'
import type { ErasedNames } from './mongo-erased-names.ts'
import { renameAction, renameConfirmation } from './mongo-rename.ts'
import { rowsIn, subjectsIn } from './mongo-rows.ts'
import type { Rows } from './mongo-rows.ts'
import { foldsOf } from './mongo-transaction.ts'
import type { Transaction } from './mongo-transaction.ts'

/** What one commit has erased: leaves whose proofs are to follow, and by giver's repo the occasions their actions spoke of. */
type Touched = { readonly leaves: Set<number>; readonly events: Map<string, Set<string>> }

const touch = (touched: Touched, row: IntakeRow): void => {
  touched.leaves.add(row.leaf)
  const event = row.collection === nsid.action ? eventOf(row.value) : undefined
  if (event !== undefined) touched.events.set(row.repo, (touched.events.get(row.repo) ?? new Set()).add(event))
}

/** Erases what these new rows put an end to, after the fold is written. */
export const erase = async (transaction: Transaction, erased: ErasedNames, added: readonly IntakeRow[]): Promise<void> => {
  const roster = inBooks(transaction.state.roster)
  const [rows, subjects] = [rowsIn(transaction), subjectsIn(transaction, erased)]
  const touched: Touched = { leaves: new Set(), events: new Map() }
  const isOffice = ({ collection, repo }: IntakeRow): boolean => TOWN_RECORDS.has(collection) && roster.some(({ did }) => did === repo)
  const empty = async (row: IntakeRow): Promise<void> => {
    if (row.residue !== undefined) return
    touch(touched, row)
    await rows.put(await subjects.named(emptied(row)))
  }
  for (const row of added) {
    if (isOffice(row)) continue
    if (row.source === 'account') {
      if (row.account?.active !== false || row.account.status !== 'deleted') continue
      const held = (await rows.ofRepo(row.repo)).filter((old) => old.leaf < row.leaf && !isOffice(old))
      for (const old of held) await empty(old)
    } else if (row.collection === '') continue
    else if (row.action === 'delete') await withdraw(transaction, erased, row, touched)
    // What is created stands on nothing: its commit was seen to follow from the tree before it.
    else if (row.action === 'update') for (const old of await rows.versionsBefore(row)) if (old.cid !== row.cid) await empty(old)
  }
  for (const [repo, events] of touched.events) await hideEvents(rows, repo, events, erased)
  for (const leaf of touched.leaves) await rows.followProof(leaf)
}

const withdraw = async (transaction: Transaction, erased: ErasedNames, last: IntakeRow, touched: Touched): Promise<void> => {
  const [rows, subjects] = [rowsIn(transaction), subjectsIn(transaction, erased)]
  const rkey = withdrawnKey(last.leaf, last.op)
  const name = withdrawn(last, rkey).uri
  const versions = [...(await rows.versionsBefore(last)), last]
  for (const row of versions) {
    touch(touched, row)
    await rows.put(await subjects.named(withdrawn(row, rkey)))
  }
  await erased.add(transaction, last.uri, last.leaf, rkey)
  if (last.collection === nsid.action) {
    for (const row of await subjects.take(last.uri, rows)) await rows.put(withSubject(row, name))
    for (const fold of foldsOf(transaction)) await renameAction(fold, last.uri, name, last.repo)
    return
  }
  const spokenOf: string[] = []
  for (const row of versions) spokenOf.push(...(await subjects.namesOf(row)))
  for (const fold of foldsOf(transaction)) await renameConfirmation(fold, last.uri, name, last.repo, spokenOf)
}

/** An occasion that no record of the giver names any more gives way to its keyed hash. */
const hideEvents = async (rows: Rows, repo: string, events: ReadonlySet<string>, erased: ErasedNames): Promise<void> => {
  const actions = (await rows.ofRepo(repo)).filter(({ collection }) => collection === nsid.action)
  const newest = new Map(actions.map((row) => [row.uri, row]))
  const living = new Set([...newest.values()].filter(({ action }) => action !== 'delete').map(({ value }) => eventOf(value)))
  for (const row of actions) {
    const event = eventOf(row.value)
    if (event !== undefined && events.has(event) && !living.has(event)) await rows.put(withEvent(row, erased.hash(event)))
  }
}
