// What figures of a town are made of, person by person. A cell is a figure that could be published; its people are the givers of the acts in it and
// the receivers it names. Pools and municipalities are not persons: what they received counts by who gave it.

import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC, UNCONFIRMED } from '../journal/chart.ts'
import { personOf } from '../journal/headcount.ts'

/** Lines of one account of time, category, month (YYYY-MM, effective) and pair of people, added up. Debit +, credit −. `entity`: whose line. */
export type Contribution = {
  readonly account: number
  readonly category: string
  readonly month: string
  readonly entity: string
  readonly giver: string | null
  readonly minutes: number
  readonly yen: number
}

/** Accounts whose lines contributions are made of. */
export const CONTRIBUTION_ACCOUNTS = [GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC, UNCONFIRMED]

export type CellName = 'given' | 'people' | 'public' | 'priorGiven' | 'priorPeople' | 'priorPublic' | 'unconfirmed'

type Amounts = { readonly minutes: number; readonly yen: number }

/** Person → what they have part in. */
export type Cell = ReadonlyMap<string, Amounts>
export type Cells = Readonly<Record<CellName, Cell>>

export const cellNameOf = ({ account, entity }: Contribution): CellName | null => {
  const isPublic = entity.startsWith('M:')
  if (account === GIVEN) return 'given'
  if (account === RECEIVED) return 'people'
  if (account === RECEIVED_PUBLIC) return 'public'
  if (account === GIVEN_PRIOR) return 'priorGiven'
  if (account === RECEIVED_PRIOR) return isPublic ? 'priorPublic' : 'priorPeople'
  return account === UNCONFIRMED ? 'unconfirmed' : null
}

/** The cells of a whole: every contribution falls into one. */
export const cellsOf = (contributions: Iterable<Contribution>): Cells => {
  const cells: Record<CellName, Map<string, Growing>> = {
    given: new Map(),
    people: new Map(),
    public: new Map(),
    priorGiven: new Map(),
    priorPeople: new Map(),
    priorPublic: new Map(),
    unconfirmed: new Map(),
  }
  for (const contribution of contributions) {
    const name = cellNameOf(contribution)
    if (name === null) continue
    const { entity, giver } = contribution
    const [own, from] = [personOf(entity), giver === null ? null : personOf(giver)]
    if (own !== null) grow(cells[name], own, contribution)
    if (from !== null && from !== own) grow(cells[name], from, contribution)
  }
  return cells
}

type Growing = { minutes: number; yen: number }

/** Contributions are many: amounts grow where they are until the cell is handed out. */
const grow = (cell: Map<string, Growing>, person: string, { minutes, yen }: Amounts): void => {
  const known = cell.get(person)
  if (known === undefined) cell.set(person, { minutes, yen })
  else {
    known.minutes += minutes
    known.yen += yen
  }
}

const addTo = (cell: Map<string, Amounts>, person: string, { minutes, yen }: Amounts): void => {
  const known = cell.get(person)
  cell.set(person, { minutes: (known?.minutes ?? 0) + minutes, yen: (known?.yen ?? 0) + yen })
}

/** How many people a cell is made of; what was taken back wholly does not count. */
export const countOf = (cell: Cell): number => {
  let count = 0
  for (const { minutes, yen } of cell.values()) if (minutes !== 0 || yen !== 0) count += 1
  return count
}

/** What is left of a cell when these are taken from it: who can be seen in the difference. */
export const withoutCells = (whole: Cell, parts: Iterable<Cell>): Cell => {
  const rest = new Map(whole)
  for (const part of parts) for (const [person, { minutes, yen }] of part) addTo(rest, person, { minutes: -minutes, yen: -yen })
  return rest
}

/** Several cells as one. */
export const unionOf = (cells: Iterable<Cell>): Cell => {
  const union = new Map<string, Amounts>()
  for (const cell of cells) for (const [person, amounts] of cell) addTo(union, person, amounts)
  return union
}

/** Everybody who took part in a town; `public`: who gave to the public. */
export const everybodyIn = (cells: Cells): { readonly area: number; readonly public: number } => ({
  area: namesIn(cells.given, cells.people, cells.public, cells.priorGiven, cells.priorPeople, cells.priorPublic),
  public: namesIn(cells.public, cells.priorPublic),
})

const namesIn = (...cells: readonly Cell[]): number =>
  new Set(cells.flatMap((cell) => [...cell].flatMap(([person, { minutes, yen }]) => (minutes !== 0 || yen !== 0 ? [person] : [])))).size
