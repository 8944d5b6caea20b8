// The documents that are the journal's state, each under a key led by what it is. A store keeps them as JSON and gives them back unchanged.
// A document that would be empty is null, which a store may drop.

import type { FlagsDoc, HouseholdDoc, ImportDoc, MappedDoc, OutagesDoc, PoolDoc, RulingDoc, SuspensionsDoc } from './documents-desk.ts'

/** `action:<uri>`. `open` waits for a confirmation; `refused` is kept so that confirmations of it are refused too. */
export type ActionDoc = {
  readonly kind: 'action'
  readonly uri: string
  readonly cid: string
  readonly leaf: number
  readonly op: number
  readonly recordedAt: string
  readonly repo: string
  /** P:<did> or O:<did> by the repo, C:<host body's DID>/<token> for a card: each body numbers its own. */
  readonly giver: string
  readonly category: string
  readonly minutes: number
  readonly performedOn: string
  readonly municipality: string
  readonly hostBody: string | null
  readonly eventId: string | null
  readonly beneficiaries: readonly Receiver[]
  readonly state: 'open' | 'recognised' | 'rejected' | 'lapsed' | 'refused' | 'reversed'
  readonly refusal: string | null
  readonly lapsesAt: string
  /** By how many days outages have put it off so far. */
  readonly putOffDays?: number
  /** Where the memo pair stands while open. */
  readonly memo: { readonly scope: string; readonly effectiveDate: string } | null
  /** Confirmations that count for something, in leaf order: those that wait, the one recognised, those after it. */
  readonly confirmations: readonly ConfirmationNote[]
  readonly recognised: Recognition | null
  /** The uri that opened a dispute still open: a differing confirmation or an entry. */
  readonly dispute: string | null
  /** While reversed: the ruling that did it, and what was booked before. */
  readonly reversed?: { readonly ruling: string; readonly booked: Recognition }
}

export type Receiver = {
  readonly class: 'person' | 'unnamed' | 'public'
  readonly did: string | null
  readonly scope: string | null
  readonly weight: number
}

export type ConfirmationNote = {
  readonly uri: string
  readonly cid: string
  readonly leaf: number
  readonly op: number
  readonly recordedAt: string
  readonly repo: string
  readonly role: 'beneficiary' | 'witness' | 'hostBody' | 'municipality'
  readonly onBehalf: 'beneficiary' | 'witness' | 'hostBody' | 'municipality' | null
  readonly verdict: 'confirmed' | 'rejected'
  readonly minutes: number | null
  readonly receivers: readonly Receiver[]
  /** CID of the action it speaks of. */
  readonly subjectCid: string
}

/** What was booked, enough to negate it. Shares hold minutes and yen of each receiver entry. */
export type Recognition = {
  readonly transaction: string
  readonly effectiveDate: string
  readonly prior: boolean
  readonly minutes: number
  readonly yen: number
  readonly rate: string | null
  readonly rateCid: string | null
  readonly giverScope: string
  readonly shares: readonly Share[]
}

export type Share = { readonly entity: string; readonly scope: string; readonly minutes: number; readonly yen: number }

/** `confirmation:<uri>`: which action one that is parked speaks of. */
export type ConfirmationDoc = { readonly kind: 'confirmation'; readonly action: string }

/** `parked:<action uri>`: confirmations whose action is not seen yet. */
export type ParkedDoc = { readonly kind: 'parked'; readonly waiting: readonly ParkedConfirmation[] }
export type ParkedConfirmation = ConfirmationNote & { readonly lapsesAt: string }

/** `giver:<entity>`: open claims by uri. */
export type GiverDoc = { readonly kind: 'giver'; readonly open: readonly string[] }

/** `days:<entity>/<yyyy-mm>`: claimed minutes, and the category of each act, by performed day, in the order in which the days came. */
export type DaysDoc = { readonly kind: 'days'; readonly days: readonly GiverDay[] }
export type GiverDay = { readonly day: string; readonly minutes: number; readonly categories: readonly string[] }

/** `event:<entity>/<eventId>`: the action that holds the event of this giver. */
export type EventDoc = { readonly kind: 'event'; readonly action: string }

/** `admissions:<did>`: where the person belongs, in time order; `from` is the day it takes effect, `until` inclusive. */
export type AdmissionsDoc = { readonly kind: 'admissions'; readonly spans: readonly Span[] }
export type Span = {
  readonly code: string
  readonly from: string
  readonly until: string | null
  readonly uri: string
  readonly cid: string
  /** `from` as the record says it. */
  readonly statedFrom: string
}

/** `waiting:<did>`: actions that wait for this person's admission, as giver or as confirmer. */
export type WaitingDoc = { readonly kind: 'waiting'; readonly actions: readonly string[] }

/** `balance:<entity>`: account 1310 by scope, in the order in which they came, of everybody but municipalities, which have none. */
export type BalanceDoc = { readonly kind: 'balance'; readonly scopes: readonly Balance[] }
export type Balance = {
  readonly scope: string
  readonly MIN: number
  readonly JPY: number
  /** Where the entity stands in the roll of the scope. */
  readonly place: number
}

