// Who an exported intake is for, and what of each row that is. The operator has all of it. A desk has what entries of its town stand for, and what is
// left of withdrawn records in which the town has part; what has become part of it is the town, too. Everybody has what its authors show: of what they took back or an inactive account wrote,
// that it was there and when, never what it said. Towns' own records stand in every view. Of who is erased everybody has nothing: no row of theirs, what
// named them as if its author had taken it back (unnamed.ts), and an entry's record as it was published, so that one file beside an earlier one tells of nobody
// which entries are theirs.

import { readCar, writeCar } from '../../atproto/car.ts'
import { hiddenOf } from '../auth/access.ts'
import { REPO_MAX_BLOCKS, REPO_MAX_BYTES } from '../follow/limits.ts'
import { isErased } from '../journal/erasure.ts'
import { fieldsOf } from '../journal/fields.ts'
import { codesWithin } from '../journal/mergers.ts'
import type { IntakeRow, Json, Roster } from '../journal/model.ts'
import { TOWN_RECORDS, emptied, subjectOf } from '../journal/residue.ts'
import { townOf } from '../journal/roster.ts'
import type { Books, Proof } from '../store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { forEverybody } from './unnamed.ts'

export type View =
  | { readonly of: 'operator'; readonly isPrivate: boolean }
  | { readonly of: 'town'; readonly code: string }
  | { readonly of: 'public' }

type PartBooks = Pick<Books, 'load' | 'transactions'>

export type Shown = { readonly rows: readonly IntakeRow[]; readonly proof: Proof | null; readonly withheld: number }

/** A view with the codes of which it is. */
export type Looked =
  | Exclude<View, { readonly of: 'town' }>
  | { readonly of: 'town'; readonly code: string; readonly codes: readonly string[] }

/** A municipality has the books of what has become part of it by this day. */
export const lookedAt = async (books: Pick<Books, 'load'>, view: View, today: string): Promise<Looked> => {
  if (view.of !== 'town') return view
  const doc = (await books.load(['mergers:all'])).get('mergers:all') ?? null
  return { ...view, codes: codesWithin(doc?.kind === 'mergers' ? doc.mergers : [], view.code, today) }
}

/** Whether what this town's entries stand for goes along. */
export const hasEntriesOf = (view: Looked, town: string): boolean =>
  view.of === 'operator' ? view.isPrivate : view.of === 'town' && view.codes.includes(town)

/** One leaf as this view has it. `withheld`: rows of which something is kept back. */
export const shownIn = async (
  books: PartBooks & Pick<Books, 'proof' | 'rows'>,
  roster: Roster,
  view: Looked,
  leaf: number,
  rows: readonly IntakeRow[],
): Promise<Shown> => {
  const isOfAll = view.of === 'public'
  if (isOfAll && rows.some(({ repo }) => isErased(repo))) return { rows: [], proof: null, withheld: rows.length }
  const bare = isOfAll ? await forEverybody(books, rows.map(withoutContent)) : rows.map(withoutContent)
  if (bare.length === 0) return { rows: [], proof: null, withheld: rows.length }
  const proof = await books.proof(leaf)
  if (view.of === 'operator') return { rows: bare, proof, withheld: 0 }
  const isHidden = (await hiddenOf(books, [...new Set(rows.map(({ repo }) => repo))])).size > 0
  const residues = bare.map((row) => (isHidden && isTakenAlong(row, roster) ? emptied(row) : row))
  const shown: IntakeRow[] = []
  let withheld = 0
  for (const row of residues) {
    const isKept =
      row.residue === undefined ||
      row.value === null ||
      isOutage(row) ||
      (view.of === 'town' && (await hasPart(books, roster, view.codes, row)))
    shown.push(isKept ? row : { ...row, value: null })
    if (!isKept) withheld += 1
  }
  return { rows: shown, proof: isHidden && proof !== null ? withoutRecords(proof, shown) : proof, withheld }
}

/** What is left of a notice that was taken back: days of an outage, which name nobody and have made windows longer. */
const isOutage = ({ collection }: IntakeRow): boolean => collection === nsid.notice

const repoIn = (uri: string): string => uri.split('/')[2] ?? ''

const withoutContent = ({ payload: _payload, ...row }: IntakeRow): IntakeRow => row

const isTakenAlong = ({ value, collection, repo, leaf }: IntakeRow, roster: Roster): boolean =>
  value !== null && collection !== '' && !(TOWN_RECORDS.has(collection) && townOf(roster, repo, leaf) !== undefined)

/**
 * Whether an action is of this town, or what a confirmation speaks of: by where it says it was done, by its giver, whom the town has taken in at some time, and
 * by where it has ever been booked. So is all the town wrote itself; and every admission, since it decides in whose books somebody's acts stand.
 */
const hasPart = async (books: PartBooks, roster: Roster, codes: readonly string[], row: IntakeRow): Promise<boolean> => {
  const isOurs = (code: Json | undefined): boolean => typeof code === 'string' && codes.includes(code)
  if (row.collection === nsid.admission || isOurs(codeIn(row.value)) || isOurs(townOf(roster, row.repo, row.leaf))) return true
  const uri = row.collection === nsid.action ? row.uri : (row.subject ?? subjectOf(row))
  if (uri === undefined) return false
  const repo = repoIn(uri)
  const docs = await books.load([`action:${uri}`, `admissions:${repo}`])
  const [action, admissions] = [docs.get(`action:${uri}`), docs.get(`admissions:${repo}`)]
  if (action?.kind === 'action' && isOurs(action.municipality)) return true
  if (admissions?.kind === 'admissions' && admissions.spans.some(({ code }) => isOurs(code))) return true
  const booked = await books.transactions({ action: uri, limit: MOST_OF_AN_ACTION })
  return booked.some(({ lines }) => lines.some(({ scope }) => isOurs(scope)))
}

const MOST_OF_AN_ACTION = 1_000

const codeIn = (value: Json): Json | undefined => fieldsOf(fieldsOf(value)?.['municipality'])?.['code']

/** The tree says what was there; the records themselves stay here, and where no record stands in the view, the tree, too. */
const withoutRecords = (proof: Proof, rows: readonly IntakeRow[]): Proof | null => {
  const kept = new Set(rows.filter(({ residue }) => residue === undefined).map(({ cid }) => cid))
  if (kept.size === 0) return null
  const gone = new Set(rows.flatMap(({ residue, cid }) => (residue === undefined || cid === null || kept.has(cid) ? [] : [cid])))
  const { roots, blocks } = readCar(proof.car, { maxBytes: REPO_MAX_BYTES, maxBlocks: REPO_MAX_BLOCKS })
  const [root] = roots
  if (root === undefined || gone.size === 0) return proof
  return {
    ...proof,
    car: writeCar(
      root,
      [...blocks].filter(({ cid }) => !gone.has(cid.toString())),
    ),
  }
}
