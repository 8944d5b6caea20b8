// The append-only part: intake rows, their proofs, the heads of repos; and how they are read back.

import { Binary } from 'mongodb'
import type { IntakeRow } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import type { ErasedNames } from './mongo-erased-names.ts'
import { keyOf, placeKey } from './mongo-keys.ts'
import { numbersIn } from './mongo-names.ts'
import type { IntakeDoc } from './mongo-tables.ts'
import type { Transaction, View, Work } from './mongo-transaction.ts'
import { leafOfPlace, placeOf } from './places.ts'
import type { Books, Commit, Proof, RepoHead } from './store.ts'
import { START } from './store.ts'

const parseRow = (text: string): IntakeRow => JSON.parse(text)

export const rowsOf = async (view: View, found: readonly Pick<IntakeDoc, 'row'>[]): Promise<IntakeRow[]> =>
  (await view.names.did.read(found.map(({ row }) => row))).map(parseRow)

/** As it is stored, given its text with numbers for DIDs. */
export const storedRow = async ({ names, tables: { book: b } }: Transaction, row: IntakeRow, text: string): Promise<IntakeDoc> => {
  const [repo = 0] = await names.did.add([row.repo])
  const [uri = ''] = await names.did.write([row.uri])
  const others = [...new Set(numbersIn(text))].filter((one) => one !== repo)
  const named = others.length === 0 ? {} : { names: others }
  return { _id: placeKey(b, placeOf(row.leaf, row.op)), b, at: row.recordedAt, repo, uri, ...named, row: text }
}

export const appendIntake = async (
  transaction: Transaction,
  { intake, proofs, heads }: Pick<Commit, 'intake' | 'proofs' | 'heads'>,
): Promise<void> => {
  const { tables, session, names } = transaction
  const { book: b } = tables
  const texts = await names.did.write(intake.map((row) => JSON.stringify(row)))
  const rows: IntakeDoc[] = []
  for (const [index, row] of intake.entries()) rows.push(await storedRow(transaction, row, texts[index] ?? ''))
  if (rows.length > 0) await tables.intake.insertMany(rows, { session })
  const owners = await names.did.add(proofs.map(({ repo }) => repo))
  const proven = proofs.map(({ leaf, didKey, evidence, car }, index) => {
    const [text, repo] = [new Binary(car), owners[index] ?? 0]
    return { _id: keyOf(b, leaf), b, leaf, repo, didKey, evidence, car: text }
  })
  if (proven.length > 0) await tables.proof.insertMany(proven, { session })
  const repos = await names.did.add(heads.map(({ repo }) => repo))
  const puts = heads.map(({ rev, data, state }, index) => {
    const _id = keyOf(b, repos[index] ?? 0)
    return { replaceOne: { filter: { _id, b }, replacement: { b, rev, data, state }, upsert: true } }
  })
  if (puts.length > 0) await tables.repo.bulkWrite(puts, { session })
}

type IntakeReads = Pick<Books, 'intake' | 'rows' | 'heads' | 'paths' | 'proof' | 'leafBefore' | 'positionAt'>

export const openIntake = (work: Work, erased: ErasedNames): IntakeReads => ({
  intake: ({ leaf, op }, limit) =>
    work.view(async (view) => {
      const { tables, session } = view
      const { book: b } = tables
      const _id = { $gt: placeKey(b, placeOf(leaf, op)), $lt: `${b}/~` }
      const found = await tables.intake.find({ b, _id }, { session, sort: { _id: 1 }, limit, projection: { row: 1 } }).toArray()
      return withNames(view, await rowsOf(view, found), erased)
    }),
  rows: openRows(work, erased),
  ...openRepoReads(work),
  leafBefore: (instant) =>
    work.view(async ({ tables, session }) => {
      const { book: b } = tables
      const row = await tables.intake.findOne({ b, at: { $lt: instant } }, { session, sort: { at: -1, _id: -1 }, projection: { _id: 1 } })
      return { leaf: row === null ? 0 : leafIn(row._id), instant }
    }),
  positionAt: (leaf) =>
    work.view(async ({ tables, session }) => {
      const { book: b } = tables
      const _id = { $gte: `${b}/`, $lt: placeKey(b, placeOf(leaf + 1, 0)) }
      const row = await tables.intake.findOne({ b, _id }, { session, sort: { _id: -1 }, projection: { at: 1 } })
      return { leaf, instant: row?.at ?? START.instant }
    }),
})

