// A decentralised identifier, of any method. https://atproto.com/specs/did

import { isValidDid } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type Did = Branded<'Did'>

/** Says nothing about the method: `did:plc` and `did:web` are told apart where a DID is resolved. */
export const isDid = (value: unknown): value is Did => typeof value === 'string' && isValidDid(value)

/** As a directory issues them: 24 of the alphabet of base32. */
export const isDidPlc = (value: unknown): value is Did => isDid(value) && /^did:plc:[a-z2-7]{24}$/.test(value)

/** Also as its method forms it, where that is did:plc. For what people type: a slip there names nobody, ever. */
export const isWellFormedDid = (value: unknown): value is Did => isDid(value) && (!value.startsWith('did:plc:') || isDidPlc(value))

/** Throws InvalidSyntax. */
export const parseDid = (value: unknown): Did => parseWith('did', isDid, value)
