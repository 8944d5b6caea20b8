// The append-only part: intake rows, their proofs, the heads of repos; and how they are read back.

import type { IntakeRow } from '../journal/model.ts'
import { erasedNamesIn } from '../journal/erasure.ts'
import { subjectOf } from '../journal/residue.ts'
import type { ErasedNames } from './erased-names.ts'
import { isBlank } from './proof-blanks.ts'
import type { Position, Proof, RepoHead, RowQuery } from './store.ts'
import { START } from './store.ts'
import { leafOfPlace, placeOf } from './places.ts'
import { numberOf } from './number-of.ts'
import { rowOfText, textOfRow } from './row-text.ts'
import { packTexts, unpackTexts } from './packed-texts.ts'
import type { PackedTexts } from './packed-texts.ts'
import { GATHERED_LETTERS, insertMany } from './sqlite-many.ts'
import type { Value } from './sqlite-many.ts'
import { isUsualDid, storedDid } from './sqlite-dids.ts'
import type { Tables } from './sqlite-tables.ts'

export type IntakeTable = {
  append(intake: PackedIntake): void
  after(leaf: number, op: number, limit: number): IntakeRow[]
  rows(query: RowQuery): IntakeRow[]
  naming(did: string): IntakeRow[]
  heads(repos: readonly string[]): Map<string, RepoHead>
  paths(repo: string): Map<string, string>
  proof(leaf: number): Proof | null
  positionAt(leaf: number): Position
  /** Leaf of the last row recorded before the instant, 0 when there is none. */
  leafBefore(instant: string): number
}

type Stored = { readonly row: string }

/** Other uris may share a number: so many rows more are looked at. */
const SPARE_ROWS = 16

