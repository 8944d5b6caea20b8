// Asking servers until they have taken something in: polls with a limit, the more seldom the longer it takes, so that who waits leaves the machine to whom
// it waits for; fails aloud with the last answer.

import assert from 'node:assert/strict'
import { systemClock } from '../../server/clock.ts'

const PATIENCE_MS = 30_000
const POLL_MS = 5
const MOST_POLL_MS = 100
/** A wait grows by so much of itself at most. */
const LATE_SHARE = 0.1
const clock = systemClock()

export type Json = Readonly<Record<string, unknown>>

/** Asks again until the answer is so. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<T> => {
  const from = clock.monotonicMs()
  for (;;) {
    const answer = await ask()
    if (isSo(answer)) return answer
    const waitedMs = clock.monotonicMs() - from
    if (waitedMs > patienceMs) assert.fail(`not so in ${patienceMs} ms: ${what}; the last answer: ${JSON.stringify(answer)}`)
    await clock.sleep(Math.min(Math.max(POLL_MS, waitedMs * LATE_SHARE), MOST_POLL_MS))
  }
}

export const getJson = async (url: string): Promise<Json> => parseJson(await (await fetch(url)).json())

export const parseJson = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

/** The list under a name; empty when there is none. */
export const listIn = (json: Json, name: string): readonly Json[] => {
  const list = json[name]
  return Array.isArray(list) ? list.map(parseJson) : []
}

export const at = (json: Json, ...names: readonly string[]): Json => names.reduce((inner, name) => parseJson(inner[name]), json)
