// Numbers that stand for texts: for DIDs in all other texts, so that an erasure renames a person at once; for entities, scopes and categories, in order of
// first use. What is remembered holds for one state of the names; what a transaction adds is its own until it is stored.

import type { ClientSession } from 'mongodb'
import { isErased } from '../journal/erasure.ts'
import { replaceDids } from './did-texts.ts'
import { BY_ID, keyOf } from './mongo-keys.ts'
import type { NameKind, Tables } from './mongo-tables.ts'
import { readDids } from './sqlite-dids.ts'

type Pairs = { readonly ids: Map<string, number>; readonly texts: Map<number, string> }
export type Remembered = Readonly<Record<NameKind, Pairs>>

const noPairs = (): Pairs => ({ ids: new Map(), texts: new Map() })
export const nothingRemembered = (): Remembered => ({ did: noPairs(), entity: noPairs(), scope: noPairs(), category: noPairs() })

const MAX_REMEMBERED = 500_000

const put = ({ ids, texts }: Pairs, text: string, id: number): void => {
  if (ids.size >= MAX_REMEMBERED) {
    ids.clear()
    texts.clear()
  }
  ids.set(text, id)
  texts.set(id, text)
}

/** Of one kind, in the order asked for. */
export type Named = {
  /** 0 for what has none. */
  find(texts: readonly string[]): Promise<number[]>
  /** Made when new, in the order given. Only inside a transaction. */
  add(texts: readonly string[]): Promise<number[]>
  texts(ids: readonly number[]): Promise<string[]>
}

export type Dids = Named & {
  /** Texts with numbers in place of DIDs; new ones get theirs. Only inside a transaction. */
  write(texts: readonly string[]): Promise<string[]>
  /** The same to look something up by: a DID that has no number finds nothing. */
  seek(texts: readonly string[]): Promise<string[]>
  read(texts: readonly string[]): Promise<string[]>
}

export type Names = {
  readonly did: Dids
  readonly entity: Named
  readonly scope: Named
  readonly category: Named
  readonly added: readonly Added[]
}
export type Added = { readonly kind: NameKind; readonly id: number; readonly text: string }

type Where = {
  readonly tables: Tables
  readonly session: ClientSession
  readonly folded: string
  readonly remembered: Remembered
  /** Gives the next number; absent where nothing may be added. */
  readonly next?: (kind: NameKind) => number
}

export const openNames = (where: Where): Names => {
  const own = nothingRemembered()
  const added: Added[] = []
  const tableOf = (kind: NameKind): Known => openTable(where, kind, own[kind], added)
  const did = withCoding(tableOf('did'))
  return { did, entity: coded(tableOf('entity'), did), scope: tableOf('scope'), category: tableOf('category'), added }
}

type Known = Named & {
  /** Without asking the database: 0 for what is not remembered. */
  readonly known: (text: string) => number
}

const openTable = ({ tables, session, folded, remembered, next }: Where, kind: NameKind, own: Pairs, added: Added[]): Known => {
  const known = remembered[kind]
  const b = kind === 'did' ? tables.book : folded
  const idOf = (text: string): number => own.ids.get(text) ?? known.ids.get(text) ?? 0
  const textOf = (id: number): string | undefined => own.texts.get(id) ?? known.texts.get(id)
  // Learned inside a transaction it is only its own: the transaction may not happen.
  const learned = next === undefined ? known : own
  const find = async (texts: readonly string[]): Promise<number[]> => {
    const missing = [...new Set(texts)].filter((text) => idOf(text) === 0)
    if (missing.length > 0)
      for await (const { text, id } of tables.name.find({ b, kind, text: { $in: missing } }, { session })) put(learned, text, id)
    return texts.map(idOf)
  }
  return {
    known: idOf,
    find,
    add: async (texts) => {
      await find(texts)
      for (const text of texts) {
        if (idOf(text) !== 0) continue
        const id = next?.(kind) ?? 0
        put(own, text, id)
        added.push({ kind, id, text })
      }
      return texts.map(idOf)
    },
    texts: async (ids) => {
      const missing = [...new Set(ids)].filter((id) => textOf(id) === undefined)
      const keys = missing.map((id) => keyOf(b, kind, id))
      if (keys.length > 0)
        for await (const { text, id } of tables.name.find({ b, _id: { $in: keys } }, { session, hint: BY_ID })) put(learned, text, id)
      return ids.map((id) => textOf(id) ?? '')
    },
  }
}

/** "did:#" as somebody wrote it is stored with one more "#". */
export const DIDS = /did:(?:#|plc:[a-z0-9]{24}|[a-z0-9]+:[A-Za-z0-9._:%-]+)/g
const STORED = /did:#(\d+);/g

export const numbersIn = (stored: string): number[] => [...stored.matchAll(STORED)].map(([, number]) => Number(number))

const withCoding = (table: Known): Dids => {
  // What is written before its erasure is not the name of anybody erased, and is kept as it is.
  const stored = (one: string, number: number): string =>
    one === 'did:#' ? 'did:##' : number === 0 && isErased(one) ? one : `did:#${number};`
  const usual = (did: string): string | undefined => {
    const number = table.known(did)
    return number === 0 ? undefined : `did:#${number};`
  }
  const code = async (texts: readonly string[], isNew: boolean): Promise<string[]> => {
    const others = new Set<string>()
    const first = texts.map((text) => replaceDids(text, usual, (did) => (others.add(did), did)))
    if (others.size === 0) return first
    const dids = [...others]
    if (isNew) await table.add(dids.filter((one) => one !== 'did:#' && !isErased(one)))
    const numbers = await table.find(dids)
    const byDid = new Map(dids.map((one, index) => [one, stored(one, numbers[index] ?? 0)]))
    return texts.map((text) => replaceDids(text, usual, (one) => byDid.get(one) ?? one))
  }
  return {
    ...table,
    write: (texts) => code(texts, true),
    seek: (texts) => code(texts, false),
    read: async (texts) => {
      const numbers = [...new Set(texts.flatMap(numbersIn))]
      const found = await table.texts(numbers)
      const byNumber = new Map(numbers.map((number, index) => [number, found[index] ?? '']))
      return texts.map((text) => readDids(text, (number) => byNumber.get(number) ?? ''))
    },
  }
}

/** Names that are stored with numbers for DIDs. */
const coded = (table: Named, did: Dids): Named => ({
  find: async (texts) => table.find(await did.seek(texts)),
  add: async (texts) => table.add(await did.write(texts)),
  texts: async (ids) => did.read(await table.texts(ids)),
})
