// Writes transactions onto their pages, their lines into buckets and flows, and by entity and by action on which pages they stand. During a rebuild the
// latter are gathered and written in their order.

import { monthOfDay, recordedMonth } from './months.ts'
import { emptyLine } from './packed-lines.ts'
import type { PackedLine } from './packed-lines.ts'
import { monthNumber } from './packed-sums.ts'
import { unpacking } from './packed-transactions.ts'
import type { PackedTransactions, UnpackedLine } from './packed-transactions.ts'
import { openBuckets } from './sqlite-buckets.ts'
import { openFlowWriter } from './sqlite-flows.ts'
import { openPageWriter } from './sqlite-page-writer.ts'
import { actionNumber } from './sqlite-pages.ts'
import type { Tables } from './sqlite-tables.ts'
import { openTouches } from './sqlite-touches.ts'
import { openWords } from './sqlite-words.ts'

export type TransactionWriter = {
  readonly write: (packed: PackedTransactions) => void
  /** From empty tables on: buckets and what stands where are written late. Only inside a transaction. */
  readonly hold: () => void
  /** All is written, and at once from here on. */
  readonly release: () => void
  /** After a rollback. */
  readonly forget: () => void
}

export const openTransactionWriter = (tables: Tables): TransactionWriter => {
  const { dids, room } = tables
  const sums = openSumWriter(tables)
  const words = openWords(tables)
  const pages = openPageWriter(tables)
  const entities = openTouches(tables, 'page_entity')
  const actions = openTouches(tables, 'page_action')
  const actionOf = rememberLast((action: string) => actionNumber(dids.write(action)))
  let isHeld = false
  const line = emptyLine()
  const writeLines = (count: number, day: number, next: () => Readonly<UnpackedLine>, page: number): void => {
    for (let number = 0; number < count; number += 1) {
      const given = next()
      line.entity = words.entity(given.entity)
      line.scope = words.scope(given.scope)
      line.account = given.account
      line.unit = given.unit
      line.amount = given.amount
      line.isOwn = given.own !== 0
      line.effective = line.isOwn ? given.own : day
      line.category = words.category(given.category)
      line.receiver = given.receiver
      pages.line(line)
      entities.add(line.entity, page)
      sums.add(line)
    }
    sums.endTransaction()
  }
  return {
    write: (packed) => {
      if (packed.count === 0) return
      words.learn(packed)
      const { head: nextHead, line: nextLine } = unpacking(packed)
      pages.begin()
      for (let nth = 0; nth < packed.count; nth += 1) {
        const head = nextHead()
        sums.startAt(head.recordedAt)
        const page = pages.next(head, words.rate(head.rate))
        if (head.action !== null) actions.add(actionOf(head.action), page)
        writeLines(head.lines, head.effective, nextLine, page)
      }
      if (!isHeld) pages.end()
      if (!isHeld || sums.size() > room.buckets) sums.flush()
      entities.written()
      actions.written()
    },
    hold: () => {
      isHeld = true
      entities.hold()
      actions.hold()
    },
    release: () => {
      isHeld = false
      pages.end()
      sums.flush()
      entities.release()
      actions.release()
    },
    forget: () => {
      isHeld = false
      for (const one of [pages, sums, words, entities, actions]) one.forget()
    },
  }
}

/** Buckets and flows of one recorded month at a time. */
const openSumWriter = (tables: Tables) => {
  const buckets = openBuckets(tables)
  const flows = openFlowWriter(tables)
  const monthOf = rememberLast(recordedMonth)
  const monthOfLine = rememberLast((day: number) => monthNumber(monthOfDay(day)))
  let recorded = 0
  const flush = (): void => {
    buckets.flush(recorded)
    flows.flush(recorded)
  }
  return {
    /** Transactions from here on were recorded at this instant. */
    startAt: (instant: string): void => {
      const month = monthOf(instant)
      if (month === recorded) return
      flush()
      recorded = month
    },
    add: (line: Readonly<PackedLine>): void => {
      const month = monthOfLine(line.effective)
      buckets.add(line, month)
      flows.add(line, month)
    },
    endTransaction: flows.endTransaction,
    flush,
    size: buckets.size,
    forget: (): void => {
      recorded = 0
      buckets.forget()
      flows.forget()
    },
  }
}

/** The same as last time for the same value: transactions come many to a day. */
const rememberLast = <T extends string | number>(compute: (value: T) => number): ((value: T) => number) => {
  let last: { readonly value: T; readonly answer: number } | null = null
  return (value) => {
    if (last === null || last.value !== value) last = { value, answer: compute(value) }
    return last.answer
  }
}
