// Transactions with their postings, and by entity which of them touch it. During a rebuild the latter are gathered and written in order of entities.

import type { Posting } from '../journal/model.ts'
import { dayNumber, monthOfDay, recordedMonth } from './months.ts'
import type { Unpacked } from './rebuild-messages.ts'
import type { Buckets } from './sqlite-buckets.ts'
import { insertMany } from './sqlite-many.ts'
import type { Value } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'

export type TransactionWriter = {
  readonly write: (transactions: readonly Unpacked[]) => void
  /** From empty tables on. Only inside a transaction. */
  readonly hold: () => void
  readonly release: () => void
  /** After a rollback. */
  readonly forget: () => void
}

const TRANSACTION_COLUMNS = 5
const POSTING_COLUMNS = 11
/** Entity and position in one number. */
const POSITIONS = 2 ** 28

export const openTransactionWriter = (tables: Tables, buckets: Buckets): TransactionWriter => {
  const { db, dids, uriNumber } = tables
  const last = db.prepare<[], number | null>('SELECT max(position) FROM tx').pluck()
  const addTransactions = insertMany(db, 'INSERT', 'tx', TRANSACTION_COLUMNS)
  const addPostings = insertMany(db, 'INSERT', 'posting', POSTING_COLUMNS)
  const touches = openTouches(tables)
  const rowsOf = openRows(tables, buckets)
  let number = { action: '', number: 0 }
  const numberOfAction = (action: string): number => {
    if (number.action !== action) number = { action, number: uriNumber(action) }
    return number.number
  }
  return {
    write: (transactions) => {
      if (transactions.length === 0) return
      let position = last.get() ?? 0
      const heads: Value[] = []
      const rows: Value[] = []
      for (const one of transactions) {
        position += 1
        const text = dids.write(one.head)
        heads.push(position, one.leaf, one.recordedAt, one.action === null ? null : numberOfAction(one.action), text)
        touches.add(rowsOf(rows, one, position), position)
      }
      addTransactions(heads)
      addPostings(rows)
      touches.written()
    },
    hold: () => {
      touches.hold()
      db.exec('DROP INDEX tx_action')
    },
    release: () => {
      touches.release()
      db.exec('CREATE INDEX tx_action ON tx (action, position) WHERE action IS NOT NULL')
    },
    forget: touches.forget,
  }
}

/** Appends the rows of a transaction's postings, adds them to the buckets, and gives the entities they touch. */
const openRows = ({ entity, scope, category }: Tables, buckets: Buckets) => {
  return (rows: Value[], { lines, effectiveDate, recordedAt }: Unpacked, position: number): ReadonlySet<number> => {
    const recorded = monthOf(recordedAt)
    const touched = new Set<number>()
    let line = 0
    for (const posting of lines) {
      const { account, unit, amount, effective, own, receiver } = numbersOf(posting, effectiveDate)
      const who = entity.id(posting.entity)
      const where = scope.id(posting.scope)
      const kind = posting.category === undefined ? 0 : category.id(posting.category)
      rows.push(position, line, who, where, account, unit, amount, effective, own, kind, receiver)
      buckets.add({ scope: where, entity: who, unit, account, category: kind, effective: monthOfDay(effective), recorded, amount })
      touched.add(who)
      line += 1
    }
    return touched
  }
}

/** The same as last time for the same text: transactions come many to a day. */
const rememberLast = (compute: (text: string) => number): ((text: string) => number) => {
  let last = { text: '', answer: 0 }
  return (text) => {
    if (last.text !== text) last = { text, answer: compute(text) }
    return last.answer
  }
}

const monthOf = rememberLast(recordedMonth)
const dayOf = rememberLast(dayNumber)

const numbersOf = (posting: Posting, effectiveDate: string) => ({
  account: posting.account,
  unit: unitNumber(posting.unit),
  amount: posting.amount,
  effective: dayOf(posting.effectiveDate ?? effectiveDate),
  own: posting.effectiveDate === undefined ? 0 : 1,
  receiver: posting.receiver ?? null,
})

const openTouches = ({ db, room }: Tables) => {
  const insert = insertMany(db, 'INSERT OR IGNORE', 'tx_entity', 2)
  let isHeld = false
  let waiting: number[] = []
  const flush = (): void => {
    const sorted = Float64Array.from(waiting).toSorted()
    waiting = []
    const part: number[] = []
    for (const touch of sorted) {
      const position = touch % POSITIONS
      part.push((touch - position) / POSITIONS, position)
    }
    insert(part)
  }
  return {
    add: (entities: ReadonlySet<number>, position: number): void => {
      for (const entity of entities) waiting.push(entity * POSITIONS + position)
    },
    /** After each commit. */
    written: (): void => {
      if (!isHeld || waiting.length > room.touches) flush()
    },
    hold: (): void => {
      isHeld = true
    },
    release: (): void => {
      isHeld = false
      flush()
    },
    forget: (): void => {
      isHeld = false
      waiting = []
    },
  }
}
