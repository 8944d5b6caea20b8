// The journal's documents and due entries, by key.

import { dueOrder } from '../journal/draft.ts'
import type { Doc, Due } from '../journal/model.ts'
import { compareBytes } from '../journal/units.ts'
import { docOfText, textOfDoc } from './doc-text.ts'
import { begins, keyOf } from './mongo-keys.ts'
import { keysOnSheets, placeOnSheet, putOnSheets, readSheets } from './mongo-sheets.ts'
import type { Laid } from './mongo-sheets.ts'
import type { DocRow } from './mongo-tables.ts'
import type { Transaction, View, Work } from './mongo-transaction.ts'
import { partsOf } from '../journal/doc-changes.ts'
import type { Books } from './store.ts'

const parseDue = (value: string): Due => JSON.parse(value)

/** Documents by the keys asked for, null where there is none. */
export const readDocs = async (view: View, wanted: readonly string[]): Promise<Map<string, Doc | null>> =>
  new Map((await readTexts(view, wanted)).map(([key, text]) => [key, text === undefined ? null : docOfText(...partsOf(key), text)]))

/** The same as texts. */
export const readTexts = async (view: View, wanted: readonly string[]): Promise<(readonly [key: string, text: string | undefined])[]> => {
  const { tables, session, folded: b, names } = view
  const places = (await names.did.seek(wanted)).map((stored) => placeOnSheet(stored) ?? keyOf(b, stored))
  const ids = places.filter((place) => typeof place === 'string')
  const found = ids.length === 0 ? [] : await tables.doc.find({ b, _id: { $in: ids } }, { session }).toArray()
  const alone = new Map(found.map(({ _id, value }) => [_id, value]))
  const onSheet = await readSheets(
    view,
    places.filter((place) => typeof place !== 'string'),
  )
  const stored = places.map((place) => (typeof place === 'string' ? alone.get(place) : onSheet(place)))
  const texts = await names.did.read(stored.map((text) => text ?? ''))
  return wanted.map((key, index) => [key, stored[index] === undefined ? undefined : texts[index]])
}

/** Null drops it. What is known to be new is put without a look for what was there. */
export const putDocs = async (transaction: Transaction, docs: ReadonlyMap<string, Doc | null>): Promise<void> => {
  const { tables, session, folded: b, names, memory, staged } = transaction
  const kept = [...docs].flatMap(([key, doc]) => (doc === null ? [] : [[key, doc] as const]))
  const gone = await names.did.seek([...docs.keys()].filter((key) => docs.get(key) === null))
  const keys = await names.did.write(kept.map(([key]) => key))
  const values = await names.did.write(kept.map(([key, doc]) => textOfDoc(partsOf(key)[1], doc)))
  const isNew = (key: string): boolean => !staged.docs.has(key) && memory.docs.get(key) === null
  const laid: Laid[] = []
  const fresh: DocRow[] = []
  const puts: { updateOne: { filter: Pick<DocRow, '_id' | 'b'>; update: { $set: Pick<DocRow, 'value'> }; upsert: true } }[] = []
  for (const [index, [key]] of kept.entries()) {
    const [stored, value] = [keys[index] ?? '', values[index] ?? '']
    const [place, _id] = [placeOnSheet(stored), keyOf(b, stored)]
    if (place !== null) laid.push({ ...place, text: value })
    else if (isNew(key)) fresh.push({ _id, b, value })
    else puts.push({ updateOne: { filter: { _id, b }, update: { $set: { value } }, upsert: true } })
  }
  for (const key of gone) {
    const place = placeOnSheet(key)
    if (place !== null) laid.push({ ...place, text: null })
  }
  for (const [key, doc] of docs) staged.docs.set(key, doc)
  if (fresh.length > 0) await tables.doc.insertMany(fresh, { session, ordered: false })
  if (puts.length > 0) await tables.doc.bulkWrite(puts, { session, ordered: false })
  await putOnSheets(transaction, laid)
  const ids = gone.filter((key) => placeOnSheet(key) === null).map((key) => keyOf(b, key))
  if (ids.length > 0) await tables.doc.deleteMany({ b, _id: { $in: ids } }, { session })
}

export const writeDues = async (transaction: Transaction, add: readonly Due[], remove: readonly Due[]): Promise<void> => {
  const { tables, session, folded: b, names } = transaction
  const gone = await names.did.seek(remove.map(({ uri }) => uri))
  const ids = remove.map(({ at, kind }, index) => keyOf(b, at, kind, gone[index] ?? ''))
  if (ids.length > 0) await tables.due.deleteMany({ b, _id: { $in: ids } }, { session })
  const uris = await names.did.write(add.map(({ uri }) => uri))
  const values = await names.did.write(add.map((due) => JSON.stringify(due)))
  const puts = add.map(({ at, kind }, index) => {
    const [uri, value] = [uris[index] ?? '', values[index] ?? '']
    return { replaceOne: { filter: { _id: keyOf(b, at, kind, uri), b }, replacement: { b, at, kind, uri, value }, upsert: true } }
  })
  if (puts.length > 0) await tables.due.bulkWrite(puts, { session })
}

export const openQueue = (work: Pick<Work, 'view'>): Pick<Books, 'load' | 'documents' | 'keys' | 'due' | 'nextDue'> => ({
  load: (wanted) =>
    work.view(async (view) => {
      const { docs } = view.memory
      const known = new Map<string, Doc | null>()
      const missing = wanted.filter((key) => {
        const doc = docs.get(key)
        if (doc !== undefined) known.set(key, doc)
        return doc === undefined
      })
      if (missing.length === 0) return known
      for (const [key, doc] of await readDocs(view, missing)) {
        docs.set(key, doc)
        known.set(key, doc)
      }
      return known
    }),
  documents: async () => null,
  keys: (prefix, after, limit) =>
    work.view(async (view) => {
      const { tables, session, folded: b, names } = view
      const [stored = ''] = await names.did.seek([prefix])
      const found = await tables.doc.find({ b, _id: begins(keyOf(b, stored)) }, { session, projection: { _id: 1 } }).toArray()
      const keys = [...found.map(({ _id }) => _id.slice(b.length + 1)), ...(await keysOnSheets(view, prefix))]
      return (await names.did.read(keys))
        .filter((key) => key.startsWith(prefix) && key > (after ?? ''))
        .toSorted(compareBytes)
        .slice(0, limit)
    }),
  due: (through, limit) =>
    work.view(async ({ tables, session, folded: b, names }) => {
      const _id = { $gte: keyOf(b, ''), $lt: `${keyOf(b, through)}/~` }
      const first = await tables.due.find({ b, _id }, { session, sort: { _id: 1 }, limit }).toArray()
      const last = first.at(-1)
      // Stored uris hold numbers: what is due at the last instant is put in the order of its own uris.
      const others =
        last === undefined || first.length < limit
          ? []
          : await tables.due.find({ b, _id: { $gt: last._id, $lt: `${keyOf(b, last.at)}/~` } }, { session }).toArray()
      const dues = (await names.did.read([...first, ...others].map(({ value }) => value))).map(parseDue)
      return dues.toSorted(dueOrder).slice(0, limit)
    }),
  nextDue: () =>
    work.view(async ({ tables, session, folded: b }) => {
      const first = await tables.due.findOne({ b, _id: begins(keyOf(b, '')) }, { session, sort: { _id: 1 } })
      return first?.at ?? null
    }),
})
