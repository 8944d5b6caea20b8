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
/** The word of a person whom the act names; only the municipality publishes that there was one. */
export type PrivateConfirm = { readonly kind: 'private'; readonly act: number; readonly by: number }
export type Edit = { readonly kind: 'edit'; readonly act: number; readonly minutes: number }
export type Delete = { readonly kind: 'delete'; readonly act: number }
export type Step = Act | Confirm | PrivateConfirm | Edit | Delete
