// What a rebuild sends to the thread that writes for it: as few and as plain values as can be, since all of it is copied: documents as one text and a row
// of numbers.

import type { Due, Refusal } from '../journal/model.ts'
import type { PackedTransactions } from './packed-transactions.ts'

/** A document as text, null where it is dropped; `number`: of its row; `isNew`: there is none yet; `asks`: of an open action, who is asked. */
export type WrittenDoc = {
  readonly key: string
  readonly number: number
  readonly isNew: boolean
  readonly text: string | null
  readonly asks: readonly Ask[]
}
export type Ask = { readonly did: string; readonly giver: string; readonly place: number }

export type FoldedBatch = {
  readonly kind: 'batch'
  readonly number: number
  readonly transactions: PackedTransactions
  readonly refusals: readonly Refusal[]
  readonly docs: WrittenDocs
}

export type RebuildMessage = FoldedBatch | { readonly kind: 'end'; readonly docs: WrittenDocs; readonly dues: readonly Due[] }

export type WrittenDocs = {
  /** Of each: its number, whether there is none yet, the lengths of its key and of its text. */
  readonly numbers: Float64Array<ArrayBuffer>
  /** Keys and texts, one after the other. */
  readonly text: string
  /** By the place of their action, where somebody is asked. */
  readonly asks: ReadonlyMap<number, readonly Ask[]>
}

const FIELDS = 4
const DROPPED = -1

export const packWritten = (docs: readonly WrittenDoc[]): WrittenDocs => {
  const numbers = new Float64Array(docs.length * FIELDS)
  const parts: string[] = []
  const asks = new Map<number, readonly Ask[]>()
  for (const [nth, one] of docs.entries()) {
    const at = nth * FIELDS
    numbers[at] = one.number
    numbers[at + 1] = one.isNew ? 1 : 0
    numbers[at + 2] = one.key.length
    numbers[at + 3] = one.text === null ? DROPPED : one.text.length
    parts.push(one.key, one.text ?? '')
    if (one.asks.length > 0) asks.set(nth, one.asks)
  }
  return { numbers, text: parts.join(''), asks }
}

const NOBODY: readonly Ask[] = []

export function* unpackWritten({ numbers, text: all, asks }: WrittenDocs): Generator<WrittenDoc> {
  let from = 0
  const next = (length: number): string => all.slice(from, (from += length))
  for (let at = 0; at < numbers.length; at += FIELDS) {
    const key = next(numbers[at + 2] ?? 0)
    const length = numbers[at + 3] ?? DROPPED
    const text = length === DROPPED ? null : next(length)
    yield { key, number: numbers[at] ?? 0, isNew: numbers[at + 1] === 1, text, asks: asks.get(at / FIELDS) ?? NOBODY }
  }
}

/** Places in the numbers both threads see: the last batch that is in the file; 1 when all is, 2 when something went wrong. */
export const COMMITTED = 0
export const ENDED = 1
