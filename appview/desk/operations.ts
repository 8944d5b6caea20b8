// All that a desk does, as one list: XRPC, commands and pages call these and nothing else. Each checks the role first, then what it was given; what
// it does is one deed in the store (desk.ts there), with its line in the audit trail and its records in the outbox.

import type { AuditRow, DeskRole, Draft, DraftKind, DraftState, EntryPayload, RegisterQuery, Resident, RoleGrant } from '../store/desk.ts'
import type { Actor, Outcome, Reason } from './outcome.ts'
import type { Policy, RateTable } from '../../lexicons/records.ts'

export type { Actor, Outcome, Reason } from './outcome.ts'

/** Answers of lists: newest first unless said otherwise; `cursor` continues. */
export type Listed<T> = { readonly items: readonly T[]; readonly cursor: string | null }
export type Paging = { readonly cursor?: string; readonly limit: number }

/** A record on its way into a repo; its uri holds from now on. */
export type Published = { readonly uri: string }

/** What an import did, or (without `isApplied`) would do. Lines that are refused change nothing, and hold up no other. */
export type ImportReport = {
  readonly isApplied: boolean
  readonly lines: number
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly refused: readonly Reason[]
  /** Of lines that are brought in: what somebody has to see to. */
  readonly notices: readonly Reason[]
}

/** One line of a sheet. `who`: an account by DID, somebody of the register by id, or a card's token. Minutes and category where they differ. */
export type StampRow = {
  readonly who: { readonly did: string } | { readonly resident: string } | { readonly card: string }
  readonly label?: string
  readonly minutes?: number
  readonly category?: string
  readonly isAbsent?: boolean
  readonly note?: string
}

/** A list of an event, as typed: one default for all, exceptions by row. `eventId` joins their records (≤ 64 characters). */
export type StampSheet = {
  readonly title: string
  readonly eventId: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: number
  readonly receiver: 'public' | 'unnamed'
  readonly hostBody?: string
  readonly rows: readonly StampRow[]
}

/** Row k of the sheet as it stands in the books now. `line` counts from 1. 'sent': its records are in the outbox or beyond. */
export type StampLine = StampRow & {
  readonly line: number
  readonly state: 'ready' | 'doubt' | 'absent' | 'sent'
  readonly countedMinutes: number
  readonly doubts: readonly Reason[]
  /** The action this line confirms, where there is one. */
  readonly action: string | null
}

export type SheetView = {
  readonly draft: Draft
  readonly sheet: StampSheet
  readonly lines: readonly StampLine[]
  /** Of what is saved: those ready or sent. */
  readonly people: number
  readonly minutes: number
}

/** An open dispute of this town's books, by what opened it. `ruling` is a proposed one that waits for its second person. */
export type DisputeView = {
  readonly uri: string
  readonly action: string
  readonly minutes: number
  readonly effectiveDate: string
  readonly reason: string | null
  readonly ruling: Draft | null
}

export type DisputeInput = { readonly uri: string; readonly reason: string; readonly by?: string }
export type RulingInput = { readonly dispute: string; readonly outcome: 'upheld' | 'dismissed'; readonly reason: string }

/** A ruling of this town that took an act back, with what followed from it. `action` is null when the act is gone. */
export type UpheldRulingView = {
  readonly uri: string
  readonly action: string | null
  readonly minutes: number | null
  readonly effectiveDate: string | null
  readonly day: string
  readonly lastDayOfAppeal: string
  readonly state: 'upheld' | 'upheld-again' | 'restored'
  readonly reason: string | null
  /** What whoever came with it said; null where none is open. */
  readonly appeal: { readonly uri: string; readonly reason: string | null } | null
  /** What is proposed and waits for a second person: on the appeal, and on somebody's confirming. */
  readonly decision: Draft | null
  readonly suspending: readonly Draft[]
  readonly suspensions: readonly SuspensionView[]
}

/** `until` is the last day. It runs until then, or until it is ended. */
export type SuspensionView = {
  readonly uri: string
  readonly did: string
  readonly until: string
  readonly isRunning: boolean
  readonly ending: Draft | null
}

