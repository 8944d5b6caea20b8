// What the erasure of an account takes out of the store, in the transaction that books it. The name takes the place of the DID; records of its repo lose
// content, uri and proof, records of others that name it content and proof, each but for what the books are folded from; its lines stand under its
// slot in each scope. What stays folds to the same books (journal/erasure.ts, journal/residue.ts).

import { postedEntity } from '../journal/erasure.ts'
import type { Erasure } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { released, subjectOf, withSubject, withdrawn, withdrawnKey } from '../journal/residue.ts'
import type { ErasedNames } from './erased-names.ts'
import { openRowsInPlace, openSubjects } from './sqlite-rows.ts'
import type { RowsInPlace } from './sqlite-rows.ts'
import type { Tables } from './sqlite-tables.ts'
import { openPageChanger } from './sqlite-page-changer.ts'
import { openUriRenamer } from './sqlite-uris.ts'

/** Erases what is known up to this leaf. Only inside the transaction of `commit`, after the fold is written. */
export type AccountEraser = (erasure: Erasure, leaf: number) => void

export const openAccountEraser = (tables: Tables, erased: ErasedNames): AccountEraser => {
  const { db, dids } = tables
  const rows = openRowsInPlace(tables)
  const subjects = openSubjects(tables, erased)
  const renameUris = openUriRenamer(tables)
  const changeEntity = openEntityChanger(tables)
  const forgetAtDesk = openDeskForgetting(tables)
  const mentions = db.prepare<[number], { place: number }>('SELECT place FROM mention WHERE did = ? ORDER BY place')
  const dropHead = db.prepare('DELETE FROM repo WHERE did = ?')
  return ({ did, name }, leaf) => {
    const id = dids.find(did)
    // Residues of an account that was erased already are folded again.
    if (did === name || id === 0) return
    dids.rename(did, name)
    tables.forget()
    const own = rows.ofRepo(name).filter(({ collection }) => collection !== '')
    const names = namesOf(own)
    const under = (authority: string, uri: string): string => uri.replace(/^at:\/\/[^/]*/, `at://${authority}`)
    for (const [uri, to] of names) {
      erased.add(under(did, uri), leaf, to)
      subjects.take(under(did, uri), rows)
    }
    /** What a row speaks of, if it is a record of the account: by name, also where it had one before. */
    const spokenOf = (row: IntakeRow): string | undefined => {
      const uri = row.subject === undefined ? subjectOf(row) : undefined
      const known = uri?.startsWith(`at://${name}/`) === true ? erased.at(under(did, uri), row.leaf) : undefined
      return known === undefined ? undefined : under(name, known)
    }
    const others = mentions
      .all(id)
      .flatMap(({ place }) => rows.at(place))
      .filter(({ repo }) => repo !== name)
    const uris = renameUris(id, { names, own, others })
    const named = (row: IntakeRow, residue: IntakeRow): IntakeRow => {
      const to = spokenOf(row)
      return to === undefined ? subjects.named(residue) : withSubject(residue, to)
    }
    for (const row of own) {
      const to = names.get(row.uri)
      rows.put(named(row, to === undefined ? row : withdrawn(row, to.slice(to.lastIndexOf('/') + 1))), uris)
    }
    for (const row of others) rows.put(named(row, released(row, name)), uris)
    forgetProofs(rows, own, others)
    for (const kind of ['P', 'O']) changeEntity(`${kind}:${name}`)
    forgetAtDesk(`did:#${id};`)
    dropHead.run(id)
    tables.forget()
  }
}

/** Records that still have their uri, each with the name of the place of its newest version. */
const namesOf = (rows: readonly IntakeRow[]): ReadonlyMap<string, string> =>
  new Map(
    rows
      .filter(({ residue }) => residue !== 'withdrawn')
      .map(({ uri, repo, collection, leaf, op }) => [uri, `at://${repo}/${collection}/${withdrawnKey(leaf, op)}`]),
  )

const forgetProofs = (rows: RowsInPlace, own: readonly IntakeRow[], others: readonly IntakeRow[]): void => {
  for (const leaf of new Set([...own, ...others].map((row) => row.leaf))) rows.followProof(leaf)
  for (const leaf of new Set(own.map((row) => row.leaf))) rows.forgetKey(leaf)
}

/** An entity gives way to its slot in each of its scopes. */
const openEntityChanger = (tables: Tables) => {
  const { db, entity, scope } = tables
  const { giveWay } = openPageChanger(tables)
  const scopes = db.prepare<[number], number>('SELECT scope FROM entity_scope WHERE entity = ? ORDER BY scope').pluck()
  const rename = db.prepare('UPDATE entity SET key = ? WHERE id = ?')
  const moves = [
    'UPDATE bucket SET entity = @to WHERE scope = @scope AND entity = @from',
    'UPDATE entity_scope SET entity = @to WHERE scope = @scope AND entity = @from',
  ].map((sql) => db.prepare(sql))
  return (key: string): void => {
    const from = entity.find(key)
    const [first, ...more] = scopes.all(from)
    if (first === undefined) return
    for (const where of more) {
      const to = entity.id(postedEntity(key, scope.text(where)))
      giveWay(from, where, to)
      for (const move of moves) move.run({ from, to, scope: where })
    }
    rename.run(postedEntity(key, scope.text(first)), from)
  }
}

/** What entries about the person stand for, and the line in the register, of every town. */
const openDeskForgetting = ({ db }: Tables) => {
  const about = 'SELECT town, commitment FROM desk_entry_about WHERE did = ?'
  const forgetting = [
    `UPDATE desk_entry SET payload = 'null', salt = NULL WHERE (town, commitment) IN (${about})`,
    `DELETE FROM desk_entry_about WHERE (town, commitment) IN (${about})`,
    'DELETE FROM desk_resident WHERE did = ?',
  ].map((sql) => db.prepare(sql))
  return (did: string): void => {
    for (const one of forgetting) one.run(did)
  }
}
