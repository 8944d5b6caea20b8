// The collections of an appview's MongoDB. Every document has its book in `b` and an `_id` that begins with it; every index
// and every filter is led by them, so that `b` can be the shard key. Nothing is unique but `_id`.
// Folded ones stand under the book of their fold (mongo-keys.ts). Their texts hold numbers for DIDs, as in SQLite (mongo-names.ts).

import type { Binary, Collection, Db, MongoClient } from 'mongodb'
import type { Roster } from '../journal/model.ts'
import type { Texts } from './mongo-texts.ts'
import type { Origin, Position } from './store.ts'

type Row = { readonly _id: string; readonly b: string }

export type NameKind = 'did' | 'entity' | 'scope' | 'category'
/** What is numbered next; `rows` of intake, `postings`, `refusals`: how many there are. */
export type Counters = Readonly<Record<NameKind | 'tx' | 'rows' | 'postings' | 'refusals', number>>

export type StateRow = Row & {
  readonly origin: Origin | null
  readonly roster: Roster
  readonly epoch: number
  readonly step: number
  readonly read: Position
  readonly folded: Position
  readonly rules: number
  /** Which fold holds. */
  readonly generation: number
  /** How often names of what is erased were given: what was remembered before is forgotten. */
  readonly renames: number
  /** Whether any name was given to what is erased. */
  readonly hasErased: boolean
  readonly counters: Counters
  /** What a rebuild makes while this one is shown. */
  readonly building: Building | null
  /** How what is folded lies in its collections. */
  readonly layout: number
  /** The session of who took the newest epoch. */
  readonly writer?: Binary | null
  /** While it is being copied into. */
  readonly copying?: boolean
  /** Of the key under which erased names are hashed. */
  readonly print: string | null
}

export type Building = Pick<StateRow, 'generation' | 'counters' | 'rules' | 'folded' | 'layout'> & {
  /** Where it folds under another roster than what is shown. */
  readonly roster?: StateRow['roster']
}

export type NameRow = Row & { readonly kind: NameKind; readonly id: number; readonly text: string }
export type RepoRow = Row & { readonly rev: string; readonly data: string; readonly state: string }
/**
 * Rows that follow one another, keyed by the place of the last of them; texts and numbers of one row where it is alone (mongo-intake-pages.ts).
 * `uri`: its number (act-number.ts); formerly another number (number-of.ts), or the text itself.
 */
export type IntakeDoc = Row & {
  /** When the first of them was recorded. */
  readonly at: string
  readonly repo: number | readonly number[]
  readonly uri: string | readonly (number | string)[]
  /** Numbers of the other DIDs they name. */
  readonly names?: readonly number[]
  readonly row: string | Texts
}
export type ProofRow = Row & {
  readonly leaf: number
  readonly repo: number
  readonly didKey: string
  readonly evidence: string
  readonly car: Binary
}
export type DocRow = Row & { readonly value: string }
/** Documents of several entities (mongo-sheets.ts). */
export type SheetRow = Row & { readonly of: Readonly<Record<string, string>> }
export type AskRow = Row & { readonly uri: string; readonly did: string; readonly giver: string; readonly place: number }
export type DueRow = Row & { readonly at: string; readonly kind: string; readonly uri: string; readonly value: string }
export type RefusalRow = Row & {
  readonly repo: string
  readonly uri: string
  readonly leaf: number
  readonly op: number
  readonly code: string
  readonly value: string
}
/** entity, scope, account, unit, amount, day effective, whether of its own, category, receiver. */
export type Line = {
  readonly e: number
  readonly s: number
  readonly a: number
  readonly u: number
  readonly m: number
  readonly d: number
  readonly o: number
  readonly c: number
  readonly r: number | null
}
/** Transactions that follow one another (mongo-pages.ts). */
export type PageRow = Row & {
  /** The first of them. */
  readonly n: number
  /** The last leaf among them, null where all came by time. */
  readonly leaf: number | null
  /** When the last of those that came by time was recorded. */
  readonly due?: string
  /** When the last of all was recorded. */
  readonly at: string
  readonly who: readonly number[]
  /** Numbers of the actions' uris. */
  readonly acts: readonly number[]
  readonly heads: Texts
  readonly lines: Binary
}
/** scope, sheet of entities (0 for the scope as a whole), effective month; what is summed of each entity, packed (mongo-buckets.ts). */
export type SumRow = Row & { readonly s: number; readonly g: number; readonly d: number; readonly v: Readonly<Record<string, Binary>> }
/** giver's scope, effective month, receiver's scope, unit, account, recorded month. */
export type FlowRow = Row & { g: number; d: number; t: number; u: number; a: number; r: number; amount: number }
export type HomeRow = Row & { readonly e: number; readonly s: number }
export type ErasedRow = Row & { readonly hash: string; readonly leaf: number; readonly rkey: string }
export type SubjectRow = Row & { readonly hash: string; readonly place: number }

export type Collections = {
  readonly state: Collection<StateRow>
  readonly name: Collection<NameRow>
  readonly repo: Collection<RepoRow>
  readonly intake: Collection<IntakeDoc>
  readonly proof: Collection<ProofRow>
  readonly erased: Collection<ErasedRow>
  readonly erasedSubject: Collection<SubjectRow>
  readonly doc: Collection<DocRow>
  readonly sheet: Collection<SheetRow>
  readonly ask: Collection<AskRow>
  readonly due: Collection<DueRow>
  readonly refusal: Collection<RefusalRow>
  readonly page: Collection<PageRow>
  readonly sum: Collection<SumRow>
  readonly flow: Collection<FlowRow>
  readonly home: Collection<HomeRow>
}

/** What a rebuild empties. */
export const FOLDED = ['name', 'doc', 'sheet', 'ask', 'due', 'refusal', 'page', 'sum', 'flow', 'home'] as const
/** Collections of former layouts: what is folded in them goes as a former fold does. */
export const FORMER = ['tx', 'bucket', 'scope_bucket'] as const
/** Of what is folded. What has another one is folded anew. */
export const LAYOUT = 6

export type Tables = Collections & { readonly client: MongoClient; readonly db: Db; readonly book: string }

export const tablesOf = (client: MongoClient, db: Db, book: string): Tables => ({
  client,
  db,
  book,
  state: db.collection<StateRow>('state'),
  name: db.collection<NameRow>('name'),
  repo: db.collection<RepoRow>('repo'),
  intake: db.collection<IntakeDoc>('intake'),
  proof: db.collection<ProofRow>('proof'),
  erased: db.collection<ErasedRow>('erased'),
  erasedSubject: db.collection<SubjectRow>('erased_subject'),
  doc: db.collection<DocRow>('doc'),
  sheet: db.collection<SheetRow>('sheet'),
  ask: db.collection<AskRow>('ask'),
  due: db.collection<DueRow>('due'),
  refusal: db.collection<RefusalRow>('refusal'),
  page: db.collection<PageRow>('tx_page'),
  sum: db.collection<SumRow>('sum'),
  flow: db.collection<FlowRow>('flow'),
  home: db.collection<HomeRow>('home'),
})
