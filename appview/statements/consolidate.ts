// Consolidation (bookkeeping.md 4.6): the worksheet of a set of municipalities, 単純合計 / 相殺消去 / 純計 in minutes and yen, and their clearing. Pure and
// exact, from sums and flows alone. What an action gave in the set and what was received of it there is eliminated: the lesser of the two per action,
// which is what it passed from a giver in the set to receivers in the set, so that flows add up to it. A negation eliminates likewise, with its sign.
// Promise: cons = sum + elim; what was given less what was received is what passed between the set and other municipalities.

import assert from 'node:assert/strict'
import { CLEARING, GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC, RESIDENTS_CONTRIBUTION } from '../journal/chart.ts'
import { exact } from '../journal/units.ts'
import type { Sum } from './sum.ts'

export type WorksheetUnit = 'MIN' | 'JPY'
export const WORKSHEET_UNITS: readonly WorksheetUnit[] = ['MIN', 'JPY']

/** Of one pair of scopes: received in one (on 5110, 5130 or 5190) of what was given in the other. */
export type Flow = {
  readonly giverScope: string
  readonly receiverScope: string
  readonly account: number
  readonly unit: WorksheetUnit
  readonly amount: number
}

export type WorksheetRow = { readonly sum: number; readonly elim: number; readonly cons: number }

/** `received` = `people` + `public`. Expenses are positive here. */
export type WorksheetLine = 'given' | 'received' | 'people' | 'public' | 'priorGiven' | 'priorReceived'
export const WORKSHEET_LINES: readonly WorksheetLine[] = ['given', 'received', 'people', 'public', 'priorGiven', 'priorReceived']

/** Lines that are not published are not there, and named in `leftOut`; so is `clearing`. */
export type Worksheet = {
  readonly lines: Readonly<Partial<Record<WorksheetLine, WorksheetRow>>>
  /** Σ1310 + Σ3420 at the end of the period: + others owe the set, − the set owes others. */
  readonly clearing?: number
  readonly leftOut?: readonly string[]
}

export type WorksheetSource = {
  readonly members: readonly string[]
  /** Sums of the period over each whole scope of the set. */
  readonly within: readonly Sum[]
  /** Sums of everything effective before it. */
  readonly opening: readonly Sum[]
  readonly flows: readonly Flow[]
}

export const worksheetOf = ({ members, within, opening, flows }: WorksheetSource, unit: WorksheetUnit): Worksheet => {
  const set = new Set(members)
  const total = (sums: readonly Sum[], account: number): number =>
    sums.reduce((amount, sum) => (sum.unit === unit && sum.account === account ? amount + sum.amount : amount), 0)
  const own = flows.filter((flow) => flow.unit === unit)
  const passed = (account: number): number =>
    own
      .filter((flow) => flow.account === account && set.has(flow.giverScope) && set.has(flow.receiverScope))
      .reduce((amount, flow) => amount + flow.amount, 0)
  const row = (sum: number, within: number): WorksheetRow => ({ sum: exact(sum), elim: exact(0 - within), cons: exact(sum - within) })
  const [toPeople, toPublic, late] = [passed(RECEIVED), passed(RECEIVED_PUBLIC), passed(RECEIVED_PRIOR)]
  const [people, common] = [total(within, RECEIVED), total(within, RECEIVED_PUBLIC)]
  const lines: Record<WorksheetLine, WorksheetRow> = {
    given: row(0 - total(within, GIVEN), toPeople + toPublic),
    received: row(people + common, toPeople + toPublic),
    people: row(people, toPeople),
    public: row(common, toPublic),
    priorGiven: row(0 - total(within, GIVEN_PRIOR), late),
    priorReceived: row(total(within, RECEIVED_PRIOR), late),
  }
  const passedOut = own.filter(({ giverScope, receiverScope }) => set.has(giverScope) && !set.has(receiverScope))
  const rest = passedOut.reduce((amount, flow) => amount + flow.amount, 0)
  assert.equal(rest, lines.given.cons + lines.priorGiven.cons, `what leaves the set is what was given and not received in it, in ${unit}`)
  const closing = [...opening, ...within]
  return { lines, clearing: exact(total(closing, CLEARING) + total(closing, RESIDENTS_CONTRIBUTION)) }
}
