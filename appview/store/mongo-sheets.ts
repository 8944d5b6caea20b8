// What changes with nearly every act of an entity lies on sheets: balances and open acts of entities whose numbers follow one another on one, their days on
// one for each month. So a batch writes one document where many entities have changed, and of it only what has.

import { keyOf, within } from './mongo-keys.ts'
import type { Transaction, View } from './mongo-transaction.ts'

/** Entities on one sheet. */
const ENTITIES = 16

/** `id`: of the sheet, behind its book. `name`: of the field. */
export type Place = { readonly id: string; readonly name: string }

const KINDS = ['balance:', 'giver:', 'days:']
const KEY = /^(?:(balance|giver):([A-Z]:)did:#(\d+);|(days):([A-Z]:)did:#(\d+);(\/\d{4}-\d{2}))$/
const SHEET = /^([A-Z]:)\d+(.*)$/
const FIELD = /^([a-z]+)(\d+)$/

/** Where a document lies, by its key as it is stored; null where it stands by itself. */
export const placeOnSheet = (key: string): Place | null => {
  const [, kind, letter, number, days, ofDays, numberOfDays, month] = KEY.exec(key) ?? []
  if (kind !== undefined) return { id: `${letter}${sheetOf(number)}`, name: `${kind}${number}` }
  return days === undefined ? null : { id: `${ofDays}${sheetOf(numberOfDays)}${month}`, name: `${days}${numberOfDays}` }
}

const sheetOf = (number: string | undefined): number => Math.floor(Number(number) / ENTITIES)

/** The key as it is stored. */
const keyOnSheet = ({ id, name }: Place): string => {
  const [, letter = '', month = ''] = SHEET.exec(id) ?? []
  const [, kind = '', number = ''] = FIELD.exec(name) ?? []
  return `${kind}:${letter}did:#${number};${month}`
}

/** Texts as they are stored, by the sheet and the field they are on. */
export const readSheets = async (
  { tables, session, folded: b }: View,
  places: readonly Place[],
): Promise<(place: Place) => string | undefined> => {
  const ids = [...new Set(places.map(({ id }) => keyOf(b, id)))]
  const found = ids.length === 0 ? [] : await tables.sheet.find({ b, _id: { $in: ids } }, { session }).toArray()
  const byId = new Map(found.map(({ _id, of }) => [_id, of]))
  return ({ id, name }) => byId.get(keyOf(b, id))?.[name]
}

/** Keys as they are stored of all documents that lie on sheets; none where no key of those begins so. */
export const keysOnSheets = async ({ tables, session, folded: b }: View, prefix = ''): Promise<string[]> => {
  if (!KINDS.some((kind) => kind.startsWith(prefix) || prefix.startsWith(kind))) return []
  const keys: string[] = []
  for await (const { _id, of } of tables.sheet.find(within(b), { session }))
    for (const name of Object.keys(of)) keys.push(keyOnSheet({ id: _id.slice(b.length + 1), name }))
  return keys
}

/** Null: dropped. */
export type Laid = Place & { readonly text: string | null }

export const putOnSheets = async ({ tables, session, folded: b }: Transaction, laid: readonly Laid[]): Promise<void> => {
  if (laid.length === 0) return
  const sheets = new Map<string, { $set: Record<string, string>; $unset: Record<string, true> }>()
  for (const { id, name, text } of laid) {
    const sheet = sheets.get(id) ?? { $set: {}, $unset: {} }
    sheets.set(id, sheet)
    if (text === null) sheet.$unset[`of.${name}`] = true
    else sheet.$set[`of.${name}`] = text
  }
  const updates = [...sheets].map(([id, update]) => {
    // What only is dropped makes no sheet.
    const upsert = Object.keys(update.$set).length > 0
    return { updateOne: { filter: { _id: keyOf(b, id), b }, update, upsert } }
  })
  await tables.sheet.bulkWrite(updates, { session, ordered: false })
}
