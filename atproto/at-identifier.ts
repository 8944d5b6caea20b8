// Whatever names an account: its DID or its handle.

import { isDid } from './did.ts'
import type { Did } from './did.ts'
import { isHandle, parseHandle } from './handle.ts'
import type { Handle } from './handle.ts'
import { InvalidSyntax } from './invalid-syntax.ts'

export type AtIdentifier = Did | Handle

export const isAtIdentifier = (value: unknown): value is AtIdentifier => isDid(value) || isHandle(value)

/** A handle comes back in lower case. Throws InvalidSyntax. */
export function parseAtIdentifier(value: unknown): AtIdentifier {
  if (isDid(value)) return value
  if (typeof value !== 'string' || value.startsWith('did:')) throw new InvalidSyntax('at-identifier', value)
  return parseHandle(value)
}
