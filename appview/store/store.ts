// The store contract of an appview: books (intake and what is folded from it), desk (what only the town's office knows) and
// work (sessions, outbox). Asynchronous and without callbacks.
// Durable: when `commit` resolves, intake, proofs, journal, buckets, due queue, refusals and cursor are on disk together; when it rejects,
// either all of it is stored or none, and `state().cursor.step` tells which.

import type { Changes, Doc, Due, IntakeRow, Refusal, Roster, Slice, Transaction, Unit } from '../journal/model.ts'
import type { Heads } from '../journal/headcount.ts'
import type { Desk } from './desk.ts'
import type { Flows } from './flows.ts'
import type { Leases } from './leases.ts'
import type { Work } from './work.ts'

export type { Desk } from './desk.ts'
export type { Flow, FlowPair, FlowPairQuery, FlowQuery } from './flows.ts'
export type { Lease, Leases } from './leases.ts'
export type { OutboxRow, OutboxState, Publication, Session, Work } from './work.ts'

/** One relay's log, as its `/log/origin` says. `base` is in microseconds of its creation; seq = base + leaf. */
export type Origin = { readonly name: string; readonly key: string; readonly base: number; readonly created: string }

/** Leaves ≤ leaf and due entries ≤ instant (ISO UTC with ms). */
export type Position = { readonly leaf: number; readonly instant: string }

/** `read`: what intake covers. `folded`: what the journal covers; behind `read` only while a rebuild is unfinished. `step` counts commits. */
export type Cursor = { readonly read: Position; readonly folded: Position; readonly step: number }

export type BooksState = {
  readonly origin: Origin | null
  readonly roster: Roster
  /** Who was in the roster until a rebuild under another one; none of them comes back but by a rebuild. */
  readonly left: Roster
  readonly cursor: Cursor
  readonly epoch: number
  /** The version of the rules that folded these books (journal/rules.ts); 0 while none did. */
  readonly rules: number
}

/** What makes one leaf's rows provable later: a CAR of the commit, the tree nodes of their paths and their records; and the key it was signed with. */
export type Proof = {
  readonly leaf: number
  readonly repo: string
  readonly car: Uint8Array
  readonly didKey: string
  /** Where the key came from: JSON of the identity evidence (PLC operation CID or sha-256 of the did:web document). */
  readonly evidence: string
}

/** Last commit of a repo that intake covers; `desynchronized` when something of it could not be had. CIDs as text. */
export type RepoHead = {
  readonly repo: string
  readonly rev: string
  readonly data: string
  readonly state: 'synchronized' | 'desynchronized'
}

export type Commit = {
  readonly epoch: number
  readonly expectedCursor: Cursor
  readonly nextCursor: Cursor
  readonly intake: readonly IntakeRow[]
  readonly proofs: readonly Proof[]
  readonly heads: readonly RepoHead[]
  readonly changes: Changes
}

export type CommitParts = Pick<Commit, 'intake' | 'proofs' | 'heads' | 'changes'>

/** Sum of the postings of one (entity, account, unit, category), 0 included where they cancel. `entity` is null in sums over a whole scope. */
export type Sum = {
  readonly entity: string | null
  readonly account: number
  readonly unit: Unit
  readonly category: string | null
  readonly amount: number
  /** Debits less credits in number: on one account of minutes, how many acts stand there. */
  readonly signs: number
}

/** `from` inclusive or absent (from the beginning), `through` inclusive: civil dates YYYY-MM-DD. `knownAt` absent: all that is folded. */
export type SumQuery = {
  readonly scope: string
  readonly entity?: string
  readonly from?: string
  readonly through: string
  readonly knownAt?: Position
}

/** Both ends inclusive, YYYY-MM-DD; `from` is where the reading of postings begins, so that a year costs a year. */
export type ContributionQuery = Required<Pick<SumQuery, 'scope' | 'from' | 'through'>> & {
  readonly accounts: readonly number[]
  readonly knownAt?: Position
}

