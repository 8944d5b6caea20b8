// The keyed hashes under which a store on MongoDB remembers what it has erased. The key lies in a file of the appview's folder, never in the database.

import { createHmac } from 'node:crypto'
import { StartError } from '../../server/start-error.ts'
import { readErasureKey } from './erased-names.ts'
import { keyOf } from './mongo-keys.ts'
import type { Tables } from './mongo-tables.ts'
import type { Transaction, View } from './mongo-transaction.ts'
import { readState, stateKey } from './mongo-transaction.ts'

/** Names of some uris, as far as these were withdrawn. */
export type KnownNames = {
  /** The name of a withdrawn record for who spoke of it at a leaf; undefined when it was not withdrawn since. */
  at(uri: string, leaf: number): string | undefined
  /** The name it was given last. */
  last(uri: string): string | undefined
}

export type ErasedNames = {
  readonly hash: (text: string) => string
  of(view: View, uris: readonly string[]): Promise<KnownNames>
  /** `rkey`: what its name ends in; of an erased account the name whole. */
  add(transaction: Transaction, uri: string, leaf: number, rkey: string): Promise<void>
}

/** Throws StartError when the book was made with another key. */
export const openErasedNames = async (tables: Tables, keyFile: string): Promise<ErasedNames> => {
  const key = readErasureKey(keyFile)
  const hash = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  await checkPrint(tables, hash('this store'), keyFile)
  const { book: b } = tables
  return {
    hash,
    of: async ({ tables: { erased }, session }, uris) => {
      const hashes = [...new Set(uris)].map(hash)
      const byHash = new Map<string, { readonly leaf: number; readonly rkey: string }[]>()
      if (hashes.length > 0)
        for await (const row of erased.find({ b, hash: { $in: hashes } }, { session, sort: { hash: 1, leaf: 1 } }))
          byHash.set(row.hash, [...(byHash.get(row.hash) ?? []), row])
      const named = (uri: string, found: { readonly rkey: string } | undefined): string | undefined =>
        found === undefined
          ? undefined
          : found.rkey.startsWith('at://')
            ? found.rkey
            : `${uri.slice(0, uri.lastIndexOf('/'))}/${found.rkey}`
      return {
        at: (uri, leaf) =>
          named(
            uri,
            byHash.get(hash(uri))?.find((row) => row.leaf >= leaf),
          ),
        last: (uri) => named(uri, byHash.get(hash(uri))?.at(-1)),
      }
    },
    add: async ({ tables: { erased }, session, state, change }, uri, leaf, rkey) => {
      const _id = keyOf(b, hash(uri), leaf)
      await erased.insertOne({ _id, b, hash: hash(uri), leaf, rkey }, { session })
      if (!state.hasErased) change({ hasErased: true })
    },
  }
}

const checkPrint = async (tables: Tables, print: string, keyFile: string): Promise<void> => {
  const { state, book: b } = tables
  await state.updateOne({ _id: stateKey(b), b, print: null }, { $set: { print } })
  if ((await readState(tables)).print !== print)
    throw new StartError(
      `${keyFile} is not the key this store was made with: bring the right one back, or copy it from the other appview of these books`,
    )
}
