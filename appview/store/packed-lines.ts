// The lines of transactions as bytes: integers of seven bits a byte, an account's pair sharing what both have. Entities, scopes and categories are the
// numbers of a store. Bytes of several transactions can be laid one after another.

/** One line as it is read; the same object each time. `effective` is yyyymmdd, `isOwn` where it differs from the transaction's; 0 and −1 stand for none. */
export type PackedLine = {
  position: number
  line: number
  entity: number
  scope: number
  account: number
  unit: number
  amount: number
  effective: number
  isOwn: boolean
  category: number
  receiver: number
}

export type ByteWriter = {
  readonly integer: (value: number) => void
  readonly clear: () => void
  /** What was written since the last clearing; valid until more is written. */
  readonly bytes: () => Uint8Array
  /** Appends bytes as they are. */
  readonly append: (bytes: Uint8Array) => void
}

const FIRST_ROOM = 8_192
/** Bytes an integer takes at most. */
const MOST_BYTES = 8
const HIGH = 128
/** Above this, bits are no longer to be shifted. */
const SHIFTABLE = 2 ** 31

export const openBytes = (): ByteWriter => {
  let room = new Uint8Array(FIRST_ROOM)
  let at = 0
  const reserve = (more: number): void => {
    if (at + more <= room.length) return
    const wider = new Uint8Array(Math.max(room.length * 2, at + more))
    wider.set(room)
    room = wider
  }
  return {
    integer: (value) => {
      reserve(MOST_BYTES)
      let rest = value
      for (; rest >= SHIFTABLE; rest = Math.floor(rest / HIGH)) room[at++] = (rest % HIGH) | HIGH
      for (; rest >= HIGH; rest >>>= 7) room[at++] = (rest & 127) | HIGH
      room[at++] = rest
    },
    clear: () => {
      at = 0
    },
    bytes: () => room.subarray(0, at),
    append: (bytes) => {
      reserve(bytes.length)
      room.set(bytes, at)
      at += bytes.length
    },
  }
}

/** Reads integers one after another. */
export const openReader = (bytes: Uint8Array) => {
  let at = 0
  return {
    isAtEnd: (): boolean => at >= bytes.length,
    integer: (): number => {
      let byte = bytes[at++] ?? 0
      if (byte < HIGH) return byte
      let value = byte & 127
      let scale = HIGH
      do {
        byte = bytes[at++] ?? 0
        value += (byte & 127) * scale
        scale *= HIGH
      } while (byte >= HIGH)
      return value
    },
  }
}

const YEN = 1
const OWN_DATE = 2
const CATEGORY = 4
const RECEIVER = 8
const SAME_PLACE = 16
const NEGATIVE = 32
const SAME_AMOUNT = 64

/** Begins a transaction: how many lines follow, and its day as yyyymmdd. */
export const writeHeadOfLines = (to: ByteWriter, count: number, effective: number): void => {
  to.integer(count)
  to.integer(effective)
}

/** What a line may have in common with the one before it in its transaction. */
export type Before = { entity: number; scope: number; magnitude: number }

/** Of the first line of a transaction. */
export const nothingBefore = (): Before => ({ entity: -1, scope: -1, magnitude: -1 })

/** `before` is that of the next line from here on. */
export const writeLine = (to: ByteWriter, one: Readonly<PackedLine>, before: Before): void => {
  const magnitude = Math.abs(one.amount)
  const isSamePlace = before.entity === one.entity && before.scope === one.scope
  const isSameAmount = before.magnitude === magnitude
  to.integer(
    (one.unit === 0 ? 0 : YEN) |
      (one.isOwn ? OWN_DATE : 0) |
      (one.category === 0 ? 0 : CATEGORY) |
      (one.receiver < 0 ? 0 : RECEIVER) |
      (isSamePlace ? SAME_PLACE : 0) |
      (one.amount < 0 ? NEGATIVE : 0) |
      (isSameAmount ? SAME_AMOUNT : 0),
  )
  if (!isSamePlace) {
    to.integer(one.entity)
    to.integer(one.scope)
  }
  to.integer(one.account)
  if (!isSameAmount) to.integer(magnitude)
  if (one.isOwn) to.integer(one.effective)
  if (one.category !== 0) to.integer(one.category)
  if (one.receiver >= 0) to.integer(one.receiver)
  before.entity = one.entity
  before.scope = one.scope
  before.magnitude = magnitude
}

export const emptyLine = (): PackedLine => ({
  position: 0,
  line: 0,
  entity: 0,
  scope: 0,
  account: 0,
  unit: 0,
  amount: 0,
  effective: 0,
  isOwn: false,
  category: 0,
  receiver: -1,
})

/** All lines in order; `first` is the position of the first transaction. `begin` is told the day of each transaction. */
export const eachLine = (
  bytes: Uint8Array,
  first: number,
  take: (line: Readonly<PackedLine>) => void,
  begin: (effective: number) => void = () => {},
): void => {
  const { isAtEnd, integer } = openReader(bytes)
  const line = emptyLine()
  for (let size = 0; !isAtEnd(); size += 1) {
    const count = integer()
    const day = integer()
    let magnitude = 0
    begin(day)
    line.position = first + size
    for (let number = 0; number < count; number += 1) {
      const flags = integer()
      line.line = number
      if ((flags & SAME_PLACE) === 0) {
        line.entity = integer()
        line.scope = integer()
      }
      line.account = integer()
      if ((flags & SAME_AMOUNT) === 0) magnitude = integer()
      line.amount = (flags & NEGATIVE) === 0 ? magnitude : -magnitude
      line.unit = flags & YEN
      line.isOwn = (flags & OWN_DATE) !== 0
      line.effective = line.isOwn ? integer() : day
      line.category = (flags & CATEGORY) === 0 ? 0 : integer()
      line.receiver = (flags & RECEIVER) === 0 ? -1 : integer()
      take(line)
    }
  }
}
