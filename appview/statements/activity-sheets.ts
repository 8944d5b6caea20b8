// The first sheet of each kind of statement: what was given and received in the period.

import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../journal/chart.ts'
import { nameOf, lineMaker, readers, type LineMaker, type ColumnUnit, type LayoutRow, type LayoutSheet } from './lines.ts'
import type { Statement, StatementKind } from './statement.ts'
import { W, type Words } from './words.ts'

type SheetMaker = (statement: Statement, columns: readonly ColumnUnit[]) => LayoutSheet

const { of, sum, minus } = readers
const given = of('PL', String(GIVEN))
const received = of('PL', String(RECEIVED), -1)
const receivedPublic = of('PL', String(RECEIVED_PUBLIC), -1)
const givenPrior = of('PL', String(GIVEN_PRIOR))
const receivedPrior = of('PL', String(RECEIVED_PRIOR), -1)
const prior = sum(givenPrior, minus(receivedPrior))
const net = of('PL', 'net')

const sheet = (title: Words, rows: (line: LineMaker) => readonly LayoutRow[]): SheetMaker => {
  return (statement, columns) => ({
    id: 'activities',
    title,
    first: W.item,
    columns,
    tables: [rows(lineMaker(statement, columns))],
  })
}

const priorLines = (line: LineMaker): readonly LayoutRow[] => [
  line(W.prior, 'h', prior),
  line(nameOf(GIVEN_PRIOR), 'l1', givenPrior, GIVEN_PRIOR),
  line(nameOf(RECEIVED_PRIOR), 'l1', receivedPrior, RECEIVED_PRIOR),
]

const person = sheet(W.personActivities, (line) => [
  line(W.revenue, 'h', given),
  line(nameOf(GIVEN), 'l1', given, GIVEN),
  line(W.expense, 'h', received),
  line(nameOf(RECEIVED), 'l1', received, RECEIVED),
  line(W.ordinary, 'sum', sum(given, minus(received))),
  ...priorLines(line),
  line(W.net, 'end', net),
])

const organisation = sheet(W.organisationActivities, (line) => [
  line(W.accepted, 'h', received),
  line(nameOf(RECEIVED), 'l1', received, RECEIVED),
  line(W.given, 'h', given),
  line(nameOf(GIVEN), 'l1', given, GIVEN),
  ...priorLines(line),
  line(W.net, 'end', net),
])

const municipality = sheet(W.cost, (line) => [
  line(W.costs, 'h', receivedPublic),
  line(W.operatingCosts, 'l1', receivedPublic),
  line(nameOf(RECEIVED_PUBLIC), 'l2', receivedPublic, RECEIVED_PUBLIC),
  line(W.ordinaryCost, 'sum', receivedPublic),
  line(W.extraordinary, 'h', receivedPrior),
  line(nameOf(RECEIVED_PRIOR), 'l1', receivedPrior, RECEIVED_PRIOR),
  line(W.netCost, 'end', minus(net)),
])

const scope = sheet(W.scopeActivities, (line) => [
  line(W.revenue, 'h', given),
  line(nameOf(GIVEN), 'l1', given, GIVEN),
  line(W.expense, 'h', sum(received, receivedPublic)),
  line(nameOf(RECEIVED), 'l1', received, RECEIVED),
  line(nameOf(RECEIVED_PUBLIC), 'l1', receivedPublic, RECEIVED_PUBLIC),
  line(W.ordinary, 'sum', sum(given, minus(received), minus(receivedPublic))),
  ...priorLines(line),
  line(W.net, 'end', net),
])

export const activitySheets: Readonly<Record<StatementKind, SheetMaker>> = { person, organisation, municipality, scope }
