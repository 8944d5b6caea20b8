// A person's own part of the pools (bookkeeping.md 4.5): the lines of unnamed receivers that the private register says are theirs. Read as theirs for
// their own statement, never posted: own statements and the rest of the pool are the pool (I18).

import { firstOpenDay, later } from './calendar.ts'
import { CLEARING } from './chart.ts'
import { placeOf } from './disputes.ts'
import type { Merger } from './documents.ts'
import type { MappedReceiver } from './documents-desk.ts'
import { mergersFrom, successorOn } from './mergers.ts'
import type { Posting, Transaction } from './model.ts'
import { transfer } from './moves.ts'

export type OwnLine = Posting & { readonly effectiveDate: string }

const END_OF_TIME = '9999-12-31'

/** `transactions`: those of the action's uri, in the order of the books, as far as they are known; mergers likewise. The lines keep the pool's key. */
export const ownLinesOf = (transactions: readonly Transaction[], mapped: MappedReceiver, mergers: readonly Merger[]): readonly OwnLine[] =>
  versionOf(transactions, mapped.action).flatMap(({ effectiveDate, recordedAt, lines }) =>
    lines
      .filter((line) => line.receiver === mapped.index && isPoolOf(line, mapped, mergers))
      .map((line): OwnLine => ({ ...line, effectiveDate: line.effectiveDate ?? effectiveDate }))
      .flatMap((line) => [line, ...carriedOn(line, mergers, recordedAt)]),
  )

/** An edit makes a new version of the action under the same uri: each begins with its claim. */
const versionOf = (transactions: readonly Transaction[], action: string): readonly Transaction[] => {
  const begins = ({ kind }: Transaction): boolean => kind === 'claim'
  const first = transactions.findIndex((one) => begins(one) && one.leaf !== null && placeOf({ leaf: one.leaf, op: one.op }) === action)
  if (first < 0) return []
  const next = transactions.findIndex((one, index) => index > first && begins(one))
  return transactions.slice(first, next < 0 ? undefined : next)
}

const isPoolOf = ({ entity, scope }: Posting, { town, home = town }: MappedReceiver, mergers: readonly Merger[]): boolean => {
  const lastOf = (code: string): string => successorOn(mergers, code, END_OF_TIME)
  return entity === `X:${scope}` && [town, home].some((code) => lastOf(scope) === lastOf(code))
}

/** The pool as a whole goes over at a merger, and every part of it. */
const carriedOn = (line: OwnLine, mergers: readonly Merger[], recordedAt: string): readonly OwnLine[] =>
  line.account !== CLEARING
    ? []
    : mergersFrom(mergers, line.scope, line.effectiveDate).flatMap(({ from, into, on }) => {
        const date = later(on, firstOpenDay(recordedAt))
        return transfer(line.entity, { from, to: into, date }, line.unit, line.amount, true).map((own): OwnLine => ({
          ...own,
          effectiveDate: date,
        }))
      })
