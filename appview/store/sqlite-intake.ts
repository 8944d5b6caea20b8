// The append-only part: intake rows, their proofs, the heads of repos; and how they are read back.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import type { ErasedNames } from './erased-names.ts'
import { isBlank } from './proof-blanks.ts'
import type { Position, Proof, RepoHead, RowQuery } from './store.ts'
import { START } from './store.ts'
import { leafOfPlace, placeOf, uriNumber } from './sqlite-tables.ts'
import type { Tables } from './sqlite-tables.ts'

export type IntakeTable = {
  append(rows: readonly IntakeRow[], proofs: readonly Proof[], heads: readonly RepoHead[]): void
  after(leaf: number, op: number, limit: number): IntakeRow[]
  rows(query: RowQuery): IntakeRow[]
  heads(repos: readonly string[]): Map<string, RepoHead>
  paths(repo: string): Map<string, string>
  proof(leaf: number): Proof | null
  positionAt(leaf: number): Position
  /** Leaf of the last row recorded before the instant, 0 when there is none. */
  leafBefore(instant: string): number
}

const parseRow = ({ row }: { row: string }): IntakeRow => JSON.parse(row)

/** Other uris may share a number: so many rows more are looked at. */
const SPARE_ROWS = 16

export const openIntake = (tables: Tables, erased: ErasedNames): IntakeTable => {
  const { db, repo } = tables
  const last = db.prepare<[number], { place: number; recorded_at: string }>(
    'SELECT place, recorded_at FROM intake WHERE place <= ? ORDER BY place DESC LIMIT 1',
  )
  const atLeaf = (leaf: number) => last.get(placeOf(leaf, Number.MAX_SAFE_INTEGER))
  const after = db.prepare<[number, number], { row: string }>('SELECT row FROM intake WHERE place > ? ORDER BY place LIMIT ?')
  const ofRepo = db.prepare<[number], { row: string }>('SELECT row FROM intake WHERE repo = ? ORDER BY place')
  return {
    append: openAppend(tables),
    after: (leaf, op, limit) => {
      const rows = after.all(placeOf(leaf, op), limit).map(parseRow)
      return erased.isEmpty() ? rows : rows.map((row) => withName(row, erased))
    },
    rows: openRows(tables, erased),
    ...openRepoReads(tables),
    paths: (did) => {
      const live = new Map<string, string>()
      for (const { collection, rkey, action, cid } of ofRepo.all(repo.find(did)).map(parseRow))
        if (action === 'delete' || cid === null) live.delete(`${collection}/${rkey}`)
        else live.set(`${collection}/${rkey}`, cid)
      return live
    },
    positionAt: (leaf) => ({ leaf, instant: atLeaf(leaf)?.recorded_at ?? START.instant }),
    leafBefore: (instant) => {
      let low = 0
      let high = leafOfPlace(atLeaf(LAST_LEAF)?.place ?? 0)
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        const row = atLeaf(middle)
        if (row === undefined || row.recorded_at < instant) low = middle
        else high = leafOfPlace(row.place) - 1
      }
      return leafOfPlace(atLeaf(low)?.place ?? 0)
    },
  }
}

const LAST_LEAF = 2 ** 32 - 1

/** As the journal is to fold it: a confirmation of a withdrawn action knows it by its name. */
const withName = (row: IntakeRow, erased: ErasedNames): IntakeRow => {
  const uri = row.collection !== nsid.confirmation || row.subject !== undefined ? undefined : subjectOf(row.value)
  const name = uri === undefined ? undefined : erased.at(uri, row.leaf)
  return name === undefined ? row : { ...row, subject: name }
}