export type AppealInput = { readonly ruling: string; readonly reason: string; readonly by?: string }
export type AppealRulingInput = { readonly ruling: string; readonly outcome: 'upheld' | 'restored'; readonly reason: string }
export type SuspensionInput = { readonly ruling: string; readonly did: string; readonly until: string; readonly reason: string }
export type SuspensionEndInput = { readonly did: string; readonly suspension: string; readonly reason: string }

export type NoticeInput = {
  readonly title: string
  readonly body: string
  /** First and last day of an outage, which do not count in windows of acts in this town. */
  readonly outage?: { readonly from: string; readonly until: string }
}

export type PolicyInput = Omit<Policy, '$type' | 'createdAt'>
export type RatesInput = Omit<RateTable, '$type' | 'createdAt'>

/** What last year's books would have been under other rules. */
export type PolicyPreview = {
  readonly fiscalYear: number
  readonly acts: number
  readonly minutes: number
  /** Recognised acts that would not have been, by the confirmation that recognised them. */
  readonly actsLost: number
  readonly minutesLost: number
  /** Others, confirmed only after the claim would have lapsed. */
  readonly actsLapsed: number
  readonly minutesLapsed: number
  /** Claimed longer than the new limit of an act. */
  readonly actsTooLong: number
  /** Done longer before they were seen than it lets. */
  readonly actsTooOld: number
  /** Days on which somebody claimed more than the new limit of a day. */
  readonly daysOverCap: number
}

/** Yen of last year's given minutes by category, as booked and at these rates. */
export type RatesPreview = {
  readonly fiscalYear: number
  readonly categories: readonly { readonly category: string; readonly minutes: number; readonly before: number; readonly after: number }[]
  readonly before: number
  readonly after: number
  /** A table that began on a later day holds for all that can still be booked: this one serves a restatement at most. */
  readonly isSuperseded: boolean
  /** The first day, where a table begins on that day already: it holds on for what is booked, this one for what is confirmed from now on. */
  readonly replaces: string | null
}

export type OpeningInput = {
  /** holder,points,usableUntil,minutes with a header line. */
  readonly csv: string
  readonly control: { readonly rows: number; readonly points: number; readonly minutes: number }
}

/** Something the books found worth a second look; it changes no figure. `code` is a refusal's, or a flag of its own. */
export type FlagView = {
  readonly id: string
  readonly day: string
  readonly code: string
  /** leaf/op of the action, and its uri as intake has it; none where it is not about one act. */
  readonly action: string | null
  readonly uri: string | null
  /** Of the row that gave rise to it. */
  readonly leaf: number | null
  readonly isDismissed: boolean
  /** Who gave most in the month that ends with the day, how many minutes of it were booked, and the acts behind it by uri. */
  readonly earner?: { readonly entity: string; readonly minutes: number; readonly acts: readonly string[] }
}

