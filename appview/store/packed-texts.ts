// Texts one behind the other as bytes, so that they pass from thread to thread without being copied, and lie meanwhile where no collection of the heap
// has to carry them on.

export type PackedTexts = {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each, in bytes. */
  readonly lengths: readonly number[]
}

export type TextPacker = {
  readonly add: (text: string | null) => void
  /** All that was added since the last time. */
  readonly take: () => PackedTexts
}

const NO_TEXT = -1
/** Of UTF-8, for one unit of UTF-16. */
const MOST_BYTES = 3
const FIRST_ROOM = 2 ** 18

export const openTextPacker = (): TextPacker => {
  let room = Buffer.allocUnsafeSlow(FIRST_ROOM)
  let at = 0
  let lengths: number[] = []
  return {
    add: (text) => {
      if (text === null) return void lengths.push(NO_TEXT)
      const most = at + text.length * MOST_BYTES
      if (most > room.length) room = Buffer.concat([room], most * 2)
      const length = room.write(text, at)
      lengths.push(length)
      at += length
    },
    take: () => {
      const taken = { bytes: Uint8Array.prototype.slice.call(room, 0, at), lengths }
      at = 0
      lengths = []
      return taken
    },
  }
}

/** Gives one after the other; null where there is none. */
export const unpackTexts = ({ bytes, lengths }: PackedTexts): (() => string | null) => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let [nth, at] = [0, 0]
  return () => {
    const length = lengths[nth++] ?? NO_TEXT
    return length === NO_TEXT ? null : all.toString('utf8', at, (at += length))
  }
}
