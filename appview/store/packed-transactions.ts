// Transactions as one row of numbers and two lists of texts, so that they pass from thread to thread as cheaply as can be: what recurs (entities, scopes,
// categories, rates) is sent once and known by its number from then on, what belongs to few transactions stands in a list of the batch.

import type { Transaction, TransactionKind } from '../journal/model.ts'
import { dayNumber } from './months.ts'
import { unitNumber } from './sqlite-tables.ts'

export type PackedTransactions = {
  readonly count: number
  readonly numbers: Float64Array<ArrayBuffer>
  /** New words, numbered on from those sent before; from 0 on where `isAnew`. */
  readonly words: readonly string[]
  readonly isAnew: boolean
  /** Of this batch alone: uris, instants, ids that cannot be told from the rest. */
  readonly texts: readonly string[]
}

/** What stands for none. */
export const NONE = -1

const KINDS: readonly TransactionKind[] = [
  'claim',
  'memo-release',
  'claim-lapse',
  'recognise',
  'recognise-prior',
  'retract',
  'reversal',
  'move',
  'merger',
  'opening',
  'restore',
]

export const kindNumber = (kind: TransactionKind): number => KINDS.indexOf(kind)
export const kindOf = (number: number): TransactionKind => KINDS[number] ?? 'claim'

/** Fields of a head come in one of two orders: that of claims has the instant third. */
export const INSTANT_THIRD = 1
const FIELD_BEFORE_INSTANT = 'effectiveDate'

const hasInstantThird = (one: Transaction): boolean => {
  let before = ''
  for (const field in one) {
    if (field === 'recordedAt') return before === FIELD_BEFORE_INSTANT
    before = field
  }
  return false
}

const MOST_WORDS = 400_000
const FIRST_ROOM = 65_536
/** Lines of one transaction come by entity and scope: most have those of the line before. */
const sameAgain = (number: (text: string) => number): ((text: string) => number) => {
  let last: string | undefined
  let known = NONE
  return (text) => {
    if (text === last) return known
    last = text
    known = number(text)
    return known
  }
}

export type Packer = (transactions: readonly Transaction[]) => PackedTransactions

/** `isForOne`: each batch is whole in itself, and may be read by anybody. Else all are to be read in their order, or none any more. */
export const openPacker = ({ isForOne = false } = {}): Packer => {
  let known = new Map<string, number>()
  /** Used by one batch after another; each gets a copy of its part. */
  let numbers = new Float64Array(FIRST_ROOM)
  let at = 0
  const put = (number: number): void => {
    if (at === numbers.length) {
      const before = numbers
      numbers = new Float64Array(before.length * 2)
      numbers.set(before)
    }
    numbers[at] = number
    at += 1
  }
  return (transactions) => {
    at = 0
    const isAnew = isForOne || known.size === 0 || known.size > MOST_WORDS
    if (isAnew) known = new Map()
    const words: string[] = []
    const texts: string[] = []
    const textNumbers = new Map<string, number>()
    const word = (text: string): number => {
      const number = known.get(text)
      if (number !== undefined) return number
      words.push(text)
      known.set(text, known.size)
      return known.size - 1
    }
    const text = (one: string | null): number => {
      if (one === null) return NONE
      const number = textNumbers.get(one)
      if (number !== undefined) return number
      textNumbers.set(one, texts.length)
      return texts.push(one) - 1
    }
    const [entityOf, scopeOf] = [sameAgain(word), sameAgain(word)]
    for (const one of transactions) {
      const { id, leaf, op, kind, rate, rateCid, sources, lines } = one
      const isUsualId = leaf !== null && id === `${leaf}/${op}/${kind}`
      put(lines.length)
      put(dayNumber(one.effectiveDate))
      put(kindNumber(kind))
      put(hasInstantThird(one) ? INSTANT_THIRD : 0)
      put(leaf ?? NONE)
      put(op)
      put(text(one.recordedAt))
      put(isUsualId ? NONE : text(id))
      put(text(one.action))
      put(rate === null && rateCid === null ? NONE : word(`${rate ?? ''} ${rateCid ?? ''}`))
      put(sources.length)
      for (const source of sources) put(text(source))
      for (const { entity, scope, account, unit, amount, effectiveDate, category, receiver } of lines) {
        put(entityOf(entity))
        put(scopeOf(scope))
        put(account)
        put(unitNumber(unit))
        put(amount)
        put(effectiveDate === undefined ? 0 : dayNumber(effectiveDate))
        put(category === undefined ? NONE : word(category))
        put(receiver ?? NONE)
      }
    }
    return { count: transactions.length, numbers: numbers.slice(0, at), words, isAnew, texts }
  }
}

/** A transaction as it is read back from the numbers; the same object each time. `sources` are texts, `rate` a word. */
export type UnpackedHead = {
  lines: number
  effective: number
  kind: number
  order: number
  leaf: number | null
  op: number
  recordedAt: string
  id: string | null
  action: string | null
  rate: number
  sources: string[]
}

export type UnpackedLine = {
  entity: number
  scope: number
  account: number
  unit: number
  amount: number
  own: number
  category: number
  receiver: number
}

/** Reads heads and lines in the order they were packed; the objects are the same each time. */
export const unpacking = ({ numbers, texts }: PackedTransactions) => {
  let at = 0
  const next = (): number => numbers[at++] ?? 0
  const textAt = (number: number): string | null => (number === NONE ? null : (texts[number] ?? ''))
  const head: UnpackedHead = {
    lines: 0,
    effective: 0,
    kind: 0,
    order: 0,
    leaf: null,
    op: 0,
    recordedAt: '',
    id: null,
    action: null,
    rate: NONE,
    sources: [],
  }
  const line: UnpackedLine = { entity: 0, scope: 0, account: 0, unit: 0, amount: 0, own: 0, category: 0, receiver: 0 }
  return {
    head: (): UnpackedHead => {
      head.lines = next()
      head.effective = next()
      head.kind = next()
      head.order = next()
      const leaf = next()
      head.leaf = leaf === NONE ? null : leaf
      head.op = next()
      head.recordedAt = textAt(next()) ?? ''
      head.id = textAt(next())
      head.action = textAt(next())
      head.rate = next()
      const count = next()
      head.sources = []
      for (let nth = 0; nth < count; nth += 1) head.sources.push(textAt(next()) ?? '')
      return head
    },
    line: (): Readonly<UnpackedLine> => {
      line.entity = next()
      line.scope = next()
      line.account = next()
      line.unit = next()
      line.amount = next()
      line.own = next()
      line.category = next()
      line.receiver = next()
      return line
    },
  }
}
