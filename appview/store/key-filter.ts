// A set of texts that may say yes of one it does not hold, seldom, and never no of one it holds (a Bloom filter), so that most of what was never put in
// is told apart in little memory.

export type KeyFilter = { readonly add: (key: string) => void; readonly has: (key: string) => boolean }

/** Thirty-two million bits: of three million keys one in forty is taken for held, of fifty million nearly all. */
const BITS = 2 ** 25
const PROBES = 3
/** Keys are told apart by their ends, their lengths and their first letters: so long is what nobody else has of an id. */
const TOLD_BY = 32

export const createKeyFilter = (): KeyFilter => {
  const words = new Uint32Array(BITS / 32)
  const placesOf = (key: string): readonly [number, number] => {
    const length = key.length
    let [a, b] = [2_166_136_261 ^ length, 40_389 + key.charCodeAt(0)]
    for (let at = Math.max(0, length - TOLD_BY); at < length; at++) {
      const code = key.charCodeAt(at)
      a = Math.imul(a ^ code, 16_777_619)
      b = Math.imul(b + code, 2_654_435_761)
    }
    return [a ^ (a >>> 15), (b ^ (b >>> 13)) | 1]
  }
  return {
    add: (key) => {
      const [first, step] = placesOf(key)
      for (let probe = 0; probe < PROBES; probe++) {
        const place = (first + probe * step) & (BITS - 1)
        words[place >>> 5] = (words[place >>> 5] ?? 0) | (1 << (place & 31))
      }
    },
    has: (key) => {
      const [first, step] = placesOf(key)
      for (let probe = 0; probe < PROBES; probe++) {
        const place = (first + probe * step) & (BITS - 1)
        if (((words[place >>> 5] ?? 0) & (1 << (place & 31))) === 0) return false
      }
      return true
    },
  }
}
