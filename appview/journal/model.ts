// What the journal reads and writes: rows of intake, postings, refusals, due entries, and the documents that are its whole state.
// Everything is plain JSON with integer amounts, so that a store can keep it and anybody can fold it again to the same bytes.

import type { Doc } from './documents.ts'
import type { Erasure } from './erasure.ts'
import type { RefusalCode } from './refusals.ts'

export type { Doc } from './documents.ts'

export type Unit = 'MIN' | 'JPY'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** One accepted operation, in the order (leaf, op). `recordedAt` is the leaf's receive time, ISO UTC with milliseconds. */
export type IntakeRow = {
  readonly origin: string
  readonly leaf: number
  readonly op: number
  readonly recordedAt: string
  readonly source: 'record' | 'account' | 'resync'
  readonly action: 'create' | 'update' | 'delete'
  readonly repo: string
  readonly collection: string
  readonly rkey: string
  readonly uri: string
  readonly cid: string | null
  readonly value: Json
  /** Of an entry record only: the private content its commitment stands for, where this appview holds it (checked by whoever read it in). */
  readonly payload?: Json
  /** What is left of a row whose record is gone. `emptied`: only what the books are folded from. `withdrawn`: its uri has given way to a name, too. */
  readonly residue?: 'emptied' | 'withdrawn' | 'erased'
  /** Of residue 'erased': the account it named, by the name of its erasure. */
  readonly named?: string
  /** Of a residue only: why the record could not be read. */
  readonly refusal?: RefusalCode
  /** Of a confirmation or an entry that speaks of a record which has been withdrawn: the name of that record now. */
  readonly subject?: string
  /** Of source 'account' only. */
  readonly account?: { readonly active: boolean; readonly status: string | null }
}

/** Debit +, credit −. `effectiveDate` only where it differs from the transaction's; `receiver` is the index in the receivers of an action. */
export type Posting = {
  readonly entity: string
  readonly scope: string
  readonly account: number
  readonly unit: Unit
  readonly amount: number
  readonly effectiveDate?: string
  readonly category?: string
  readonly receiver?: number
}

/** `id` = leaf/op/rule; time-driven: instant/uri/rule, with leaf null. `rate` is the rate table's uri, `rateCid` its CID when it was used. */
export type Transaction = {
  readonly id: string
  readonly effectiveDate: string
  readonly recordedAt: string
  readonly leaf: number | null
  readonly op: number
  readonly kind: TransactionKind
  readonly sources: readonly string[]
  readonly action: string | null
  readonly rate: string | null
  readonly rateCid: string | null
  readonly lines: readonly Posting[]
}

export type TransactionKind =
  | 'claim'
  | 'memo-release'
  | 'claim-lapse'
  | 'recognise'
  | 'recognise-prior'
  | 'retract'
  | 'reversal'
  | 'restore'
  | 'move'
  | 'merger'
  | 'opening'

/** Why a row gave nothing; `repo` is whose row it was, and who may see it. */
export type Refusal = {
  readonly leaf: number
  readonly op: number
  readonly uri: string
  readonly cid: string | null
  readonly code: string
  readonly repo: string
}

/** Something that happens by time alone. Order: (at, kind, uri). */
export type Due = { readonly at: string; readonly kind: DueKind; readonly uri: string }

/** `residence`: an admission begins. Last of an instant: whatever ends with the day before has ended. */
export type DueKind = 'account-erasure' | 'claim-lapse' | 'merger' | 'parked-lapse' | 'residence'

/** Documents by key, null where there is none; what it does not have is not loaded. */
export type Slice = Pick<ReadonlyMap<string, Doc | null>, 'get' | 'has'> & {
  /** Where every document is at hand: by kind and id, without a key that joins them. */
  readonly of?: (kind: string, id: string) => Doc | null
  /** Whether documents are here as the commit makes them that has been given last, though it may be under way still. */
  readonly isAhead?: () => boolean
}

/** Documents that change, by key, null where one goes; each key once. */
export type DocChanges = Iterable<readonly [string, Doc | null]> & {
  /** Undefined: it does not change. */
  readonly get: (key: string) => Doc | null | undefined
  /** The same, and all of them in the same order, by kind and id, without keys that join them. */
  readonly of?: (kind: string, id: string) => Doc | null | undefined
  readonly each?: (tell: (kind: string, id: string, doc: Doc | null) => void) => void
}

export type Changes = {
  readonly put: DocChanges
  readonly transactions: readonly Transaction[]
  readonly refusals: readonly Refusal[]
  readonly dueAdd: readonly Due[]
  readonly dueRemove: readonly Due[]
  /** Last of all: an account whose key gives way everywhere, in what is put here and in all before it. */
  readonly erased?: Erasure
}

/** `spoke`: of a confirmation that is edited or deleted, the action its version before spoke of; null where there is none, and of all other rows. */
export type JournalEvent =
  | { readonly kind: 'row'; readonly row: IntakeRow; readonly spoke: string | null }
  | { readonly kind: 'due'; readonly due: Due }

/** Who speaks for which municipality, and from which leaf on. Of several lines for one code, the one with the highest fromLeaf holds. */
export type RosterTown = { readonly code: string; readonly did: string; readonly fromLeaf: number }
export type Roster = readonly RosterTown[]
