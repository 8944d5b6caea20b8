// A timestamp identifier: 53 bits of microseconds since 1970 and 10 bits of clock identifier, sortable as text.
// https://atproto.com/specs/tid

import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { isValidTid } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type Tid = Branded<'Tid'>

const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz'
const MICROS_DIGITS = 11
const CLOCK_IDS = 1024

export const isTid = (value: unknown): value is Tid => typeof value === 'string' && isValidTid(value)

/** Throws InvalidSyntax. */
export const parseTid = (value: unknown): Tid => parseWith('tid', isTid, value)

/** Microseconds since 1970 (below 2^53) and clock identifier (0–1023). */
export function tidFromMicros(micros: number, clockId: number): Tid {
  assert(Number.isSafeInteger(micros) && micros >= 0, `${micros} is no time in microseconds`)
  assert(Number.isInteger(clockId) && clockId >= 0 && clockId < CLOCK_IDS, `${clockId} is no clock identifier`)
  let text = `${digit(clockId / 32)}${digit(clockId)}`
  for (let rest = micros, place = 0; place < MICROS_DIGITS; place++, rest = Math.floor(rest / 32)) text = digit(rest) + text
  return text as Tid
}

/** Microseconds since 1970. Exact below 2^53; beyond it, in the year 2255, the nearest double. */
export function microsOfTid(tid: Tid): number {
  let micros = 0
  for (let place = 0; place < MICROS_DIGITS; place++) micros = micros * 32 + ALPHABET.indexOf(tid.charAt(place))
  return micros
}

/** Gives TIDs that only ever rise, even when the clock it reads stands still or steps back. */
export class TidClock {
  readonly #nowMs: () => number
  readonly #clockId: number
  #lastMicros = 0

  /** `clockId` 0–1023, drawn at random when not given. */
  constructor(nowMs: () => number, clockId = randomInt(CLOCK_IDS)) {
    this.#nowMs = nowMs
    this.#clockId = clockId
  }

  /** A TID above every earlier one of this clock and above `after`. */
  next(after?: Tid): Tid {
    const floor = after === undefined ? 0 : microsOfTid(after) + 1
    this.#lastMicros = Math.max(Math.floor(this.#nowMs() * 1000), this.#lastMicros + 1, floor)
    return tidFromMicros(this.#lastMicros, this.#clockId)
  }
}

const digit = (value: number): string => ALPHABET.charAt(Math.floor(value) % 32)
