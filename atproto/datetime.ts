// A point in time as records and events write it. https://atproto.com/specs/lexicon#datetime

import { isDatetimeString } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type Datetime = Branded<'Datetime'>

export const isDatetime = (value: unknown): value is Datetime => isDatetimeString(value)

/** Any offset and precision the specification allows, as written. Throws InvalidSyntax. */
export const parseDatetime = (value: unknown): Datetime => parseWith('datetime', isDatetime, value)

/** Milliseconds since 1970 → "2026-11-21T11:45:00.000Z": always UTC, always three decimals, so order of text is order of time. */
export const toDatetime = (ms: number): Datetime => new Date(ms).toISOString() as Datetime

/** Milliseconds since 1970; what is finer is cut off. */
export const msOfDatetime = (datetime: Datetime): number => Date.parse(datetime)
