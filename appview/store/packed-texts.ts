// Texts one behind the other as bytes, so that they pass from thread to thread without being copied, and lie meanwhile where no collection of the heap
// has to carry them on.

export type PackedTexts = {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each, in bytes. */
  readonly lengths: readonly number[]
}

const NO_TEXT = -1
/** Of UTF-8, for one unit of UTF-16. */
const MOST_BYTES = 3

/** Used by one packing after another; each gets a copy of its part. */
let room = Buffer.allocUnsafeSlow(2 ** 18)

export const packTexts = (texts: readonly (string | null)[]): PackedTexts => {
  let at = 0
  const lengths: number[] = []
  for (const text of texts) {
    if (text === null) {
      lengths.push(NO_TEXT)
      continue
    }
    const most = at + text.length * MOST_BYTES
    if (most > room.length) room = Buffer.concat([room], most * 2)
    const length = room.write(text, at)
    lengths.push(length)
    at += length
  }
  return { bytes: Uint8Array.prototype.slice.call(room, 0, at), lengths }
}

/** Gives one after the other; null where there is none, and behind the last. */
export const unpackTexts = ({ bytes, lengths }: PackedTexts): (() => string | null) => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let [nth, at] = [0, 0]
  return () => {
    const length = lengths[nth++] ?? NO_TEXT
    return length === NO_TEXT ? null : all.toString('utf8', at, (at += length))
  }
}
