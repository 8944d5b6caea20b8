// Short codes by which somebody beside the giver finds an act to confirm: shown as QR, read out, gone after three minutes. A code stands for one
// version of one act. Guessing is bounded for each person.

import { randomInt } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import type { Keep } from '../auth/keep.ts'
import { CODE_ALPHABET, CODE_LENGTH, CODE_LIFE_MS, MOST_CODES, MOST_WRONG_CODES } from './limits.ts'

export type CodeSubject = { readonly uri: string; readonly cid: string }
export type NewCode = { readonly code: string; readonly expiresMs: number }

export type Codes = {
  /** A new code for an act of `owner` (a DID); null when too many of theirs stand. */
  issue(owner: string, subject: CodeSubject): Promise<NewCode | null>
  /** 'too-many': this reader tried too many that are none. */
  find(reader: string, code: string): Promise<CodeSubject | 'none' | 'too-many'>
}

const IS_CODE = new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`)

/** Capital letters and digits, however they were typed; null for what cannot be a code. */
export const parseCode = (text: string): string | null => {
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\-‐-―]/g, '')
  return IS_CODE.test(code) ? code : null
}

/** As it is read out: 7F3K-9QWD. */
export const spokenCode = (code: string): string => `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`

export const createCodes = ({ keep, clock }: { readonly keep: Keep; readonly clock: Clock }): Codes => {
  const wrong = new Map<string, { count: number; untilMs: number }>()
  const isBlocked = (reader: string): boolean => {
    const tries = wrong.get(reader)
    if (tries !== undefined && tries.untilMs <= clock.realMs()) wrong.delete(reader)
    return (wrong.get(reader)?.count ?? 0) >= MOST_WRONG_CODES
  }
  const noteWrong = (reader: string): void => {
    for (const [one, { untilMs }] of wrong) if (untilMs <= clock.realMs()) wrong.delete(one)
    const tries = wrong.get(reader) ?? { count: 0, untilMs: clock.realMs() + CODE_LIFE_MS }
    wrong.set(reader, { ...tries, count: tries.count + 1 })
  }
  return {
    issue: async (owner, subject) => {
      if ((await keep.countOwned('code', owner)) >= MOST_CODES) return null
      const code = newCode()
      await keep.put('code', code, subject, { owner, lifeMs: CODE_LIFE_MS })
      return { code, expiresMs: clock.realMs() + CODE_LIFE_MS }
    },
    find: async (reader, code) => {
      if (isBlocked(reader)) return 'too-many'
      const found = await keep.get('code', code)
      if (found !== undefined) return parseSubject(found)
      noteWrong(reader)
      return 'none'
    },
  }
}

const newCode = (): string => Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('')

/** What `issue` kept. */
const parseSubject = (value: unknown): CodeSubject => value as CodeSubject
