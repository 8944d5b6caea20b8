// A namespaced identifier: the name of a collection or a method. https://atproto.com/specs/nsid

import { isValidNsid } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type Nsid = Branded<'Nsid'>

export const isNsid = (value: unknown): value is Nsid => typeof value === 'string' && isValidNsid(value)

/** Throws InvalidSyntax. */
export const parseNsid = (value: unknown): Nsid => parseWith('nsid', isNsid, value)