export const openIntake = (tables: Tables, erased: ErasedNames): IntakeTable => {
  const { db, dids } = tables
  const readRow = ({ row }: Stored): IntakeRow => rowOfText(dids.read(row))
  const last = db.prepare<[number], { place: number; recorded_at: string }>(
    'SELECT place, recorded_at FROM intake WHERE place <= ? ORDER BY place DESC LIMIT 1',
  )
  const atLeaf = (leaf: number) => last.get(placeOf(leaf, Number.MAX_SAFE_INTEGER))
  const after = db.prepare<[number, number], string>('SELECT row FROM intake WHERE place > ? ORDER BY place LIMIT ?').pluck()
  const ofRepo = db.prepare<[number], Stored>('SELECT row FROM intake WHERE repo = ? ORDER BY place')
  const naming = db.prepare<[number], Stored>(
    'SELECT row FROM mention JOIN intake ON intake.place = mention.place WHERE mention.did = ? ORDER BY mention.place',
  )
  return {
    append: openAppend(tables),
    after: (leaf, op, limit) => {
      const rows = after.all(placeOf(leaf, op), limit).map((text) => rowOfText(dids.read(text), dids.same))
      return erased.isEmpty() ? rows : rows.map((row) => withName(row, erased))
    },
    rows: openRows(tables, erased),
    naming: (did) => naming.all(dids.find(did)).map(readRow),
    ...openRepoReads(tables),
    paths: (did) => {
      const live = new Map<string, string>()
      for (const { collection, rkey, action, cid } of ofRepo.all(dids.find(did)).map(readRow))
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

/** As the journal is to fold it: what speaks of a withdrawn record knows it by its name. */
const withName = (row: IntakeRow, erased: ErasedNames): IntakeRow => {
  const uri = row.subject === undefined ? subjectOf(row) : undefined
  const name = uri === undefined ? undefined : erased.at(uri, row.leaf)
  return name === undefined ? row : { ...row, subject: name }
}

const openRows = ({ db, dids, uriNumber }: Tables, erased: ErasedNames): IntakeTable['rows'] => {
  const readRow = ({ row }: Stored): IntakeRow => rowOfText(dids.read(row))
  const inRepo = db.prepare<[number, number], Stored>('SELECT row FROM intake WHERE repo = ? AND place < ? ORDER BY place DESC')
  const versions = db.prepare<[number, number, number], Stored>(
    'SELECT row FROM intake WHERE uri = ? AND place < ? ORDER BY place DESC LIMIT ?',
  )
  const versionsOf = (uri: string, end: number, limit: number): IntakeRow[] =>
    versions
      .all(uriNumber(uri), end, limit + SPARE_ROWS)
      .map(readRow)
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
    for (const text of inRepo.iterate(dids.find(did), end)) {
      const row = readRow(text)
      if (collection === undefined || row.collection === collection) rows.push(row)
      if (rows.length === limit) break
    }
    return rows
  }
}

const openRepoReads = ({ db, dids }: Tables) => {
  const head = db.prepare<[number], { rev: string; data: string; state: string }>('SELECT rev, data, state FROM repo WHERE did = ?')
  const proof = db.prepare<[number], { repo: number; car: Buffer; did_key: string; evidence: string }>(
    'SELECT repo, car, did_key, evidence FROM proof JOIN key_use ON key_use.id = proof.key_use WHERE leaf = ?',
  )
  return {
    heads: (repos: readonly string[]): Map<string, RepoHead> => {
      const found = new Map<string, RepoHead>()
      for (const did of repos) {
        const row = head.get(dids.find(did))
        if (row === undefined) continue
        found.set(did, { repo: did, rev: row.rev, data: row.data, state: row.state === 'synchronized' ? 'synchronized' : 'desynchronized' })
      }
      return found
    },
    proof: (leaf: number): Proof | null => {
      const row = proof.get(leaf)
      return row === undefined || isBlank(row.car)
        ? null
        : { leaf, repo: dids.text(row.repo), car: row.car, didKey: row.did_key, evidence: row.evidence }
    },
  }
}

/** Rows and proofs as plain values, as they pass from thread to thread, too. */
export type PackedIntake = {
  readonly places: readonly number[]
  /** Of each row: repo, uri, recordedAt, its text. */
  readonly rows: PackedTexts
  /** Of each proof: leaf, bytes of its CAR. */
  readonly leaves: readonly number[]
  /** Of each proof: repo, key, evidence. */
  readonly proofs: readonly string[]
  readonly cars: Uint8Array<ArrayBuffer>
  readonly heads: readonly RepoHead[]
  /** Those erased whom the rows name. */
  readonly erased: readonly string[]
}

export const packIntake = (added: readonly IntakeRow[], proven: readonly Proof[], heads: readonly RepoHead[]): PackedIntake => {
  const [places, rows, leaves, proofs]: [number[], string[], number[], string[]] = [[], [], [], []]
  for (const row of added) {
    places.push(placeOf(row.leaf, row.op))
    rows.push(row.repo, row.uri, row.recordedAt, textOfRow(row))
  }
  const cars = new Uint8Array(proven.reduce((sum, { car }) => sum + car.length, 0))
  let end = 0
  for (const { leaf, repo, car, didKey, evidence } of proven) {
    leaves.push(leaf, car.length)
    proofs.push(repo, didKey, evidence)
    cars.set(car, end)
    end += car.length
  }
  return { places, rows: packTexts(rows), leaves, proofs, cars, heads, erased: erasedNamesIn(added) }
}

const ROW_COLUMNS = 5
const PROOF_COLUMNS = 4
const BEFORE_DID = 'at://'.length

const openAppend = (tables: Tables) => {
  const { db, dids, uriNumber } = tables
  const addRows = insertMany(db, 'INSERT', 'intake', ROW_COLUMNS)
  const addMentions = insertMany(db, 'INSERT OR IGNORE', 'mention', 2)
  const addProofs = insertMany(db, 'INSERT', 'proof', PROOF_COLUMNS)
  const setHead = db.prepare(
    'INSERT INTO repo VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET rev = excluded.rev, data = excluded.data, state = excluded.state',
  )
  const keyUseOf = openKeyUses(tables)
  const rowsOf = ({ places, rows }: PackedIntake): void => {
    let values: Value[] = []
    let letters = 0
    const mentions: number[] = []
    const next = unpackTexts(rows)
    for (const place of places) {
      const [did, uri, recordedAt, plain] = [next() ?? '', next() ?? '', next() ?? '', next() ?? '']
      const seen = new Set<number>()
      const text = dids.write(plain, seen)
      const repo = dids.id(did)
      values.push(place, recordedAt, repo, numberOfUri(uri, did, repo), text)
      for (const mentioned of seen) if (mentioned !== repo) mentions.push(mentioned, place)
      letters += text.length
      if (letters < GATHERED_LETTERS) continue
      addRows(values)
      values = []
      letters = 0
    }
    addRows(values)
    addMentions(mentions)
  }
  /** Of a uri in the repo with this number, which need not be looked for again. */
  const numberOfUri = (uri: string, did: string, repo: number): number => {
    const end = BEFORE_DID + did.length
    const isIn = isUsualDid(did) && uri.startsWith(did, BEFORE_DID) && uri[end] === '/' && !uri.includes('did:', end)
    return isIn ? numberOf(`at://${storedDid(repo)}${uri.slice(end)}`) : uriNumber(uri)
  }
  const proofsOf = ({ leaves, proofs, cars }: PackedIntake): void => {
    const values: Value[] = []
    const uses = new Map<string, number>()
    let end = 0
    for (let nth = 0; 2 * nth < leaves.length; nth += 1) {
      const [leaf = 0, size = 0] = leaves.slice(2 * nth, 2 * nth + 2)
      const [repo = '', didKey = '', evidence = ''] = proofs.slice(3 * nth, 3 * nth + 3)
      const use = `${didKey} ${evidence}`
      const keyUse = uses.get(use) ?? keyUseOf({ didKey, evidence })
      uses.set(use, keyUse)
      values.push(leaf, dids.id(repo), keyUse, cars.subarray(end, end + size))
      end += size
    }
    addProofs(values)
  }
  return (intake: PackedIntake): void => {
    // From here on each stands under its number everywhere, whether a row of its own comes first or a word of somebody else.
    for (const name of intake.erased) dids.id(name)
    rowsOf(intake)
    proofsOf(intake)
    for (const head of intake.heads) setHead.run(dids.id(head.repo), head.rev, head.data, head.state)
  }
}

/** Keys with what names them, each once. */
const openKeyUses = ({ db }: Tables) => {
  const find = db.prepare<[number, string, string], { id: number }>(
    'SELECT id FROM key_use WHERE number = ? AND did_key = ? AND evidence = ?',
  )
  const add = db.prepare('INSERT INTO key_use (number, did_key, evidence) VALUES (?, ?, ?)')
  return ({ didKey, evidence }: Pick<Proof, 'didKey' | 'evidence'>): number => {
    const number = numberOf(`${didKey} ${evidence}`)
    return find.get(number, didKey, evidence)?.id ?? Number(add.run(number, didKey, evidence).lastInsertRowid)
  }
}
