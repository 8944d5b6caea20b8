// A number for a text, so that an index over it stays small. Two texts may share one: whoever looks up by it compares the text too.

import { hash } from 'node:crypto'

/** The first 48 bits of its hash. */
export const numberOf = (text: string): number => {
  // Of all encodings this one is had cheapest.
  const bytes = hash('sha256', text, 'binary')
  const high = bytes.charCodeAt(0) * 2 ** 16 + bytes.charCodeAt(1) * 2 ** 8 + bytes.charCodeAt(2)
  return high * 2 ** 24 + bytes.charCodeAt(3) * 2 ** 16 + bytes.charCodeAt(4) * 2 ** 8 + bytes.charCodeAt(5)
}
