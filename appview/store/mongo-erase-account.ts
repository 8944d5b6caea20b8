// What the erasure of an account takes out of the store, in the transaction that books it. The name takes the place of the DID; records of its repo lose
// content, uri and proof, records of others that name it content and proof, each but for what the books are folded from; its lines stand under its
// slot in each scope. What stays folds to the same books (journal/erasure.ts, journal/residue.ts).

import { postedEntity } from '../journal/erasure.ts'
import type { Erasure } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { released, subjectOf, withSubject, withdrawn, withdrawnKey } from '../journal/residue.ts'
import type { ErasedNames } from './mongo-erased-names.ts'
import { forgetAtDesk } from './mongo-forget.ts'
import { groupOf, sumKey } from './mongo-buckets.ts'
import { keyOf } from './mongo-keys.ts'
import { changedPage, transactionsIn } from './mongo-pages.ts'
import { rowsIn, subjectsIn } from './mongo-rows.ts'
import type { Line } from './mongo-tables.ts'
import { foldsOf } from './mongo-transaction.ts'
import type { Transaction } from './mongo-transaction.ts'
import { renameUris } from './mongo-uris.ts'

/** Erases what is known up to this leaf, after the fold is written. */
export const eraseAccount = async (transaction: Transaction, erased: ErasedNames, { did, name }: Erasure, leaf: number): Promise<void> => {
  const { tables, session } = transaction
  const [id = 0] = await transaction.names.did.find([did])
  // Residues of an account that was erased already are folded again.
  if (did === name || id === 0) return
  const { book: b } = tables
  await transaction.storeNames()
  await tables.name.updateOne({ _id: keyOf(b, 'did', id), b }, { $set: { text: name } }, { session })
  transaction.renamed()
  const [rows, subjects] = [rowsIn(transaction), subjectsIn(transaction, erased)]
  const own = (await rows.ofRepo(name)).filter(({ collection }) => collection !== '')
  const names = namesOf(own)
  const under = (authority: string, uri: string): string => uri.replace(/^at:\/\/[^/]*/, `at://${authority}`)
  for (const [uri, to] of names) {
    await erased.add(transaction, under(did, uri), leaf, to)
    await subjects.take(under(did, uri), rows)
  }
  /** What a row speaks of, if it is a record of the account: by name, also where it had one before. */
  const spokenOf = async (row: IntakeRow): Promise<string | undefined> => {
    const uri = row.subject === undefined ? subjectOf(row) : undefined
    const known = uri?.startsWith(`at://${name}/`) === true ? await subjects.nameAt(under(did, uri), row.leaf) : undefined
    return known === undefined ? undefined : under(name, known)
  }
  const others = (await rows.naming(id)).filter(({ repo }) => repo !== name)
  const uris = await renameUris(transaction, id, name, { names, own, others })
  if (transaction.shown !== null) await renameUris(transaction.shown, id, name, { names, own, others })
  const named = async (row: IntakeRow, residue: IntakeRow): Promise<IntakeRow> => {
    const to = await spokenOf(row)
    return to === undefined ? subjects.named(residue) : withSubject(residue, to)
  }
  for (const row of own) {
    const to = names.get(row.uri)
    await rows.put(await named(row, to === undefined ? row : withdrawn(row, to.slice(to.lastIndexOf('/') + 1))), uris)
  }
  for (const row of others) await rows.put(await named(row, released(row, name)), uris)
  for (const touched of new Set([...own, ...others].map((row) => row.leaf))) await rows.followProof(touched)
  for (const fold of foldsOf(transaction)) for (const kind of ['P', 'O']) await changeEntity(fold, `${kind}:${name}`)
  await forgetAtDesk(tables.db, b, session, { did, name })
  await tables.repo.deleteOne({ _id: keyOf(b, id), b }, { session })
}

/** Records that still have their uri, each with the name of the place of its newest version. */
const namesOf = (rows: readonly IntakeRow[]): ReadonlyMap<string, string> =>
  new Map(
    rows
      .filter(({ residue }) => residue !== 'withdrawn')
      .map(({ uri, repo, collection, leaf, op }) => [uri, `at://${repo}/${collection}/${withdrawnKey(leaf, op)}`]),
  )

/** An entity gives way to its slot in each of its scopes. */
const changeEntity = async (transaction: Transaction, key: string): Promise<void> => {
  const { tables, session, folded: b } = transaction
  const [from = 0] = await transaction.names.entity.find([key])
  const homes =
    from === 0 ? [] : await tables.home.find({ b, _id: { $gte: keyOf(b, from, ''), $lt: keyOf(b, from, '~') } }, { session }).toArray()
  const scopes = homes.map(({ s }) => s).toSorted((x, y) => x - y)
  const codes = await transaction.names.scope.texts(scopes)
  const [first, ...more] = codes
  if (first === undefined) return
  for (const [index, code] of more.entries()) {
    const [to = 0] = await transaction.names.entity.add([postedEntity(key, code)])
    await moveEntity(transaction, from, to, scopes[index + 1] ?? 0)
  }
  await transaction.storeNames()
  await tables.name.updateOne({ _id: keyOf(b, 'entity', from), b }, { $set: { text: postedEntity(key, first) } }, { session })
  transaction.renamed()
}

/** What an entity has in one scope stands under another one. */
const moveEntity = async ({ tables, session, folded: b }: Transaction, from: number, to: number, s: number): Promise<void> => {
  for (const page of await tables.page.find({ b, who: from }, { session }).toArray()) {
    const paged = transactionsIn(page)
    const isMoved = (line: Line): boolean => line.e === from && line.s === s
    if (!paged.some(({ lines }) => lines.some(isMoved))) continue
    const moved = paged.map(({ head, lines }) => ({ head, lines: lines.map((line) => (isMoved(line) ? { ...line, e: to } : line)) }))
    const { _id, ...rest } = changedPage(page, moved)
    await tables.page.replaceOne({ _id, b }, rest, { session })
  }
  const old = { b, _id: { $gte: keyOf(b, s, groupOf(from), ''), $lt: keyOf(b, s, groupOf(from), '~') }, [`v.${from}`]: { $exists: true } }
  for (const { _id, d, v } of await tables.sum.find(old, { session }).toArray()) {
    await tables.sum.updateOne({ _id, b }, { $unset: { [`v.${from}`]: true } }, { session })
    const put = { $set: { [`v.${to}`]: v[from] }, $setOnInsert: { s, g: groupOf(to), d } }
    await tables.sum.updateOne({ _id: sumKey(b, s, to, d), b }, put, { session, upsert: true })
  }
  await tables.home.deleteOne({ _id: keyOf(b, from, s), b }, { session })
  await tables.home.insertOne({ _id: keyOf(b, to, s), b, e: to, s }, { session })
}
