// The append-only part: intake rows, their proofs, the heads of repos; and how they are read back.

import { Binary } from 'mongodb'
import type { IntakeRow } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import type { ErasedNames } from './mongo-erased-names.ts'
import { appendRows, lastPlaceBefore, placeOfRow, placesIn, rowsBefore, rowsLike, rowsOf, storedIn } from './mongo-intake-pages.ts'
import { BY_ID, keyOf, placeKey } from './mongo-keys.ts'
import type { Transaction, View, Work } from './mongo-transaction.ts'
import { placeOf } from './places.ts'
import type { Books, Commit, Proof, RepoHead } from './store.ts'
import { START } from './store.ts'

export const appendIntake = async (
  transaction: Transaction,
  { intake, proofs, heads }: Pick<Commit, 'intake' | 'proofs' | 'heads'>,
): Promise<void> => {
  const { tables, session, names } = transaction
  const { book: b } = tables
  await appendRows(transaction, intake)
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

type IntakeReads = Pick<Books, 'intake' | 'rows' | 'naming' | 'heads' | 'paths' | 'proof' | 'leafBefore' | 'positionAt'>

export const openIntake = (work: Work, erased: ErasedNames): IntakeReads => ({
  intake: ({ leaf, op }, limit) =>
    work.view(async (view) => {
      const { tables, session } = view
      const { book: b } = tables
      const after = placeOf(leaf, op)
      const _id = { $gt: placeKey(b, after), $lt: `${b}/~` }
      const projection = { repo: 1, uri: 1, row: 1 }
      const rows: IntakeRow[] = []
      for await (const page of tables.intake.find(
        { b, _id },
        { session, hint: BY_ID, sort: { _id: 1 }, limit, projection, batchSize: PAGES },
      )) {
        rows.push(...(await rowsOf(view, storedIn(page))).filter((row) => placeOfRow(row) > after))
        if (rows.length >= limit) break
      }
      return withNames(view, rows.slice(0, limit), erased)
    }),
  rows: openRows(work, erased),
  naming: (did) =>
    work.view(async (view) => {
      const [names = 0] = await view.names.did.find([did])
      return names === 0 ? [] : (await rowsLike(view, { names })).filter(({ repo }) => repo !== did)
    }),
  ...openRepoReads(work),
  leafBefore: (instant) => work.view(async (view) => ({ leaf: await lastLeafBefore(view, instant), instant })),
  positionAt: (leaf) => work.view(async (view) => ({ leaf, instant: await instantOf(view, leaf) })),
})

const lastLeafBefore = async ({ tables, session, state, memo }: View, instant: string): Promise<number> => {
  const isSettled = instant <= state.read.instant
  const known = isSettled ? memo.get(`before ${instant}`) : undefined
  if (known !== undefined) return Number(known)
  const options = { session, hint: { b: 1, at: 1, _id: 1 }, sort: { at: -1, _id: -1 }, projection: { repo: 1, uri: 1, row: 1 } } as const
  const page = await tables.intake.findOne({ b: tables.book, at: { $lt: instant } }, options)
  const leaf = page === null ? 0 : (placesIn(page).findLast(({ recordedAt }) => recordedAt < instant)?.leaf ?? 0)
  if (isSettled) memo.set(`before ${instant}`, leaf)
  return leaf
}

const instantOf = async (view: View, leaf: number): Promise<string> => {
  const { state, memo } = view
  const isSettled = leaf <= state.read.leaf
  const known = isSettled ? memo.get(`of ${leaf}`) : undefined
  if (known !== undefined) return String(known)
  const instant = (await lastPlaceBefore(view, placeOf(leaf + 1, 0)))?.recordedAt ?? START.instant
  if (isSettled) memo.set(`of ${leaf}`, instant)
  return instant
}

const PAGES = 200

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
  const newest = async (view: View, chosen: Parameters<typeof rowsBefore>[1], end: number, limit: number, collection?: string) => {
    const rows: IntakeRow[] = []
    for await (const page of rowsBefore(view, chosen, end)) {
      rows.push(...page.filter((row) => collection === undefined || row.collection === collection))
      if (rows.length >= limit) break
    }
    return rows.slice(0, limit)
  }
  const versions = async (view: View, named: string, end: number, limit: number): Promise<IntakeRow[]> => {
    const [uri = ''] = await view.names.did.seek([named])
    return newest(view, { uri }, end, limit)
  }
  return ({ repo = '', collection, uri, before, knownAt, limit }) =>
    work.view(async (view) => {
      const known = knownAt === undefined ? Infinity : placeOf(knownAt.leaf + 1, 0)
      const end = before === undefined ? known : Math.min(known, placeOf(before.leaf, before.op))
      if (uri === undefined) {
        const [number = 0] = await view.names.did.find([repo])
        return newest(view, { repo: number }, end, limit, collection)
      }
      const found = await versions(view, uri, end, limit)
      const name = found.length === 0 && view.state.hasErased ? (await erased.of(view, [uri])).last(uri) : undefined
      return name === undefined ? found : versions(view, name, end, limit)
    })
}

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
      const [repo = 0] = await view.names.did.find([did])
      const rows = await rowsLike(view, { repo })
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
