// The contract of what sign-in keeps, a part of the store's work part. Durable once a promise resolves.

/** 'session': a browser that is signed in. 'grant': what an account's server granted, with its tokens. 'request': a sign-in under way.
 * 'code': what a short code stands for. 'print': by what the secret of sign-in is known. */
export type KeptKind = (typeof KINDS)[number]
const KINDS = ['code', 'session', 'grant', 'request', 'print'] as const

/** Of a row of a store. */
export const parseKind = (kind: string): KeptKind => KINDS.find((one) => one === kind) ?? 'request'

/** Something of sign-in, until an instant. Names and owners are keyed hashes and the value is sealed: whoever reads the store learns nothing. */
export type Kept = {
  readonly kind: KeptKind
  readonly name: string
  readonly owner: string
  readonly sealed: Uint8Array
  readonly expiresMs: number
}

export type SignInWork = {
  /** Replaces what is kept under the same kind and name. */
  keep(kept: Kept): Promise<void>
  kept(kind: KeptKind, name: string, nowMs: number): Promise<Kept | null>
  /** Gives it and removes it: of several callers one gets it. */
  take(kind: KeptKind, name: string, nowMs: number): Promise<Kept | null>
  drop(kind: KeptKind, name: string): Promise<void>
  dropOwned(kind: KeptKind, owner: string): Promise<number>
  countOwned(kind: KeptKind, owner: string, nowMs: number): Promise<number>
  dropExpired(nowMs: number): Promise<number>
  /** What is kept after (kind, name), in that order. */
  keptAfter(after: { readonly kind: string; readonly name: string }, limit: number): Promise<readonly Kept[]>
}
