// 精算表 for the files of statements: in minutes, and in reference yen where they are shown. The rows of the page, as figures.

import type { Caller } from '../../auth/caller.ts'
import type { Worksheet, WorksheetRow } from '../../export/statement-set.ts'
import type { Consolidation } from '../../statements/consolidation.ts'
import { isLeftOut, type LayoutRow } from '../../statements/lines.ts'
import { WORKSHEET_TITLE, worksheetRows } from '../../statements/worksheet-layout.ts'
import { hasYen } from './consolidated-parts.ts'
import type { PagesDeps } from './deps.ts'
import type { TownAsked } from './download-set.ts'
import { worksheetTail } from './worksheet-sheet.ts'

const IN_YEN = { ja: '精算表（地域全体・参考円）', en: 'Worksheet (the whole area), reference yen' }

/** Worksheets are of fiscal years; of a closed one, the worksheet of that version. Empty where nothing is shown. */
export const worksheetsOf = async (deps: PagesDeps, caller: Caller, { code, asked, ...more }: TownAsked): Promise<readonly Worksheet[]> => {
  if (!('fiscalYear' in asked)) return []
  const { consolidation } = await deps.queries.consolidationFor(caller, { scope: code, fiscalYear: asked.fiscalYear, ...more })
  const { areas } = consolidation.units.MIN
  return isLeftOut(areas, 'PL') || isLeftOut(areas, '4110') ? [] : worksheetsIn(consolidation)
}

/** Of minutes, and of yen where they are shown. */
export const worksheetsIn = (consolidation: Consolidation): readonly Worksheet[] =>
  (['MIN', ...(hasYen(consolidation) ? (['JPY'] as const) : [])] as const).map((unit) => {
    const { areas, worksheet } = consolidation.units[unit]
    return {
      unit,
      title: unit === 'MIN' ? WORKSHEET_TITLE : IN_YEN,
      tail: unit === 'MIN' ? worksheetTail(consolidation) : null,
      rows: worksheetRows(areas, worksheet).map(rowOf),
    }
  })

const rowOf = ({ name, account, style, figures }: LayoutRow): WorksheetRow => {
  const [simple = null, eliminated = null, net = null] = figures
  return { name, ...(account === undefined ? {} : { account }), style, simple, eliminated, net }
}