export type DeskOperations = {
  /** What this person may do here now; empty for a stranger, and for one who was removed. The town's own DID holds all. */
  held(actor: Actor): Promise<readonly DeskRole[]>

  roles(actor: Actor): Promise<Outcome<readonly RoleGrant[]>>
  addRole(actor: Actor, to: { readonly did: string; readonly role: string }): Promise<Outcome<RoleGrant>>
  removeRole(actor: Actor, from: { readonly did: string; readonly role: string }): Promise<Outcome<RoleGrant>>

  importRegister(actor: Actor, file: { readonly csv: string; readonly apply: boolean }): Promise<Outcome<ImportReport>>
  /** Those of the register with these ids, and those behind these DIDs. */
  residents(
    actor: Actor,
    whom: { readonly ids: readonly string[]; readonly dids: readonly string[] },
  ): Promise<Outcome<readonly Resident[]>>
  register(actor: Actor, query: RegisterQuery): Promise<Outcome<{ readonly residents: readonly Resident[]; readonly total: number }>>

  admit(actor: Actor, whom: { readonly did: string; readonly from: string }): Promise<Outcome<Published>>
  endAdmission(actor: Actor, whom: { readonly did: string; readonly until: string }): Promise<Outcome<Published>>
  registerHostBody(
    actor: Actor,
    body: {
      readonly did: string
      readonly names: { readonly ja: string; readonly en?: string }
      readonly categories?: readonly string[]
      readonly validFrom: string
    },
  ): Promise<Outcome<Published>>
  endHostBody(actor: Actor, body: { readonly did: string; readonly validTo: string }): Promise<Outcome<Published>>

  /** Saves a new sheet, or (with `id` and the version it was read at) changes one that is still a draft. */
  saveSheet(actor: Actor, sheet: StampSheet, at?: { readonly id: string; readonly version: number }): Promise<Outcome<SheetView>>
  sheet(actor: Actor, id: string): Promise<Outcome<SheetView>>
  drafts(actor: Actor, query: Paging & { readonly kind?: DraftKind; readonly state?: DraftState }): Promise<Outcome<Listed<Draft>>>
  /** The first person puts a draft forward. */
  propose(actor: Actor, id: string, version: number): Promise<Outcome<Draft>>
  /** The second person approves it, and it is done: its records are on their way. A sheet sends the lines that are ready; the others stay. */
  approve(actor: Actor, id: string, version: number): Promise<Outcome<Draft>>
  withdraw(actor: Actor, id: string, version: number): Promise<Outcome<Draft>>

  disputes(actor: Actor): Promise<Outcome<readonly DisputeView[]>>
  openDispute(actor: Actor, dispute: DisputeInput): Promise<Outcome<Published>>
  /** Proposes; `approve` by another person publishes it. */
  proposeRuling(actor: Actor, ruling: RulingInput): Promise<Outcome<Draft>>

  /** Rulings that took an act back, newest first. */
  upheldRulings(actor: Actor): Promise<Outcome<readonly UpheldRulingView[]>>
  openAppeal(actor: Actor, appeal: AppealInput): Promise<Outcome<Published>>
  /** Proposes; `approve` by another person publishes it. Neither has ruled the first time. */
  proposeAppealRuling(actor: Actor, ruling: AppealRulingInput): Promise<Outcome<Draft>>
  /** Likewise: what somebody confirms does not count through a day. */
  proposeSuspension(actor: Actor, suspension: SuspensionInput): Promise<Outcome<Draft>>
  proposeSuspensionEnd(actor: Actor, end: SuspensionEndInput): Promise<Outcome<Draft>>

  previewPolicy(actor: Actor, policy: PolicyInput): Promise<Outcome<PolicyPreview>>
  publishPolicy(actor: Actor, policy: PolicyInput): Promise<Outcome<Published>>
  previewRates(actor: Actor, rates: RatesInput): Promise<Outcome<RatesPreview>>
  publishRates(actor: Actor, rates: RatesInput): Promise<Outcome<Published>>

  /** Proposes; `approve` by another person publishes the entries `import` and `opening`. */
  proposeOpening(actor: Actor, opening: OpeningInput): Promise<Outcome<Draft>>
  mapReceiver(
    actor: Actor,
    mapping: { readonly action: string; readonly index: number; readonly resident: string },
  ): Promise<Outcome<Published>>
  publishHousehold(actor: Actor, household: string): Promise<Outcome<Published>>
  recordDeath(actor: Actor, death: { readonly did: string; readonly on: string }): Promise<Outcome<Published>>
  publishNotice(actor: Actor, notice: NoticeInput): Promise<Outcome<Published>>

  /** Newest day first. Set aside they stay in the list; what is wrong becomes a dispute. */
  flags(actor: Actor, query: Paging): Promise<Outcome<Listed<FlagView>>>
  dismissFlag(actor: Actor, flag: { readonly id: string; readonly reason: string }): Promise<Outcome<FlagView>>
  trail(actor: Actor, query: Paging & { readonly on?: string }): Promise<Outcome<Listed<AuditRow>>>
  entries(actor: Actor, query: Paging & { readonly kind?: string }): Promise<Outcome<Listed<EntryPayload>>>
}
