// A statement: a function of (entity, scope, period, known-at), made of sums alone. PL and NA show credits positive, BS debits positive.
// Promise: opening + net + other = closing = assets − liabilities in every unit (I4), and memo accounts reach none of them (I10).

import assert from 'node:assert/strict'
import { accountOf, UNCONFIRMED, type AccountUnit } from '../journal/chart.ts'
import type { Period } from '../journal/calendar.ts'
import { exact } from '../journal/units.ts'
import { byAccount, totalOf, type Figures, type Sum } from './sum.ts'

export const STATEMENT_VERSION = 1

export type StatementKind = 'person' | 'organisation' | 'municipality' | 'scope'
export type KnownAt = { readonly origin: string; readonly leaf: number; readonly instant: string }
export type Notes = Readonly<Record<string, number>>

export type UnitFigures = {
  readonly PL: Figures
  readonly BS: Figures
  readonly NA: Figures
  /** Category → account → amount, with the signs of PL. */
  readonly byCategory: Readonly<Record<string, Figures>>
  /** In published statements: sheets, accounts and totals that are not shown, since too few people stand behind them or behind what they give away. */
  readonly leftOut?: readonly string[]
}

export type Statement = {
  readonly v: typeof STATEMENT_VERSION
  readonly entity: string | null
  readonly scope: string
  readonly kind: StatementKind
  readonly period: Period
  readonly knownAt: KnownAt
  /** Hash of the roster the journal was folded under. */
  readonly roster: string
  readonly policyCid: string | null
  readonly rateCids: readonly string[]
  readonly units: Readonly<Record<AccountUnit, UnitFigures>>
  readonly notes: Notes
}

export type StatementSource = Omit<Statement, 'v' | 'units'> & {
  /** Sums of everything effective before the period. */
  readonly opening: readonly Sum[]
  /** Sums of the period. */
  readonly within: readonly Sum[]
}

/** `notes` are kept as given, with `unconfirmedMinutes` added from the memo account. */
export const buildStatement = (source: StatementSource): Statement => {
  const { opening, within, entity, scope, kind, period, knownAt, roster, policyCid, rateCids } = source
  const unitOf = (unit: AccountUnit): UnitFigures => figuresOf(opening, within, unit)
  return {
    v: STATEMENT_VERSION,
    entity,
    scope,
    kind,
    period,
    knownAt,
    roster,
    policyCid,
    rateCids: rateCids.toSorted(),
    units: { MIN: unitOf('MIN'), JPY: unitOf('JPY'), PT: unitOf('PT') },
    notes: { ...source.notes, unconfirmedMinutes: unconfirmed([...opening, ...within]) },
  }
}

const figuresOf = (opening: readonly Sum[], within: readonly Sum[], unit: AccountUnit): UnitFigures => {
  const closing = [...opening, ...within]
  const PL = activities(within, unit)
  const BS = balanceSheet(closing, unit)
  const other = byAccount(within, unit, ['netAssets'], -1)
  const openingNetAssets = totalOf(byAccount(opening, unit, ['asset', 'liability'], 1))
  const net = PL['net'] ?? 0
  const closingNetAssets = exact(openingNetAssets + net + totalOf(other))
  assert.equal(BS['netAssets'], closingNetAssets, `the ${unit} books balance: opening, net and other make the closing net assets`)
  return {
    PL,
    BS,
    NA: { ...other, opening: openingNetAssets, net, other: totalOf(other), closing: closingNetAssets },
    byCategory: categoriesOf(within, unit),
  }
}

const activities = (sums: readonly Sum[], unit: AccountUnit): Figures => {
  const revenue = byAccount(sums, unit, ['revenue'], -1)
  const expense = byAccount(sums, unit, ['expense'], -1)
  const totals = { revenue: totalOf(revenue), expense: exact(-totalOf(expense)) }
  return { ...revenue, ...expense, ...totals, net: exact(totals.revenue - totals.expense) }
}

/** Each account by its sign: 1310 below zero is a liability, and so on either side. */
const balanceSheet = (sums: readonly Sum[], unit: AccountUnit): Figures => {
  const accounts = byAccount(sums, unit, ['asset', 'liability'], 1)
  const amounts = Object.values(accounts)
  const assets = exact(amounts.filter((amount) => amount > 0).reduce((sum, amount) => sum + amount, 0))
  const liabilities = exact(amounts.filter((amount) => amount < 0).reduce((sum, amount) => sum - amount, 0))
  return { ...accounts, assets, liabilities, netAssets: exact(assets - liabilities) }
}

const categoriesOf = (sums: readonly Sum[], unit: AccountUnit): Readonly<Record<string, Figures>> => {
  const groups = Map.groupBy(
    sums.filter(({ category }) => category !== null),
    ({ category }) => category ?? '',
  )
  const figures = [...groups].map(([category, group]) => [category, byAccount(group, unit, ['revenue', 'expense'], -1)] as const)
  return Object.fromEntries(figures.filter(([, accounts]) => Object.keys(accounts).length > 0))
}

const unconfirmed = (sums: readonly Sum[]): number =>
  exact(
    sums
      .filter(({ account }) => account === UNCONFIRMED && accountOf(account)?.type === 'memo')
      .reduce((total, { amount }) => total + amount, 0),
  )
