// Which keys were written, and under which number: two hashes of the key and its number for each, in flat arrays, so that millions take little memory.
// The hashes begin differently each time. Two keys may have equal ones: whoever finds a number looks whether it is the key's.

import { randomInt } from 'node:crypto'

export type WrittenKeys = {
  /** The number of a key, 0 where it has none; `isIt` says whether a number is that of the key. */
  readonly find: (key: string, isIt: (number: number) => boolean) => number
  /** Gives a key the next number, from 1 on. */
  readonly add: (key: string) => number
}

const FIRST_ROOM = 2 ** 16
/** Of the places so many are taken at most. */
const MOST_TAKEN = 0.7
const FIELDS = 3
const HASHES = 2 ** 32
/** Keys are told apart by their ends: whose, and which record. */
const TOLD_BY = 60

export const createWrittenKeys = (): WrittenKeys => {
  const seeds = [randomInt(HASHES), randomInt(HASHES)] as const
  /** Of each place: first hash, second hash, number. */
  let places = new Int32Array(FIRST_ROOM * FIELDS)
  let room = FIRST_ROOM
  let size = 0
  let [first, second] = [0, 0]
  /** Whose hashes these are. */
  let hashed = ''
  const hash = (key: string): void => {
    if (key === hashed) return
    hashed = key
    const length = key.length
    let a = (seeds[0] ^ length) | 0
    let b = (seeds[1] ^ key.charCodeAt(0)) | 0
    for (let at = Math.max(0, length - TOLD_BY); at < length; at += 1) {
      const code = key.charCodeAt(at)
      a = Math.imul(a ^ code, 16_777_619)
      b = Math.imul((b << 5) ^ (b >>> 27) ^ code, 2_654_435_761)
    }
    first = a ^ (a >>> 15)
    second = b ^ (b >>> 13)
  }
  const free = (from: number): number => {
    let place = from
    while (places[place * FIELDS + 2] !== 0) place = (place + 1) & (room - 1)
    return place
  }
  const put = (a: number, b: number, number: number): void => {
    const at = free(a & (room - 1)) * FIELDS
    places[at] = a
    places[at + 1] = b
    places[at + 2] = number
  }
  const widen = (): void => {
    const before = places
    room *= 2
    places = new Int32Array(room * FIELDS)
    for (let at = 0; at < before.length; at += FIELDS) {
      const number = before[at + 2] ?? 0
      if (number !== 0) put(before[at] ?? 0, before[at + 1] ?? 0, number)
    }
  }
  return {
    find: (key, isIt) => {
      hash(key)
      const [a, b] = [first, second]
      for (let place = a & (room - 1); ; place = (place + 1) & (room - 1)) {
        const number = places[place * FIELDS + 2] ?? 0
        if (number === 0) return 0
        if (places[place * FIELDS] === a && places[place * FIELDS + 1] === b && isIt(number)) return number
      }
    },
    add: (key) => {
      if (size + 1 > room * MOST_TAKEN) widen()
      size += 1
      hash(key)
      put(first, second, size)
      return size
    },
  }
}
