// A number for a text, so that an index over it stays small. Two texts may share one: whoever looks up by it compares the text too. Those of late are
// remembered: an action is named again by its confirmation and by each of its entries.

import { hash } from 'node:crypto'

const NUMBER_BYTES = 6
const MOST_REMEMBERED = 16_000

const numbers = new Map<string, number>()

export const numberOf = (text: string): number => {
  const known = numbers.get(text)
  if (known !== undefined) return known
  if (numbers.size >= MOST_REMEMBERED) numbers.clear()
  const number = hash('sha256', text, 'buffer').readUIntBE(0, NUMBER_BYTES)
  numbers.set(text, number)
  return number
}
