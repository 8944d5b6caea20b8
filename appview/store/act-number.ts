// A number for the uri of a record, so that an index over it stays small. It grows with the time in the record key, so that of an index the end is written and
// a tenth of its pages. Two uris may share one, and whoever chooses their keys may make many share it: whoever looks up by it compares the text too.

import { numberOf } from './number-of.ts'

/** Of the 13 letters of a TID: to the second. */
const LETTERS = 7
const TID = /\/([234567abcdefghij][2-7a-z]{12})$/
const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz'
/** Left to the hash within a second. */
const HASHED = 2 ** 13

export const actNumber = (uri: string): number => {
  const hashed = numberOf(uri)
  const key = TID.exec(uri)?.[1]
  if (key === undefined) return hashed
  let seconds = 0
  for (let place = 0; place < LETTERS; place++) seconds = seconds * ALPHABET.length + ALPHABET.indexOf(key[place] ?? '')
  return seconds * HASHED + (hashed % HASHED)
}
