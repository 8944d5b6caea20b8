// The worksheet as rows for a page or a file: 単純合計, 相殺消去, 純計 across, in Japanese and English. Figures are integers; null where a line is left out of
// a published worksheet; of such a line the plain sum may stand alone, where it is published with the area's own lines.

import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../journal/chart.ts'
import type { Worksheet, WorksheetRow } from './consolidate.ts'
import { isLeftOut, type LayoutRow } from './lines.ts'
import type { UnitFigures } from './statement.ts'
import type { Words } from './words.ts'

const words = (ja: string, en: string): Words => ({ ja, en })

export const WORKSHEET_TITLE = words('精算表（地域全体）', 'Worksheet (the whole area)')
export const WORKSHEET_COLUMNS: readonly Words[] = [
  words('単純合計', 'Sum'),
  words('相殺消去', 'Eliminated'),
  words('純計', 'Consolidated'),
]

const GIVEN_NAME = words('和の提供', 'Contributions given')
const RECEIVED_NAME = words('和の享受と住民協働受入', 'Benefits and public services received')
const PEOPLE_NAME = words('和の享受（人）', 'Benefits received (people)')
const PUBLIC_NAME = words('住民協働受入（公共）', 'Services received (public)')
const PRIOR_GIVEN_NAME = words('過年度の提供', 'Given, prior periods')
const PRIOR_RECEIVED_NAME = words('過年度の受入', 'Received, prior periods')
const REST = words('提供と享受の差', 'Given less received')
const REST_OF_YEAR = words('提供と享受の差（過年度を除く）', 'Given less received (without prior periods)')

/** `areas`: the area's own lines, for the plain sums of what is left out. */
export const worksheetRows = (areas: UnitFigures, { lines }: Worksheet): readonly LayoutRow[] => {
  const plain = (...accounts: readonly number[]): number | null => {
    const amounts = accounts.map((account) =>
      isLeftOut(areas, 'PL') || isLeftOut(areas, String(account)) ? null : (areas.PL[account] ?? 0),
    )
    return amounts.reduce<number | null>((sum, amount) => (sum === null || amount === null ? null : sum + Math.abs(amount)), 0)
  }
  const line = (
    name: Words,
    style: LayoutRow['style'],
    row: WorksheetRow | undefined,
    sum: number | null,
    account?: number,
  ): LayoutRow => ({
    name,
    ...(account === undefined ? {} : { account }),
    style,
    figures: row === undefined ? [sum, null, null] : [row.sum, row.elim, row.cons],
  })
  const { given, received, people, public: common, priorGiven, priorReceived } = lines
  const hasPrior = priorGiven !== undefined && priorReceived !== undefined
  const late = hasPrior && (priorGiven.sum !== 0 || priorReceived.sum !== 0)
  return [
    line(GIVEN_NAME, 'h', given, plain(GIVEN)),
    line(RECEIVED_NAME, 'h', received, plain(RECEIVED, RECEIVED_PUBLIC)),
    line(PEOPLE_NAME, 'l1', people, plain(RECEIVED), RECEIVED),
    line(PUBLIC_NAME, 'l1', common, plain(RECEIVED_PUBLIC), RECEIVED_PUBLIC),
    ...(late
      ? [line(PRIOR_GIVEN_NAME, 'h', priorGiven, null, GIVEN_PRIOR), line(PRIOR_RECEIVED_NAME, 'h', priorReceived, null, RECEIVED_PRIOR)]
      : []),
    ...(given === undefined || received === undefined
      ? []
      : [restOf([given, ...(late ? [priorGiven] : [])], [received, ...(late ? [priorReceived] : [])], hasPrior)]),
  ]
}

const restOf = (given: readonly WorksheetRow[], received: readonly WorksheetRow[], isWhole: boolean): LayoutRow => {
  const total = (rows: readonly WorksheetRow[], column: keyof WorksheetRow): number => rows.reduce((sum, row) => sum + row[column], 0)
  const rest = (column: keyof WorksheetRow): number => total(given, column) - total(received, column)
  return { name: isWhole ? REST : REST_OF_YEAR, style: 'end', figures: [rest('sum'), rest('elim'), rest('cons')] }
}
