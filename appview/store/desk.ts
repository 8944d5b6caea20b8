// The store contract of the desk: who may do what, the private register, drafts, the audit trail, and what the entries in the log stand for.
// Every key is led by the town's code. What a deed changes is given as one value and kept whole or not at all, publications included, so that a
// crash leaves either nothing of it or all of it, with its records still to be published.

import type { Json } from '../journal/model.ts'
import type { Job } from './jobs.ts'
import type { Publication } from './work.ts'

export const DESK_ROLES = ['clerk', 'approver', 'admin', 'auditor'] as const
export type DeskRole = (typeof DESK_ROLES)[number]

/** Of one person in one role. `until` is exclusive, an instant of civil time, null while it holds; a later grant is a row of its own. */
export type RoleGrant = {
  readonly did: string
  readonly role: DeskRole
  readonly from: string
  readonly until: string | null
  readonly grantedBy: string
  readonly endedBy: string | null
}

/** A line of the register. `from` and `until` are civil dates, both inclusive. `isProtected`: 支援措置, nothing about them may become public. */
export type Resident = {
  readonly id: string
  readonly name: string
  readonly did: string | null
  readonly from: string
  readonly until: string | null
  readonly household: string | null
  readonly isProtected: boolean
}

export const DRAFT_KINDS = ['stamps', 'ruling', 'opening', 'appeal', 'suspension', 'suspensionEnd'] as const
export type DraftKind = (typeof DRAFT_KINDS)[number]
export const DRAFT_STATES = ['draft', 'proposed', 'done', 'withdrawn'] as const
export type DraftState = (typeof DRAFT_STATES)[number]

/** Something one person prepares and, where it needs two, another approves. `version` counts its changes from 1; `subject` is what it is about. */
export type Draft = {
  readonly id: string
  readonly kind: DraftKind
  readonly state: DraftState
  readonly version: number
  readonly subject: string | null
  readonly by: string
  readonly proposedBy: string | null
  readonly approvedBy: string | null
  readonly createdAt: string
  readonly changedAt: string
  readonly body: Json
}

/** One line of the audit trail. `deed` says what was done, `on` to whom or what; `code` why it was refused. `detail` names no person. */
export type AuditRow = {
  readonly seq: number
  readonly at: string
  readonly by: string
  readonly deed: string
  readonly on: string | null
  readonly outcome: 'done' | 'refused'
  readonly code: string | null
  readonly detail: Json
}

/** What an entry in the town's repo stands for. Both hex. Payload and salt are null once forgotten; `about` are the persons concerned, by DID. */
export type EntryPayload = {
  readonly uri: string
  readonly kind: string
  readonly commitment: string
  readonly payload: Json
  readonly salt: string | null
  readonly about: readonly string[]
}

/** What deeds of a town look at before they write: the desk's papers, its closes, or the lines of the trail on one subject. */
export type DeskPart = 'desk' | 'closes' | { readonly on: string }

/** How often what a deed has looked at had been changed then, as `Desk.version` told it. */
export type Seen = { readonly part: DeskPart; readonly version: number }

/** All that one act of the desk changes. A draft is kept only while its stored version is the one before (none for version 1). */
export type Deed = {
  readonly town: string
  /** Kept only while it stands as it was seen; being kept is a change of it. Of a subject it is the deed's own line that is. */
  readonly seen?: Seen
  readonly audit: readonly Omit<AuditRow, 'seq'>[]
  readonly roles?: readonly RoleGrant[]
  readonly residents?: readonly Resident[]
  readonly drafts?: readonly Draft[]
  readonly entries?: readonly EntryPayload[]
  /** One of version 1 is added; a later one, which none begins to run, is kept only while its stored version is the one before. */
  readonly jobs?: readonly Job[]
  /** Into the outbox; one that stands there already under the same key is left as it is. */
  readonly publish?: readonly Publication[]
}

export type DraftQuery = { readonly kind?: DraftKind; readonly state?: DraftState; readonly before?: string; readonly limit: number }
export type TrailQuery = { readonly before?: number; readonly on?: string; readonly limit: number }
/** In order of ids, behind `after`; `find` is part of a name, an id or a DID. */
export type RegisterQuery = { readonly after?: string; readonly find?: string; readonly limit: number }
export type EntryQuery = { readonly kind?: string; readonly before?: string; readonly limit: number }

export type Desk = {
  /** To be asked before anything else is looked at. 0 where nothing was ever changed. */
  version(town: string, part: DeskPart): Promise<number>
  /**
   * Durable when it resolves. Rejects with DeskConflict, and has kept nothing, when what the deed has seen stands otherwise now or a job was changed
   * meanwhile (`isMoved`), a draft was, or a DID stands for another resident.
   */
  persist(deed: Deed): Promise<void>
  /** Every grant of a town there ever was, in the order of their beginning. */
  roles(town: string): Promise<readonly RoleGrant[]>
  rolesOf(town: string, did: string): Promise<readonly RoleGrant[]>
  resident(town: string, id: string): Promise<Resident | null>
  residentsOf(town: string, ids: readonly string[]): Promise<ReadonlyMap<string, Resident>>
  /** By DID. */
  residentsBehind(town: string, dids: readonly string[]): Promise<ReadonlyMap<string, Resident>>
  household(town: string, household: string): Promise<readonly Resident[]>
  register(town: string, query: RegisterQuery): Promise<readonly Resident[]>
  registerSize(town: string): Promise<number>
  draft(town: string, id: string): Promise<Draft | null>
  /** Newest first, by id. */
  drafts(town: string, query: DraftQuery): Promise<readonly Draft[]>
  /** Newest first. */
  trail(town: string, query: TrailQuery): Promise<readonly AuditRow[]>
  entry(town: string, commitment: string): Promise<EntryPayload | null>
  entryAt(town: string, uri: string): Promise<EntryPayload | null>
  /** Newest first, by uri. */
  entries(town: string, query: EntryQuery): Promise<readonly EntryPayload[]>
  entriesAbout(town: string, did: string): Promise<readonly EntryPayload[]>
  /** Payload and salt of every entry about this person go, and the person's line in the register. What the log shows of them stays. */
  forget(town: string, did: string): Promise<void>
}

/** Somebody else was there first; nothing is stored. */
export class DeskConflict extends Error {
  override readonly name = 'DeskConflict'
  /** What the deed has looked at is another now: whoever looks again may find that it can be done. */
  readonly isMoved: boolean

  constructor(message: string, isMoved = false) {
    super(message)
    this.isMoved = isMoved
  }
}