const leafIn = (key: string): number => leafOfPlace(Number(key.slice(key.lastIndexOf('/') + 1)))

/** As the journal is to fold them: what speaks of a withdrawn record knows it by its name. */
const withNames = async (view: View, rows: readonly IntakeRow[], erased: ErasedNames): Promise<IntakeRow[]> => {
  if (!view.state.hasErased) return [...rows]
  const spoken = rows.map((row) => (row.subject === undefined ? subjectOf(row) : undefined))
  const known = await erased.of(
    view,
    spoken.filter((uri) => uri !== undefined),
  )
  return rows.map((row, index) => {
    const uri = spoken[index]
    const name = uri === undefined ? undefined : known.at(uri, row.leaf)
    return name === undefined ? row : { ...row, subject: name }
  })
}

const openRows = (work: Work, erased: ErasedNames): Books['rows'] => {
  const versions = async (view: View, uri: string, end: string, limit: number): Promise<IntakeRow[]> => {
    const { tables, session, names } = view
    const { book: b } = tables
    const [stored = ''] = await names.did.seek([uri])
    const found = await tables.intake.find({ b, uri: stored, _id: { $lt: end } }, { session, sort: { _id: -1 }, limit }).toArray()
    return rowsOf(view, found)
  }
  const inRepo = async (view: View, did: string, end: string, collection: string | undefined, limit: number): Promise<IntakeRow[]> => {
    const { tables, session, names } = view
    const { book: b } = tables
    const [repo = 0] = await names.did.find([did])
    const rows: IntakeRow[] = []
    for (let before = end; ;) {
      const page = await tables.intake.find({ b, repo, _id: { $lt: before } }, { session, sort: { _id: -1 }, limit: ROWS_PAGE }).toArray()
      const read = await rowsOf(view, page)
      rows.push(...read.filter((row) => collection === undefined || row.collection === collection))
      if (rows.length >= limit || page.length < ROWS_PAGE) return rows.slice(0, limit)
      before = page.at(-1)?._id ?? before
    }
  }
  return ({ repo = '', collection, uri, before, knownAt, limit }) =>
    work.view(async (view) => {
      const { book } = view.tables
      const known = knownAt === undefined ? Number.MAX_SAFE_INTEGER : placeOf(knownAt.leaf + 1, 0)
      const end = placeKey(book, before === undefined ? known : Math.min(known, placeOf(before.leaf, before.op)))
      if (uri === undefined) return inRepo(view, repo, end, collection, limit)
      const found = await versions(view, uri, end, limit)
      const name = found.length === 0 && view.state.hasErased ? (await erased.of(view, [uri])).last(uri) : undefined
      return name === undefined ? found : versions(view, name, end, limit)
    })
}

const ROWS_PAGE = 200

const openRepoReads = (work: Work): Pick<Books, 'heads' | 'paths' | 'proof'> => ({
  heads: (repos) =>
    work.view(async ({ tables, session, names }) => {
      const { book: b } = tables
      const ids = await names.did.find(repos)
      const byKey = new Map(repos.map((repo, index) => [keyOf(b, ids[index] ?? 0), repo]))
      const found = new Map<string, RepoHead>()
      for await (const { _id, rev, data, state } of tables.repo.find({ b, _id: { $in: [...byKey.keys()] } }, { session })) {
        const repo = byKey.get(_id) ?? ''
        found.set(repo, { repo, rev, data, state: state === 'synchronized' ? 'synchronized' : 'desynchronized' })
      }
      return found
    }),
  paths: (did) =>
    work.view(async (view) => {
      const { tables, session, names } = view
      const [repo = 0] = await names.did.find([did])
      const rows = await rowsOf(view, await tables.intake.find({ b: tables.book, repo }, { session, sort: { _id: 1 } }).toArray())
      const live = new Map<string, string>()
      for (const { collection, rkey, action, cid } of rows)
        if (action === 'delete' || cid === null) live.delete(`${collection}/${rkey}`)
        else live.set(`${collection}/${rkey}`, cid)
      return live
    }),
  proof: (leaf) =>
    work.view(async ({ tables, session, names }): Promise<Proof | null> => {
      const { book: b } = tables
      const row = await tables.proof.findOne({ b, _id: keyOf(b, leaf) }, { session })
      if (row === null) return null
      const [repo = ''] = await names.did.texts([row.repo])
      return { leaf, repo, car: row.car.value(), didKey: row.didKey, evidence: row.evidence }
    }),
})
