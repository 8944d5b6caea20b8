// What a deed of the desk comes to: a value, or the reasons why nothing was done. Reasons carry a code of refusals.ts and, of a list, the line's number.

import type { DeskRefusal } from './refusals.ts'

/** Who asks, and at which town's desk. */
export type Actor = { readonly did: string; readonly town: string }

/** `line` counts from 1, a header line included; null where the whole is meant. `about` is what was found there, such as a DID or a number. */
export type Reason = { readonly code: DeskRefusal; readonly line: number | null; readonly about: string | null }

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reasons: readonly Reason[] }

export const done = <T>(value: T): Outcome<T> => ({ ok: true, value })

export const refused = (code: DeskRefusal, about: string | null = null): { readonly ok: false; readonly reasons: readonly Reason[] } => ({
  ok: false,
  reasons: [{ code, line: null, about }],
})

export const reason = (code: DeskRefusal, line: number | null = null, about: string | null = null): Reason => ({ code, line, about })
