// A record's key within its collection. https://atproto.com/specs/record-key

import { isValidRecordKey } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type RecordKey = Branded<'RecordKey'>

export const isRecordKey = (value: unknown): value is RecordKey => typeof value === 'string' && isValidRecordKey(value)

/** Throws InvalidSyntax. */
export const parseRecordKey = (value: unknown): RecordKey => parseWith('record-key', isRecordKey, value)
