// Sums by owner, kind and month (or day) while they are added up, in flat arrays: millions of lines go into them, and nothing of it is an object.

export type SumTable = {
  readonly add: (owner: number, kind: number, month: number, amount: number, postings: number, signs: number) => void
  readonly size: () => number
  readonly sumAt: (place: number) => Sum
  readonly clear: () => void
  /** In their order. */
  readonly owners: () => Float64Array
  /** Where the sums of an owner are, by kind and month. */
  readonly placesOf: (owner: number) => readonly number[]
}

export type Sum = {
  readonly owner: number
  readonly kind: number
  readonly month: number
  readonly amount: number
  readonly postings: number
  readonly signs: number
}

const FIRST_ROOM = 1_024
/** So many slots for a place. */
const SLOTS = 2
const END = -1

type Columns = ReturnType<typeof openColumns>

const openColumns = (room: number) => ({
  holder: new Int32Array(room),
  kind: new Int32Array(room),
  month: new Int32Array(room),
  amount: new Float64Array(room),
  postings: new Int32Array(room),
  signs: new Int32Array(room),
  /** The place of the same owner before. */
  next: new Int32Array(room),
  /** Places by their hash, one more than they are; 0 where there is none. */
  slots: new Int32Array(room * SLOTS),
})

const FIELDS = ['holder', 'kind', 'month', 'amount', 'postings', 'signs', 'next'] as const

export const createSumTable = (): SumTable => {
  let columns = openColumns(FIRST_ROOM)
  let size = 0
  /** Owners by number of their own, and the last place of each. */
  const numbers = new Map<number, number>()
  const owners: number[] = []
  let last: number[] = []
  let recent = { owner: -1, holder: -1 }
  const holderOf = (owner: number): number => {
    if (recent.owner === owner) return recent.holder
    let holder = numbers.get(owner)
    if (holder === undefined) {
      holder = owners.push(owner) - 1
      numbers.set(owner, holder)
      last.push(END)
    }
    recent = { owner, holder }
    return holder
  }
  const widen = (): void => {
    const wider = openColumns(columns.amount.length * 2)
    for (const field of FIELDS) wider[field].set(columns[field])
    for (let place = 0; place < size; place += 1) wider.slots[freeSlot(wider, place)] = place + 1
    columns = wider
  }
  return {
    add: (owner, kind, month, amount, postings, signs) => {
      const holder = holderOf(owner)
      const { slots } = columns
      let slot = hashOf(holder, kind, month) & (slots.length - 1)
      for (let place = (slots[slot] ?? 0) - 1; place >= 0; place = (slots[slot] ?? 0) - 1) {
        if (columns.holder[place] === holder && columns.kind[place] === kind && columns.month[place] === month) {
          columns.amount[place] = (columns.amount[place] ?? 0) + amount
          columns.postings[place] = (columns.postings[place] ?? 0) + postings
          columns.signs[place] = (columns.signs[place] ?? 0) + signs
          return
        }
        slot = (slot + 1) & (slots.length - 1)
      }
      slots[slot] = size + 1
      columns.holder[size] = holder
      columns.kind[size] = kind
      columns.month[size] = month
      columns.amount[size] = amount
      columns.postings[size] = postings
      columns.signs[size] = signs
      columns.next[size] = last[holder] ?? END
      last[holder] = size
      size += 1
      if (size === columns.amount.length) widen()
    },
    size: () => size,
    sumAt: (place) => sumAt(columns, owners, place),
    clear: () => {
      size = 0
      columns.slots.fill(0)
      numbers.clear()
      owners.length = 0
      last = []
      recent = { owner: -1, holder: -1 }
    },
    owners: () => Float64Array.from(owners).toSorted(),
    placesOf: (owner) => {
      const places: number[] = []
      for (let place = last[numbers.get(owner) ?? END] ?? END; place !== END; place = columns.next[place] ?? END) places.push(place)
      const { kind, month } = columns
      return places.toSorted((a, b) => (kind[a] ?? 0) - (kind[b] ?? 0) || (month[a] ?? 0) - (month[b] ?? 0))
    },
  }
}

const hashOf = (holder: number, kind: number, month: number): number => {
  const mixed = Math.imul(holder, 2_654_435_761) ^ Math.imul(kind, 2_246_822_519) ^ Math.imul(month, 3_266_489_917)
  return mixed ^ (mixed >>> 15)
}

const freeSlot = ({ holder, kind, month, slots }: Columns, place: number): number => {
  let slot = hashOf(holder[place] ?? 0, kind[place] ?? 0, month[place] ?? 0) & (slots.length - 1)
  while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
  return slot
}

const sumAt = ({ holder, kind, month, amount, postings, signs }: Columns, owners: readonly number[], place: number): Sum => ({
  owner: owners[holder[place] ?? 0] ?? 0,
  kind: kind[place] ?? 0,
  month: month[place] ?? 0,
  amount: amount[place] ?? 0,
  postings: postings[place] ?? 0,
  signs: signs[place] ?? 0,
})
