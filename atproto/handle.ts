// A handle: a domain name that stands for an account, always in lower case. https://atproto.com/specs/handle

import { isValidHandle } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { InvalidSyntax } from './invalid-syntax.ts'

export type Handle = Branded<'Handle'>

/** True only of a handle in lower case. */
export const isHandle = (value: unknown): value is Handle =>
  typeof value === 'string' && isValidHandle(value) && value === value.toLowerCase()

/** Accepts any case, gives lower case. Throws InvalidSyntax. */
export function parseHandle(value: unknown): Handle {
  if (typeof value === 'string' && isValidHandle(value)) return value.toLowerCase() as Handle
  throw new InvalidSyntax('handle', value)
}
