// What the demo's people do: the steps of a day, before they become records.

export type Receiver = { readonly class: 'public' | 'unnamed' | 'person'; readonly person?: number; readonly count?: number }
export type Act = {
  readonly kind: 'act'
  readonly id: number
  readonly giver: number
  readonly category: string
  readonly minutes: number
  /** Days before the day of writing. */
  readonly daysAgo: number
  readonly town: 0 | 1
  readonly hostBody: number | null
  readonly eventId: string | null
  readonly beneficiaries: readonly Receiver[]
}
export type Confirmer = { readonly person: number } | { readonly host: number } | { readonly town: 0 | 1 }
export type Confirm = {
  readonly kind: 'confirm'
  readonly act: number
  readonly by: Confirmer
  readonly role: 'beneficiary' | 'witness' | 'hostBody' | 'municipality'
  readonly verdict: 'confirmed' | 'rejected'
  readonly minutes: number | null
  readonly receivers: readonly Receiver[]
  readonly onBehalf: 'beneficiary' | null
}
export type Edit = { readonly kind: 'edit'; readonly act: number; readonly minutes: number }
export type Delete = { readonly kind: 'delete'; readonly act: number }
export type Step = Act | Confirm | Edit | Delete

/** Steps by day (0 = the first). Within a day: acts, then confirmations, then edits and deletions. */
export type Year = readonly (readonly Step[])[]
