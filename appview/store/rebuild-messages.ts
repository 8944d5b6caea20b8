// What a rebuild sends to the thread that writes for it: as few and as plain values as can be, since all of it is copied.

import type { Due, Refusal, Transaction } from '../journal/model.ts'

/** A document as text, null where it is dropped; `asks`: of an open action, who is asked. */
export type WrittenDoc = { readonly key: string; readonly text: string | null; readonly asks: readonly Ask[] }
export type Ask = { readonly did: string; readonly giver: string; readonly place: number }

/** `heads`: JSON of each transaction but for its lines; `transactions`: JSON of [leaf, recordedAt, action, effectiveDate, lines] of each. */
export type FoldedBatch = {
  readonly kind: 'batch'
  readonly number: number
  readonly heads: readonly string[]
  readonly transactions: string
  readonly refusals: readonly Refusal[]
  readonly docs: readonly WrittenDoc[]
}

export type RebuildMessage = FoldedBatch | { readonly kind: 'end'; readonly docs: readonly WrittenDoc[]; readonly dues: readonly Due[] }

/** Places in the numbers both threads see: the last batch that is in the file; 1 when all is, 2 when something went wrong. */
export const COMMITTED = 0
export const ENDED = 1

type Packed = [number | null, string, string | null, string, Transaction['lines']]

export const packTransactions = (transactions: readonly Transaction[]): Pick<FoldedBatch, 'heads' | 'transactions'> => {
  const heads: string[] = []
  const packed: Packed[] = []
  for (const { lines, ...head } of transactions) {
    heads.push(JSON.stringify(head))
    packed.push([head.leaf, head.recordedAt, head.action, head.effectiveDate, lines])
  }
  return { heads, transactions: JSON.stringify(packed) }
}

/** A transaction as far as the tables need it. */
export type Unpacked = Pick<Transaction, 'leaf' | 'recordedAt' | 'action' | 'effectiveDate' | 'lines'> & { readonly head: string }

export const unpackTransactions = ({ heads, transactions }: Pick<FoldedBatch, 'heads' | 'transactions'>): Unpacked[] =>
  parsePacked(transactions).map(([leaf, recordedAt, action, effectiveDate, lines], index) => ({
    leaf,
    recordedAt,
    action,
    effectiveDate,
    lines,
    head: heads[index] ?? '',
  }))

export const unpacked = ({ lines, ...head }: Transaction): Unpacked => ({
  leaf: head.leaf,
  recordedAt: head.recordedAt,
  action: head.action,
  effectiveDate: head.effectiveDate,
  lines,
  head: JSON.stringify(head),
})

const parsePacked = (text: string): Packed[] => JSON.parse(text)