/** Both ends inclusive, YYYY-MM-DD. */
export type HeadQuery = Omit<ContributionQuery, 'accounts'>

/** Lines of one account, category ('' for none), effective month (YYYY-MM), entity and giver of their transaction, added up. Debit +, credit −. */
export type Contribution = {
  readonly account: number
  readonly category: string
  readonly month: string
  readonly entity: string
  readonly giver: string | null
  readonly minutes: number
  readonly yen: number
}

export type Booked = Transaction & { readonly position: number }

export type TransactionQuery = {
  readonly entity?: string
  readonly scope?: string
  readonly action?: string
  /** Only transactions of this leaf. */
  readonly leaf?: number
  /** Position of the last one seen; with `newestFirst` one continues below it. */
  readonly after?: number
  readonly newestFirst?: boolean
  readonly limit: number
  readonly knownAt?: Position
}

export type RowQuery = {
  readonly repo?: string
  readonly collection?: string
  readonly uri?: string
  /** Continue below this (leaf, op): newest first. */
  readonly before?: { readonly leaf: number; readonly op: number }
  readonly limit: number
  readonly knownAt?: Position
}

/** Newest first: of one repo, or of one record in it. */
export type RefusalQuery = { readonly repo: string; readonly uri?: string; readonly limit: number }

/** `total` counts those left out for their giver or the limit, too. */
export type Asked = { readonly uris: readonly string[]; readonly total: number }

