// Gives the records of an erased account their names in what is folded: keys and texts of documents, heads of transactions, refusals and due entries.
// After this what is folded is what a fold of the residues makes of it.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from '../journal/model.ts'
import { eventOf, subjectsOf } from '../journal/residue.ts'
import { begins, keyOf, within } from './mongo-keys.ts'
import { changedPage, transactionsIn, whenOf } from './mongo-pages.ts'
import { placeOnSheet, putOnSheets, readSheets } from './mongo-sheets.ts'
import type { DocRow, Line, PageRow } from './mongo-tables.ts'
import type { Transaction } from './mongo-transaction.ts'
import { actNumber } from './act-number.ts'

type Change = (text: string) => string

/** `names`: uris of records in the repo with what they are called from now on. `own`: its rows, `others`: rows that name the account. */
type Renamed = { readonly names: ReadonlyMap<string, string>; readonly own: readonly IntakeRow[]; readonly others: readonly IntakeRow[] }

/** Renames what is folded of the account with this number and name; gives what does so in a stored text. */
export const renameUris = async (transaction: Transaction, did: number, name: string, renamed: Renamed): Promise<Change> => {
  const uris = [...renamed.names]
  const from = await transaction.names.did.seek(uris.map(([uri]) => uri))
  const to = await transaction.names.did.seek(uris.map(([, called]) => called))
  const stored = new Map(from.map((uri, index) => [uri, to[index] ?? '']))
  const pattern = new RegExp(`at://did:#${did};/[A-Za-z0-9.-]+/[A-Za-z0-9._:~-]+`, 'g')
  const change: Change = (text) => text.replace(pattern, (uri) => stored.get(uri) ?? uri)
  await renameDocs(transaction, did, renamed, change)
  await renameHeads(transaction, name, renamed, change)
  await renameRefusals(transaction, did, change)
  await renameDues(transaction, did, change)
  return change
}

const DID = /did:#\d+;/g
const URI = /at:\/\/did:#\d+;\/[A-Za-z0-9.-]+\/[A-Za-z0-9._:~#-]+/g

/** The kinds documents are led by, each found by one look behind the one before. */
const kindsOf = async ({ tables, session, folded: b }: Transaction): Promise<string[]> => {
  const kinds: string[] = []
  for (let after = keyOf(b, ''); ;) {
    const first = await tables.doc.findOne(
      { b, _id: { $gte: after, $lt: `${b}/~` } },
      { session, sort: { _id: 1 }, projection: { _id: 1 } },
    )
    if (first === null) return kinds
    const key = first._id.slice(b.length + 1)
    kinds.push(key.slice(0, key.indexOf(':')))
    after = keyOf(b, `${kinds.at(-1) ?? ''};`)
  }
}

/** Documents led by the account or by one of its records, and those of the records they speak of. */
const renameDocs = async (transaction: Transaction, did: number, { own, others }: Renamed, change: Change): Promise<void> => {
  const { tables, session, folded: b, names } = transaction
  const kinds = await kindsOf(transaction)
  const entities = ['', 'P:', 'O:', 'C:'].map((kind) => `${kind}did:#${did};`)
  const leads = [`at://did:#${did};/`, ...entities]
  const led = kinds.flatMap((kind) => leads.map((lead) => ({ b, _id: begins(keyOf(b, `${kind}:${lead}`)) })))
  const first = led.length === 0 ? [] : await tables.doc.find({ $or: led }, { session }).toArray()
  const places = entities.flatMap((entity) => placeOnSheet(`giver:${entity}`) ?? [])
  const onSheet = await readSheets(transaction, places)
  const laid = places.flatMap((place) => {
    const text = onSheet(place)
    return text === undefined ? [] : [{ ...place, text }]
  })
  const texts = [...first.map(({ _id, value }) => `${_id} ${value}`), ...laid.map(({ text }) => text)]
  const spoken = await names.did.seek([...subjectsOf(own), ...others.map(({ uri }) => uri)])
  const records = new Set([...texts.flatMap((text) => text.match(URI) ?? []), ...spoken])
  const people = new Set(texts.flatMap((text) => text.match(DID) ?? []))
  const events = await names.did.seek(others.flatMap(keysOfEvent))
  const more = [...[...records, ...people].flatMap((one) => kinds.map((kind) => `${kind}:${one}`)), ...events]
  const found = new Map<string, DocRow>(first.map((doc) => [doc._id, doc]))
  for (let at = 0; at < more.length; at += PAGE) {
    const page = more.slice(at, at + PAGE).map((key) => keyOf(b, key))
    for (const doc of await tables.doc.find({ b, _id: { $in: page } }, { session }).toArray()) found.set(doc._id, doc)
  }
  for (const { _id, value } of found.values()) {
    const [key, text] = [change(_id), change(value)]
    if (key === _id && text === value) continue
    await tables.doc.deleteOne({ _id, b }, { session })
    await tables.doc.insertOne({ _id: key, b, value: text }, { session })
  }
  await putOnSheets(
    transaction,
    laid.map(({ text, ...place }) => ({ ...place, text: change(text) })),
  )
}

const PAGE = 5_000

const keysOfEvent = ({ collection, repo, value }: IntakeRow): string[] => {
  const event = collection === nsid.action ? eventOf(value) : undefined
  return event === undefined ? [] : [`event:P:${repo}/${event}`, `event:O:${repo}/${event}`]
}

const renameHeads = async (
  transaction: Transaction,
  name: string,
  { names: uris, own, others }: Renamed,
  change: Change,
): Promise<void> => {
  const { tables, session, folded: b, names } = transaction
  const actions = await names.did.seek([...new Set([...uris.keys(), ...subjectsOf(own), ...others.map(({ uri }) => uri)])])
  const entities = (await names.entity.find(['P', 'O'].map((kind) => `${kind}:${name}`))).filter((id) => id !== 0)
  const found = new Map<string, PageRow>()
  for (const filter of [
    { b, acts: { $in: actions.map(actNumber) } },
    { b, who: { $in: entities } },
  ])
    for await (const row of tables.page.find(filter, { session })) found.set(row._id, row)
  const meant = new Set(actions)
  const [people, isOwn] = [new Set(entities), ({ e }: Line): boolean => people.has(e)]
  for (const page of found.values()) {
    const paged = transactionsIn(page)
    const changed = paged.map(({ head, lines }) =>
      meant.has(whenOf(head).action ?? '') || lines.some(isOwn) ? { head: change(head), lines } : { head, lines },
    )
    if (changed.every(({ head }, index) => head === paged[index]?.head)) continue
    const { _id, ...rest } = changedPage(page, changed)
    await tables.page.replaceOne({ _id, b }, rest, { session })
  }
}

const renameRefusals = async ({ tables, session, folded: b }: Transaction, did: number, change: Change): Promise<void> => {
  const repo = `did:#${did};`
  const found = await tables.refusal.find({ b, repo }, { session }).toArray()
  if (found.length === 0) return
  await tables.refusal.deleteMany({ b, repo }, { session })
  const changed = found.map((row) => ({ ...row, _id: change(row._id), uri: change(row.uri), value: change(row.value) }))
  await tables.refusal.insertMany(changed, { session })
}

const renameDues = async ({ tables, session, folded: b }: Transaction, did: number, change: Change): Promise<void> => {
  const found = await tables.due.find({ ...within(b), uri: { $regex: `at://did:#${did};/` } }, { session }).toArray()
  for (const { _id, uri, value, ...row } of found) {
    await tables.due.deleteOne({ _id, b }, { session })
    await tables.due.insertOne({ ...row, _id: change(_id), uri: change(uri), value: change(value) }, { session })
  }
}
