// Whole numbers as bytes: seven bits a byte, the least first, the sign in the lowest bit. Most of what the books count takes a byte or two.

const CONTINUES = 0x80
const LOW_BITS = 0x7f
const STEP = 128
/** Of a number up to 2^53 with its sign. */
const MAX_BYTES = 8

export const packNumbers = (numbers: readonly number[]): Uint8Array => {
  const bytes = Buffer.allocUnsafe(numbers.length * MAX_BYTES)
  let at = 0
  for (const number of numbers) {
    let rest = number < 0 ? -number * 2 - 1 : number * 2
    while (rest >= STEP) {
      bytes[at++] = (rest & LOW_BITS) | CONTINUES
      rest = Math.floor(rest / STEP)
    }
    bytes[at++] = rest
  }
  return Uint8Array.prototype.slice.call(bytes, 0, at)
}

/** Gives one number after the other; NaN behind the last one. */
export const openNumbers = (bytes: Uint8Array): (() => number) => {
  let at = 0
  return () => {
    let [value, unit] = [0, 1]
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined) return NaN
      value += (byte & LOW_BITS) * unit
      if (byte < CONTINUES) return value % 2 === 1 ? -(value + 1) / 2 : value / 2
      unit *= STEP
    }
  }
}

export const unpackNumbers = (bytes: Uint8Array): number[] => {
  const next = openNumbers(bytes)
  const numbers: number[] = []
  for (let number = next(); !Number.isNaN(number); number = next()) numbers.push(number)
  return numbers
}