/** `roll:<scope>`: who has or had a balance there, in the order they came: how many, the last of them; and `rollPage:<scope>/<n>`: each full page. */
export type RollDoc = { readonly kind: 'roll'; readonly count: number; readonly last: readonly string[] }
export type RollPageDoc = { readonly kind: 'rollPage'; readonly entities: readonly string[] }

/** `mergers:all`: municipalities that have become part of another, in the order it took effect; `on` is the first day. */
export type MergersDoc = { readonly kind: 'mergers'; readonly mergers: readonly Merger[] }
export type Merger = {
  readonly from: string
  readonly into: string
  readonly on: string
  /** When it was booked: at a leaf, or (null) by time alone. */
  readonly leaf: number | null
  readonly at: string
}

/** `policies:<code>`, every version by effectiveFrom. */
export type PoliciesDoc = { readonly kind: 'policies'; readonly policies: readonly Policy[] }
export type Policy = {
  readonly uri: string
  readonly cid: string
  readonly leaf: number
  /** When its record was deleted or edited; null while it stands. */
  readonly untilLeaf: number | null
  readonly mode: 'none' | 'earn' | 'pledge'
  readonly effectiveFrom: string
  readonly timeLevel: number
  readonly pointLevel: number
  readonly claimDays: number
  readonly minutesPerDay: number
  readonly minutesPerAct: number
  /** How many days before it is first seen an act may have been done. */
  readonly actDays: number
}

/** `rates:<code>`, every table by validFrom. */
export type RatesDoc = { readonly kind: 'rates'; readonly tables: readonly RateTable[] }
export type RateTable = {
  readonly uri: string
  readonly cid: string
  readonly leaf: number
  /** When its record was deleted or edited; null while it stands. */
  readonly untilLeaf: number | null
  readonly validFrom: string
  readonly source: string
  readonly yenPerHour: { readonly [category: string]: number }
}

/** `hosts:<did>`: where and when a body is registered as host; `to` inclusive. */
export type HostsDoc = { readonly kind: 'hosts'; readonly registrations: readonly HostRegistration[] }
export type HostRegistration = {
  readonly uri: string
  readonly cid: string
  readonly code: string
  readonly from: string
  readonly to: string | null
  readonly names: { readonly ja: string; readonly en: string | null }
}

/** `record:<uri>`: whom a host body's registration or an admission is about, so that a delete finds it; which action (leaf/op) a ruling decided. */
export type RecordDoc = { readonly kind: 'record'; readonly about: string }

/** `municipality:<code>`. */
export type MunicipalityDoc = {
  readonly kind: 'municipality'
  readonly code: string
  readonly did: string
  readonly uri: string
  readonly cid: string
  readonly names: { readonly ja: string; readonly en: string | null }
  readonly tier: string
  /** Municipalities that become part of this one, and from which day on. */
  readonly predecessors: readonly string[]
  /** The municipality that it says it becomes part of, or its own code where it wants to stay. */
  readonly successor: string | null
  readonly validFrom: string | null
  /** Of the row that says so. */
  readonly leaf: number
  readonly op: number
}

/** `account:<did>`: kept only while not active. Content is hidden meanwhile. */
export type AccountDoc = {
  readonly kind: 'account'
  readonly status: string
  readonly erasesAt: string | null
  /** Of the row that says so. */
  readonly leaf: number
}

/** `erasures:all`: how many accounts have been erased. */
export type ErasuresDoc = { readonly kind: 'erasures'; readonly count: number }

/** `gone:<cid>`: an act with this CID stands in the books of an account that was erased. */
export type GoneDoc = { readonly kind: 'gone' }

/** `dispute:<uri>` of what opened it. */
export type DisputeDoc = { readonly kind: 'dispute'; readonly action: string }

/** `disputes:<scope>/<fiscal year>`: every dispute on what is effective in that year that touched the scope, with when it was open. */
export type DisputesDoc = { readonly kind: 'disputes'; readonly disputes: readonly DisputeNote[] }
export type DisputeNote = {
  /** leaf/op of the action: a dispute outlives the uris of its records. */
  readonly action: string
  readonly effectiveDate: string
  readonly giver: string
  readonly giverScope: string
  readonly minutes: number
  readonly entities: readonly string[]
  readonly openedLeaf: number
  readonly closedLeaf: number | null
}

export type Doc =
  | ActionDoc
  | ConfirmationDoc
  | ParkedDoc
  | GiverDoc
  | DaysDoc
  | EventDoc
  | AdmissionsDoc
  | WaitingDoc
  | BalanceDoc
  | PoliciesDoc
  | RatesDoc
  | HostsDoc
  | RecordDoc
  | MunicipalityDoc
  | AccountDoc
  | ErasuresDoc
  | GoneDoc
  | DisputeDoc
  | DisputesDoc
  | RollDoc
  | RollPageDoc
  | MergersDoc
  | PoolDoc
  | MappedDoc
  | HouseholdDoc
  | ImportDoc
  | FlagsDoc
  | RulingDoc
  | SuspensionsDoc
  | OutagesDoc
