// Text in CP932 (Windows-31J), as older programs in Japanese offices want it. The table is what Node's own decoder reads, turned round.
// https://encoding.spec.whatwg.org/#shift_jis

import { MOST_NAMED_CHARACTERS } from './limits.ts'

/** What stands in a place for which CP932 has no character: the printer's blank type. */
const GETA = '〓'
const ASCII_END = 0x80
const HALF_KATAKANA = { first: 0xff61, last: 0xff9f, byte: 0xa1 }
/** The same signs under another number: CP932 has them only under these. */
const SAME_SIGN: Readonly<Record<string, string>> = { '−': '－', '〜': '～', '‖': '∥', '—': '―', '¢': '￠', '£': '￡', '¬': '￢' }
/** Lead bytes, without those of user-defined characters (F0–F9) and of the doublets ED and EE, which stand again under FA–FC. */
const LEADS: readonly (readonly [number, number])[] = [
  [0x81, 0x9f],
  [0xe0, 0xec],
  [0xef, 0xef],
  [0xfa, 0xfc],
]
const TRAIL_FIRST = 0x40
const TRAIL_LAST = 0xfc
const DELETE = 0x7f

const makeTable = (): ReadonlyMap<string, number> => {
  const decoder = new TextDecoder('shift_jis')
  const table = new Map<string, number>()
  for (const [first, last] of LEADS)
    for (let lead = first; lead <= last; lead += 1)
      for (let trail = TRAIL_FIRST; trail <= TRAIL_LAST; trail += 1) {
        const text = decoder.decode(new Uint8Array([lead, trail]))
        // What does not map decodes to a replacement, alone or before an ASCII character.
        if (trail === DELETE || text.length !== 1 || text === '\uFFFD' || table.has(text)) continue
        table.set(text, lead * 0x100 + trail)
      }
  return table
}

let table: ReadonlyMap<string, number> | undefined

const codeOf = (character: string): number | undefined => {
  const point = character.codePointAt(0) ?? 0
  if (point < ASCII_END) return point
  const { first, last, byte } = HALF_KATAKANA
  if (point >= first && point <= last) return point - first + byte
  table ??= makeTable()
  return table.get(SAME_SIGN[character] ?? character)
}

/** Writes texts one after the other and remembers what had no place. */
export class Cp932Writer {
  readonly #missing = new Map<string, number>()

  encode(text: string): Uint8Array {
    const bytes: number[] = []
    for (const character of text) {
      const code = codeOf(character)
      if (code === undefined) this.#missing.set(character, (this.#missing.get(character) ?? 0) + 1)
      const written = code ?? codeOf(GETA) ?? 0
      if (written > 0xff) bytes.push(written >> 8)
      bytes.push(written & 0xff)
    }
    return Uint8Array.from(bytes)
  }

  /** Characters that were replaced by 〓, and how often each. */
  get missing(): ReadonlyMap<string, number> {
    return this.#missing
  }
}

/** U+20BB7, U+9AD9: named by number, since they cannot be written. */
export const namesOfMissing = (missing: ReadonlyMap<string, number>): string => {
  const named = [...missing].slice(0, MOST_NAMED_CHARACTERS).map(([character, count]) => {
    const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return `U+${point}×${count}`
  })
  return missing.size > MOST_NAMED_CHARACTERS ? [...named, '…'].join(' ') : named.join(' ')
}