export type Books = Flows & {
  state(): Promise<BooksState>
  /** Binds the store to an origin and a roster; a second call with another origin rejects with StoreRefused('origin'). */
  bind(origin: Origin): Promise<void>
  setRoster(towns: Roster): Promise<void>
  /** A new epoch; writers holding an older one are refused from now on. */
  takeEpoch(): Promise<number>
  load(keys: readonly string[]): Promise<ReadonlyMap<string, Doc | null>>
  /** All documents, for a store that has them at hand, as they are until it is given its next commit; null where they are to be loaded. */
  documents(): Promise<Slice | null>
  /** Keys that begin with `prefix`, in bytewise order, after `after`. */
  keys(prefix: string, after: string | null, limit: number): Promise<readonly string[]>
  /** Due entries at or before the instant, ordered by (instant, kind, uri). */
  due(through: string, limit: number): Promise<readonly Due[]>
  nextDue(): Promise<string | null>
  /** Rejects with StoreRefused('epoch' | 'cursor') and stores nothing. Any other rejection leaves it open: ask `state()`. */
  commit(commit: Commit): Promise<void>
  /**
   * Takes what was erased out of the files, too: until then earlier pages may stand in the engine's own log. A commit erases what its rows delete:
   * the content of earlier versions, all of a deleted record but its place, and the proofs of both.
   */
  purge(): Promise<void>
  /** The books as whoever folds them sees them; on MongoDB a rebuild makes them beside those that are shown. */
  folding(): Promise<Folding>
  /**
   * From here on all intake is to be folded anew, by these rules: keeps intake, proofs, heads and `read`; `folded` goes back to the beginning. What was folded
   * is dropped, or shown until the rebuild has ended. `roster`: the one to fold under from here on; whoever reads has it with what is folded under it.
   */
  resetFold(epoch: number, rules: number, roster?: Roster): Promise<void>
  /**
   * From here to `endRebuild` all intake is folded, from nothing on. On SQLite nobody reads anything meanwhile but intake, documents and what is due; commits
   * need not be on disk before `endRebuild` resolves, and a rebuild that never comes to that leaves `rules` at 0, or nothing folded at all.
   */
  beginRebuild(): Promise<void>
  /** What was folded since `resetFold` is shown from here on. Rejects where it does not reach what was read; does nothing where nothing was reset. */
  endRebuild(): Promise<void>
  /** Intake rows after (leaf, op) in order, as the journal folds them: confirmations of withdrawn actions know these by name. */
  intake(after: { readonly leaf: number; readonly op: number }, limit: number): Promise<readonly IntakeRow[]>
  /** Asked for a uri that was withdrawn, the rows under the name it was given last. */
  rows(query: RowQuery): Promise<readonly IntakeRow[]>
  heads(repos: readonly string[]): Promise<ReadonlyMap<string, RepoHead>>
  /** Whether anything that is kept names this DID: a record of whomever, an entry's content, the desk's papers, a repo's head. */
  knows(did: string): Promise<boolean>
  /** Rows of others' repos that name this DID, or what an erased account is called, in order. */
  naming(did: string): Promise<readonly IntakeRow[]>
  /** The live paths ("collection/rkey") of a repo and their record CIDs, as intake has them. */
  paths(repo: string): Promise<ReadonlyMap<string, string>>
  proof(leaf: number): Promise<Proof | null>
  sums(query: SumQuery): Promise<readonly Sum[]>
  /** All entities of a scope, each with its own sums. */
  sumsByEntity(query: Omit<SumQuery, 'entity'>): Promise<readonly Sum[]>
  /** Who gave behind each line of these accounts in a scope. */
  contributions(query: ContributionQuery): Promise<readonly Contribution[]>
  /** How many persons took part in a scope, in what is effective in a period (journal/headcount.ts). */
  headcount(query: HeadQuery): Promise<Heads>
  /** Scopes in which an entity has postings. */
  scopesOf(entity: string): Promise<readonly string[]>
  transactions(query: TransactionQuery): Promise<readonly Booked[]>
  /**
   * Open actions that name this DID as receiver or host body and of which it has said nothing: those of givers some town knows first, then the
   * last recorded first; of one giver at most `perGiver`, none of an account that is not active.
   */
  asked(did: string, most: { readonly perGiver: number; readonly limit: number }): Promise<Asked>
  refusals(query: RefusalQuery): Promise<readonly Refusal[]>
  /** The position just before a calendar instant: the last leaf recorded before it, and the instant itself. */
  leafBefore(instant: string): Promise<Position>
  /** The position of a leaf: itself, and when the last row up to it was recorded. */
  positionAt(leaf: number): Promise<Position>
  counts(): Promise<{ readonly intake: number; readonly transactions: number; readonly postings: number; readonly refusals: number }>
  /**
   * Yields at first, and whenever something in the store may have changed since, by this process or another, until the signal aborts: to wake
   * whoever waits, who then looks.
   */
  changed(signal: AbortSignal): AsyncIterable<undefined>
  /** Folded content, table by table in a fixed order, as canonical lines: equal for equal intake. */
  dump(): AsyncGenerator<string>
}

/** Where folding stands, and what it is decided by. */
export type Folding = Pick<Books, 'state' | 'load' | 'documents' | 'due'> & {
  /** Told that so many rows are about to be decided, a store may get ready for them. */
  readonly soon?: (rows: number) => void
  /** Told what the next commit will hold while the one before it is under way, a store may do some of its work meanwhile. */
  readonly prepare?: (parts: CommitParts) => Promise<void>
}

export type Store = {
  readonly books: Books
  readonly desk: Desk
  readonly work: Work
  readonly leases: Leases
  close(): Promise<void>
}

/** The store says no and has stored nothing: another writer is at work, the cursor has moved, or the origin is another. */
export class StoreRefused extends Error {
  readonly reason: 'epoch' | 'cursor' | 'origin'
  constructor(reason: 'epoch' | 'cursor' | 'origin', message: string) {
    super(message)
    this.name = 'StoreRefused'
    this.reason = reason
  }
}

/** What is folded was made by another version of the program: intake is there, the books are not to be read for now. */
export class BooksNotReadable extends Error {
  override readonly name = 'BooksNotReadable'
}

export const START: Position = { leaf: 0, instant: '1970-01-01T00:00:00.000Z' }
