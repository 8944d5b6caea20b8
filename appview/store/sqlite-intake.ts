// The append-only part: intake rows, their proofs, the heads of repos; and how they are read back.

import type { IntakeRow } from '../journal/model.ts'
import type { Position, Proof, RepoHead, RowQuery } from './store.ts'
import { START } from './store.ts'
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

type Text = { row: string }

const parseRow = ({ row }: Text): IntakeRow => JSON.parse(row)

/** 'at://did/collection/rkey' → did and "collection/rkey"; an at-uri here has been made by parse-record. */
const splitUri = (uri: string): { repo: string; path: string } => {
  const slash = uri.indexOf('/', 'at://'.length)
  return { repo: uri.slice('at://'.length, slash), path: uri.slice(slash + 1) }
}

export const openIntake = (tables: Tables): IntakeTable => {
  const { db, repo } = tables
  const last = db.prepare<[number], { leaf: number; recorded_at: string }>(
    'SELECT leaf, recorded_at FROM intake WHERE leaf <= ? ORDER BY leaf DESC, op DESC LIMIT 1',
  )
  const after = db.prepare<[number, number, number], Text>('SELECT row FROM intake WHERE (leaf, op) > (?, ?) ORDER BY leaf, op LIMIT ?')
  const inRepo = db.prepare<[number, string, string, number, number, number, number, number, number], Text>(
    `SELECT row FROM intake WHERE repo = ? AND path >= ? AND path < ? AND (? = 0 OR leaf <= ?) AND (? = 0 OR (leaf, op) < (?, ?))
     ORDER BY leaf DESC, op DESC LIMIT ?`,
  )
  const paths = db.prepare<[number], { path: string; action: string; cid: string | null }>(
    'SELECT path, action, cid FROM intake WHERE repo = ? ORDER BY path, leaf, op',
  )
  return {
    append: openAppend(tables),
    after: (leaf, op, limit) => after.all(leaf, op, limit).map(parseRow),
    rows: (query) => {
      const { repo: did, path } = query.uri === undefined ? { repo: query.repo ?? '', path: '' } : splitUri(query.uri)
      const from = query.uri === undefined ? (query.collection === undefined ? '' : `${query.collection}/`) : path
      const to = query.uri === undefined ? (query.collection === undefined ? '\u{10ffff}' : `${query.collection}0`) : `${path}\0`
      const known = query.knownAt?.leaf
      const { before } = query
      return inRepo
        .all(
          repo.find(did),
          from,
          to,
          known === undefined ? 0 : 1,
          known ?? 0,
          before === undefined ? 0 : 1,
          before?.leaf ?? 0,
          before?.op ?? 0,
          query.limit,
        )
        .map(parseRow)
    },
    ...openRepoReads(tables),
    paths: (did) => {
      const live = new Map<string, string>()
      for (const { path, action, cid } of paths.all(repo.find(did)))
        if (action === 'delete' || cid === null) live.delete(path)
        else live.set(path, cid)
      return live
    },
    positionAt: (leaf) => ({ leaf, instant: last.get(leaf)?.recorded_at ?? START.instant }),
    leafBefore: (instant) => {
      let low = 0
      let high = last.get(Number.MAX_SAFE_INTEGER)?.leaf ?? 0
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        const row = last.get(middle)
        if (row === undefined) low = middle
        else if (row.recorded_at < instant) low = middle
        else high = row.leaf - 1
      }
      return last.get(low)?.leaf ?? 0
    },
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
      return row === undefined ? null : { leaf, repo: repo.text(row.repo), car: row.car, didKey: row.did_key, evidence: row.evidence }
    },
  }
}

const openAppend = ({ db, repo }: Tables) => {
  const addRow = db.prepare('INSERT INTO intake VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const addKeyUse = db.prepare<[string, string], { id: number }>(
    'INSERT INTO key_use (did_key, evidence) VALUES (?, ?) ON CONFLICT DO UPDATE SET did_key = excluded.did_key RETURNING id',
  )
  const addProof = db.prepare('INSERT INTO proof VALUES (?, ?, ?, ?)')
  const setHead = db.prepare('UPDATE repo SET rev = ?, data = ?, state = ? WHERE id = ?')
  return (rows: readonly IntakeRow[], proofs: readonly Proof[], heads: readonly RepoHead[]): void => {
    for (const row of rows) {
      const path = `${row.collection}/${row.rkey}`
      addRow.run(row.leaf, row.op, row.recordedAt, repo.id(row.repo), path, row.action, row.cid, JSON.stringify(row))
    }
    for (const proof of proofs) {
      const keyUse = addKeyUse.get(proof.didKey, proof.evidence)?.id
      addProof.run(proof.leaf, repo.id(proof.repo), keyUse, proof.car)
    }
    for (const head of heads) setHead.run(head.rev, head.data, head.state, repo.id(head.repo))
  }
}
