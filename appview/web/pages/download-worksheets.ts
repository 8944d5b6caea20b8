// 精算表 of a municipality's area for the files of its statements: in minutes, and in reference yen where they are shown.

import type { Caller } from '../../auth/caller.ts'
import type { Words, Worksheet, WorksheetRow } from '../../export/statement-set.ts'
import { GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../../journal/chart.ts'
import type { Worksheet as Figures, WorksheetLine } from '../../statements/consolidate.ts'
import type { PagesDeps } from './deps.ts'
import type { TownAsked } from './download-set.ts'
import { numText } from './parts/figure.ts'

const words = (ja: string, en: string): Words => ({ ja, en })

const LINES: readonly {
  readonly line: WorksheetLine
  readonly name: Words
  readonly style: WorksheetRow['style']
  readonly account?: number
}[] = [
  { line: 'given', name: words('和の提供', 'Given'), style: 'h' },
  { line: 'received', name: words('和の享受と住民協働受入', 'Received by people and the public'), style: 'h' },
  { line: 'people', name: words('和の享受（人）', 'Received by people'), style: 'l1', account: RECEIVED },
  { line: 'public', name: words('住民協働受入（公共）', 'Received by the public'), style: 'l1', account: RECEIVED_PUBLIC },
  { line: 'priorGiven', name: words('過年度の提供', 'Given in earlier years'), style: 'l1', account: GIVEN_PRIOR },
  { line: 'priorReceived', name: words('過年度の受入', 'Received in earlier years'), style: 'l1', account: RECEIVED_PRIOR },
]
const COLUMNS = ['sum', 'elim', 'cons'] as const

/** Worksheets are of fiscal years; of a closed one, the worksheet of that version. Empty where nothing is shown. */
export const worksheetsOf = async (deps: PagesDeps, caller: Caller, { code, asked, ...more }: TownAsked): Promise<readonly Worksheet[]> => {
  if (!('fiscalYear' in asked)) return []
  const { consolidation } = await deps.queries.consolidationFor(caller, { scope: code, fiscalYear: asked.fiscalYear, ...more })
  return (['MIN', 'JPY'] as const).flatMap((unit) => {
    const figures = consolidation.units[unit].worksheet
    return Object.keys(figures.lines).length === 0 ? [] : [worksheetOf(unit, figures)]
  })
}

const worksheetOf = (unit: 'MIN' | 'JPY', { lines }: Figures): Worksheet => {
  const row = ({ line, name, style, account }: (typeof LINES)[number]): WorksheetRow => {
    const { sum = null, elim = null, cons = null } = lines[line] ?? {}
    return { name, style, ...(account === undefined ? {} : { account }), simple: sum, eliminated: elim, net: cons }
  }
  const difference = (column: (typeof COLUMNS)[number]): number | null => {
    const { given, received, priorGiven, priorReceived } = lines
    if (given === undefined || received === undefined || priorGiven === undefined || priorReceived === undefined) return null
    return given[column] - received[column] + priorGiven[column] - priorReceived[column]
  }
  const [simple = null, eliminated = null, net = null] = COLUMNS.map(difference)
  const within = unit === 'MIN' && lines.given !== undefined ? numText(lines.given.elim) : null
  return {
    unit,
    title:
      unit === 'MIN'
        ? words('精算表（地域全体）', 'Worksheet of the area')
        : words('精算表（地域全体・参考円）', 'Worksheet of the area, reference yen'),
    tail:
      within === null
        ? null
        : words(
            `相殺消去した ${within} 分が「域内の支え合い」です。残りは、ほかの市町との間の支え合いです。`,
            `The ${within} minutes that cancel are mutual aid within the area; the rest passed between municipalities.`,
          ),
    rows: [...LINES.map(row), { name: words('提供と受入の差', 'Given less received'), style: 'end', simple, eliminated, net }],
  }
}
