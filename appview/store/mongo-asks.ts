// Who is named by an open action, has said nothing of it yet, and so is asked to confirm it. One giver, however many acts they write, takes a few places
// of what is shown; givers some town knows come before everybody else.

import type { Doc } from '../journal/model.ts'
import { keyOf } from './mongo-keys.ts'
import type { AskRow } from './mongo-tables.ts'
import type { Transaction, Work } from './mongo-transaction.ts'
import { placeOf } from './places.ts'
import type { Books } from './store.ts'

const ACTION = 'action:'

/** Keeps the asks of actions as their documents say. */
export const writeAsks = async (transaction: Transaction, docs: ReadonlyMap<string, Doc | null>): Promise<void> => {
  const { tables, session, folded: b, names } = transaction
  const actions = [...docs].filter(([key]) => key.startsWith(ACTION))
  const uris = await names.did.seek(actions.map(([key]) => key.slice(ACTION.length)))
  if (uris.length > 0) await tables.ask.deleteMany({ b, uri: { $in: uris } }, { session })
  const asks = actions.flatMap(([key, doc]) => asksOf(key.slice(ACTION.length), doc))
  const texts = await names.did.write(asks.flatMap(({ uri, did, giver }) => [uri, did, giver]))
  const rows = new Map<string, AskRow>()
  for (const [index, { place }] of asks.entries()) {
    const [uri = '', did = '', giver = ''] = texts.slice(index * 3, index * 3 + 3)
    const _id = keyOf(b, uri, did)
    if (!rows.has(_id)) rows.set(_id, { _id, b, uri, did, giver, place })
  }
  if (rows.size > 0) await tables.ask.insertMany([...rows.values()], { session })
}

const asksOf = (uri: string, doc: Doc | null) => {
  if (doc?.kind !== 'action' || doc.state !== 'open') return []
  const done = new Set([doc.repo, ...doc.confirmations.map(({ repo }) => repo)])
  const place = placeOf(doc.leaf, doc.op)
  const named = [...doc.beneficiaries.map((one) => one.did), doc.hostBody].filter((did) => did !== null)
  return named.filter((did) => !done.has(did)).map((did) => ({ uri, did, giver: doc.repo, place }))
}

export const openAsks =
  (work: Work): Books['asked'] =>
  (person, { perGiver, limit }) =>
    work.view(async ({ tables, session, folded: b, names }) => {
      const [did = ''] = await names.did.seek([person])
      const all = await tables.ask.find({ b, did }, { session, sort: { place: -1 } }).toArray()
      const givers = [...new Set(all.map(({ giver }) => giver))]
      const keys = givers.flatMap((giver) => ['account', 'admissions', 'hosts'].map((kind) => keyOf(b, `${kind}:${giver}`)))
      const there = new Set(
        (await tables.doc.find({ b, _id: { $in: keys } }, { session, projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
      )
      const active = all.filter(({ giver }) => !there.has(keyOf(b, `account:${giver}`)))
      const isKnown = ({ giver }: AskRow): boolean => there.has(keyOf(b, `admissions:${giver}`)) || there.has(keyOf(b, `hosts:${giver}`))
      const taken = new Map<string, number>()
      const shown = active.filter(({ giver }) => {
        taken.set(giver, (taken.get(giver) ?? 0) + 1)
        return (taken.get(giver) ?? 0) <= perGiver
      })
      const first = shown.toSorted((x, y) => Number(isKnown(y)) - Number(isKnown(x)) || y.place - x.place).slice(0, limit)
      return { uris: await names.did.read(first.map(({ uri }) => uri)), total: active.length }
    })
