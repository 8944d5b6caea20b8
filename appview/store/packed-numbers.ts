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

export const unpackNumbers = (bytes: Uint8Array): number[] => {
  const numbers: number[] = []
  let [value, unit] = [0, 1]
  for (const byte of bytes) {
    value += (byte & LOW_BITS) * unit
    unit *= STEP
    if (byte >= CONTINUES) continue
    numbers.push(value % 2 === 1 ? -(value + 1) / 2 : value / 2)
    ;[value, unit] = [0, 1]
  }
  return numbers
}