const openRows = ({ db, repo }: Tables, erased: ErasedNames): IntakeTable['rows'] => {
  const inRepo = db.prepare<[number, number], { row: string }>('SELECT row FROM intake WHERE repo = ? AND place < ? ORDER BY place DESC')
  const versions = db.prepare<[number, number, number], { row: string }>(
    'SELECT row FROM intake WHERE uri = ? AND place < ? ORDER BY place DESC LIMIT ?',
  )
  const versionsOf = (uri: string, end: number, limit: number): IntakeRow[] =>
    versions
      .all(uriNumber(uri), end, limit + SPARE_ROWS)
      .map(parseRow)
      .filter((row) => row.uri === uri)
      .slice(0, limit)
  return ({ repo: did = '', collection, uri, before, knownAt, limit }) => {
    const known = knownAt === undefined ? Number.MAX_SAFE_INTEGER : placeOf(knownAt.leaf + 1, 0)
    const end = before === undefined ? known : Math.min(known, placeOf(before.leaf, before.op))
    if (uri !== undefined) {
      const found = versionsOf(uri, end, limit)
      const name = found.length === 0 ? erased.last(uri) : undefined
      return name === undefined ? found : versionsOf(name, end, limit)
    }
    const rows: IntakeRow[] = []
    for (const text of inRepo.iterate(repo.find(did), end)) {
      const row = parseRow(text)
      if (collection === undefined || row.collection === collection) rows.push(row)
      if (rows.length === limit) break
    }
    return rows
  }
}

const openRepoReads = ({ db, repo }: Tables) => {
  const head = db.prepare<[number], { rev: string | null; data: string | null; state: string }>(
    'SELECT rev, data, state FROM repo WHERE id = ?',
  )
  const proof = db.prepare<[number], { repo: number; car: Buffer; did_key: string; evidence: string }>(
    'SELECT repo, car, did_key, evidence FROM proof JOIN key_use ON key_use.id = proof.key_use WHERE leaf = ?',
  )
  return {
    heads: (repos: readonly string[]): Map<string, RepoHead> => {
      const found = new Map<string, RepoHead>()
      for (const did of repos) {
        const row = head.get(repo.find(did))
        if (row === undefined || row.rev === null || row.data === null) continue
        found.set(did, { repo: did, rev: row.rev, data: row.data, state: row.state === 'synchronized' ? 'synchronized' : 'desynchronized' })
      }
      return found
    },
    proof: (leaf: number): Proof | null => {
      const row = proof.get(leaf)
      return row === undefined || isBlank(row.car)
        ? null
        : { leaf, repo: repo.text(row.repo), car: row.car, didKey: row.did_key, evidence: row.evidence }
    },
  }
}

const openAppend = ({ db, repo }: Tables) => {
  const addRow = db.prepare('INSERT INTO intake VALUES (?, ?, ?, ?, ?)')
  const addKeyUse = db.prepare<[string, string], { id: number }>(
    'INSERT INTO key_use (did_key, evidence) VALUES (?, ?) ON CONFLICT DO UPDATE SET did_key = excluded.did_key RETURNING id',
  )
  const addProof = db.prepare('INSERT INTO proof VALUES (?, ?, ?, ?)')
  const setHead = db.prepare('UPDATE repo SET rev = ?, data = ?, state = ? WHERE id = ?')
  return (rows: readonly IntakeRow[], proofs: readonly Proof[], heads: readonly RepoHead[]): void => {
    for (const row of rows) {
      addRow.run(placeOf(row.leaf, row.op), row.recordedAt, repo.id(row.repo), uriNumber(row.uri), JSON.stringify(row))
    }
    const uses = new Map<string, number | undefined>()
    for (const proof of proofs) {
      const use = `${proof.didKey} ${proof.evidence}`
      const keyUse = uses.get(use) ?? addKeyUse.get(proof.didKey, proof.evidence)?.id
      uses.set(use, keyUse)
      addProof.run(proof.leaf, repo.id(proof.repo), keyUse, proof.car)
    }
    for (const head of heads) setHead.run(head.rev, head.data, head.state, repo.id(head.repo))
  }
}
