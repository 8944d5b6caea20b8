// Rows of intake lie in pages: some that follow one another are one document, keyed by the place of the last of them. What is read in one commit begins a
// new page. A page may also be one row whose fields stand by themselves.

import { erasedNamesIn } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { actNumber } from './act-number.ts'
import { BY_ID, placeKey } from './mongo-keys.ts'
import type { Range } from './mongo-keys.ts'
import { numbersIn } from './mongo-names.ts'
import type { IntakeDoc } from './mongo-tables.ts'
import { packTexts, textsIn } from './mongo-texts.ts'
import type { Transaction, View } from './mongo-transaction.ts'
import { numberOf } from './number-of.ts'
import { placeOf } from './places.ts'

/** Rows in one document. */
const PAGE = 32

/** A row as it is stored: its text has numbers for DIDs, and its uri is a number itself, but for what was written formerly. */
type Stored = { readonly repo: number; readonly uri: number | string; readonly row: string }

const listed = <T>(field: T | readonly T[]): readonly T[] => (isList(field) ? field : [field])
const isList = <T>(field: T | readonly T[]): field is readonly T[] => Array.isArray(field)

export const storedIn = ({ repo, uri, row }: Pick<IntakeDoc, 'repo' | 'uri' | 'row'>): Stored[] => {
  const [repos, uris] = [listed(repo), listed(uri)]
  return rowTexts(row).map((text, index) => ({ repo: repos[index] ?? 0, uri: uris[index] ?? '', row: text }))
}

const rowTexts = (row: IntakeDoc['row']): readonly string[] => (typeof row === 'string' ? [row] : textsIn(row))

const pageOf = (place: number, b: string, at: string, rows: readonly Stored[]): IntakeDoc => {
  const names = [...new Set(rows.flatMap(({ repo, row }) => numbersIn(row).filter((one) => one !== repo)))]
  const named = names.length === 0 ? {} : { names }
  const [repo, uri] = [rows.map((one) => one.repo), rows.map((one) => (typeof one.uri === 'string' ? actNumber(one.uri) : one.uri))]
  return { _id: placeKey(b, place), b, at, repo, uri, ...named, row: packTexts(rows.map((one) => one.row)) }
}

/** Rows as they are stored, given their texts with numbers for DIDs. */
const storedOf = async ({ names }: Transaction, rows: readonly IntakeRow[], texts: readonly string[]): Promise<Stored[]> => {
  const repos = await names.did.add(rows.map(({ repo }) => repo))
  const uris = await names.did.write(rows.map(({ uri }) => uri))
  return texts.map((row, index) => ({ repo: repos[index] ?? 0, uri: uris[index] ?? '', row }))
}

export const appendRows = async (transaction: Transaction, intake: readonly IntakeRow[]): Promise<void> => {
  const { tables, session, names, counters } = transaction
  if (intake.length === 0) return
  // From here on each stands under its number everywhere, whether a row of its own comes first or a word of somebody else.
  await names.did.add(erasedNamesIn(intake))
  const texts = await names.did.write(intake.map((row) => JSON.stringify(row)))
  const stored = await storedOf(transaction, intake, texts)
  const pages: IntakeDoc[] = []
  for (let from = 0; from < intake.length; from += PAGE) {
    const [first, last] = [intake[from], intake[Math.min(from + PAGE, intake.length) - 1]]
    if (first === undefined || last === undefined) break
    pages.push(pageOf(placeOf(last.leaf, last.op), tables.book, first.recordedAt, stored.slice(from, from + PAGE)))
  }
  await tables.intake.insertMany(pages, { session })
  counters.rows += intake.length
}

const parseRow = (text: string): IntakeRow => JSON.parse(text)

export const rowsOf = async (view: View, stored: readonly Pick<Stored, 'row'>[]): Promise<IntakeRow[]> =>
  (await view.names.did.read(stored.map(({ row }) => row))).map(parseRow)

export const placeOfRow = ({ leaf, op }: IntakeRow): number => placeOf(leaf, op)

type Chosen = { readonly repo?: number; readonly uri?: string; readonly names?: number }

const indexOf = ({ repo, uri, names }: Chosen) => {
  if (uri !== undefined) return { b: 1, uri: 1, _id: 1 } as const
  if (repo !== undefined) return { b: 1, repo: 1, _id: 1 } as const
  return names === undefined ? BY_ID : ({ b: 1, names: 1, _id: 1 } as const)
}

/** Under which a uri may be found: its number, the one it was written with before schema 7, and itself. */
const signsOf = (uri: string): readonly (number | string)[] => [actNumber(uri), numberOf(uri), uri]

/** Two uris may share a number. */
const isOf = (stored: Stored, uri: string): boolean => signsOf(uri).includes(stored.uri) && parseRow(stored.row).uri === uri

