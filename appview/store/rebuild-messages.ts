// What a rebuild sends to the thread that writes for it: as few and as plain values as can be, since all of it is copied.

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
  readonly docs: readonly WrittenDoc[]
}

export type RebuildMessage = FoldedBatch | { readonly kind: 'end'; readonly docs: readonly WrittenDoc[]; readonly dues: readonly Due[] }

/** Places in the numbers both threads see: the last batch that is in the file; 1 when all is, 2 when something went wrong. */
export const COMMITTED = 0
export const ENDED = 1
