// A decentralised identifier, of any method. https://atproto.com/specs/did

import { isValidDid } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type Did = Branded<'Did'>

/** Says nothing about the method: `did:plc` and `did:web` are told apart where a DID is resolved. */
export const isDid = (value: unknown): value is Did => typeof value === 'string' && isValidDid(value)

/** Throws InvalidSyntax. */
export const parseDid = (value: unknown): Did => parseWith('did', isDid, value)