/** Pages that hold such a row. */
const holding = ({ uri, ...chosen }: Chosen) => ({ ...chosen, ...(uri === undefined ? {} : { uri: { $in: signsOf(uri) } }) })

/** Rows of the pages that hold such a row; of those only such rows. */
const chosenIn = ({ repo, uri, names }: Chosen, page: IntakeDoc): Stored[] =>
  storedIn(page).filter(
    (one) =>
      (repo === undefined || one.repo === repo) &&
      (uri === undefined || isOf(one, uri)) &&
      (names === undefined || (one.repo !== names && one.row.includes(`did:#${names};`))),
  )

/** All such rows in their order. */
export const rowsLike = async (view: View, chosen: Chosen): Promise<IntakeRow[]> => {
  const { tables, session } = view
  const pages = await tables.intake
    .find({ b: tables.book, ...holding(chosen) }, { session, hint: indexOf(chosen), sort: { _id: 1 } })
    .toArray()
  return rowsOf(
    view,
    pages.flatMap((page) => chosenIn(chosen, page)),
  )
}

const READ_AT_ONCE = 20

/** Such rows before a place, a page at a time, newest first. */
export async function* rowsBefore(view: View, chosen: Chosen, place: number): AsyncGenerator<IntakeRow[]> {
  const { tables, session } = view
  const { book: b } = tables
  const last = place === Infinity ? null : await pageAt(view, place)
  const range: Range = last === null ? { $lt: `${b}/~` } : { $lte: last._id }
  const options = { session, hint: indexOf(chosen), sort: { _id: -1 }, batchSize: READ_AT_ONCE } as const
  const pages = tables.intake.find({ b, ...holding(chosen), _id: range }, options)
  for await (const page of pages) yield (await rowsOf(view, chosenIn(chosen, page))).filter((row) => placeOfRow(row) < place).toReversed()
}

/** The page in which a place lies, or the first one behind it. */
const pageAt = async ({ tables, session }: View, place: number): Promise<IntakeDoc | null> => {
  const { intake, book: b } = tables
  return intake.findOne({ b, _id: { $gte: placeKey(b, place), $lt: `${b}/~` } }, { session, hint: BY_ID, sort: { _id: 1 } })
}

type Placed = Pick<IntakeRow, 'leaf' | 'op' | 'recordedAt'>

const parsePlaced = (text: string): Placed => JSON.parse(text)

/** Where and when of the rows of a page, whoever they name. */
export const placesIn = ({ row }: Pick<IntakeDoc, 'row'>): Placed[] => rowTexts(row).map(parsePlaced)

/** The last row before a place. */
export const lastPlaceBefore = async (view: View, place: number): Promise<Placed | undefined> => {
  const { tables, session } = view
  const { book: b } = tables
  const isBefore = (one: Placed): boolean => placeOf(one.leaf, one.op) < place
  const within = await pageAt(view, place)
  const found = within === null ? undefined : placesIn(within).findLast(isBefore)
  if (found !== undefined) return found
  const page = await tables.intake.findOne(
    { b, _id: { $gte: `${b}/`, $lt: placeKey(b, place) } },
    { session, hint: BY_ID, sort: { _id: -1 } },
  )
  return page === null ? undefined : placesIn(page).findLast(isBefore)
}

/** All rows from one place on and before another. */
export const rowsBetween = async (view: View, from: number, before: number): Promise<IntakeRow[]> => {
  const { tables, session } = view
  const { book: b } = tables
  const found: IntakeRow[] = []
  const _id = { $gte: placeKey(b, from), $lt: `${b}/~` }
  for await (const page of tables.intake.find({ b, _id }, { session, hint: BY_ID, sort: { _id: 1 }, batchSize: READ_AT_ONCE })) {
    const rows = await rowsOf(view, storedIn(page))
    found.push(...rows.filter((row) => placeOfRow(row) >= from && placeOfRow(row) < before))
    if (page._id >= placeKey(b, before)) break
  }
  return found
}

/** Writes a row over; `text` has numbers for DIDs. */
export const putRow = async (transaction: Transaction, row: IntakeRow, text: string): Promise<void> => {
  const { tables, session } = transaction
  const page = await pageAt(transaction, placeOfRow(row))
  if (page === null) throw new Error('the store has lost a row of intake')
  const stored = storedIn(page)
  const index = (await rowsOf(transaction, stored)).findIndex((one) => placeOfRow(one) === placeOfRow(row))
  const [written] = await storedOf(transaction, [row], [text])
  const { _id, b, at } = page
  const last = Number(_id.slice(_id.lastIndexOf('/') + 1))
  const { _id: _same, ...rest } = pageOf(last, b, at, written === undefined || index < 0 ? stored : stored.with(index, written))
  await tables.intake.replaceOne({ _id, b }, rest, { session })
}
