// What moving a store needs beyond the store contract: rows are put down as they were, without erasing again what their source has erased.

import type { Cursor, Origin, Proof, RepoHead } from './store.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'

/** What was erased: by the keyed hash of a uri its name, and rows without content that speak of a record, by the keyed hash of its uri. */
export type Erasures = {
  readonly names: readonly { readonly hash: string; readonly leaf: number; readonly rkey: string }[]
  readonly subjects: readonly { readonly hash: string; readonly place: number }[]
}

export type Page = { readonly rows: readonly IntakeRow[]; readonly proofs: readonly Proof[]; readonly heads: readonly RepoHead[] }

/** What a copy finds where it is to go. */
export type Found = 'nothing' | 'books' | 'part'

export type Moving = {
  /** Marks what holds nothing as being copied into, until `end`: of two that begin one finds the part of the other. */
  begin(): Promise<Found>
  end(): Promise<void>
  erasures(): Promise<Erasures>
  /** Puts rows down behind those that are there. */
  append(page: Page): Promise<void>
  /** The end of it: what was erased, and where the source stood; nothing is folded yet. */
  settle(state: {
    readonly origin: Origin | null
    readonly roster: Roster
    readonly cursor: Cursor
    readonly erasures: Erasures
  }): Promise<void>
  close(): Promise<void>
}
