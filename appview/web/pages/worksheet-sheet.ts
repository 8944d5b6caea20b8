// The worksheet of a municipality, a prefecture or the whole as a sheet of a page: what was given within it, and what passed to others and from them.

import { ANYONE } from '../../auth/caller.ts'
import type { Consolidation } from '../../statements/consolidation.ts'
import { prefectureName, prefectureOf } from '../../statements/prefectures.ts'
import { WORKSHEET_COLUMNS, WORKSHEET_TITLE, worksheetRows } from '../../statements/worksheet-layout.ts'
import type { PagesDeps } from './deps.ts'
import { say, type Words } from './lang.ts'
import type { Shell, Town } from './layout.ts'
import { numText } from './parts/figure.ts'
import { UNIT_MIN } from './parts/statement-table.ts'
import { rowOf } from './sheets.ts'
import type { SheetView, StatementView } from './statement.ts'

const LEFT_OUT: Words = {
  ja: '相殺消去と純計は、域内の支え合いか、ほかの市町との間の支え合いに人数が少ないため、載せていません。',
  en: 'What is eliminated and what remains are left out: too few people stand behind what passed within, or to and from others.',
}
const REMAINS: Readonly<Record<Consolidation['level'], Words>> = {
  municipality: { ja: '残りは、ほかの市町との間の支え合いです。', en: 'The rest passed between this and other municipalities.' },
  prefecture: {
    ja: '残りは、ほかの都道府県の市町との間の支え合いです。',
    en: 'The rest passed between these and municipalities of other prefectures.',
  },
  federation: {
    ja: 'すべての市町をあわせると、残りはありません。清算の合計も0です。',
    en: 'Over all municipalities nothing remains, and the clearings come to 0.',
  },
}

export const worksheetTail = ({ level, units }: Consolidation): Words => {
  const { given, priorGiven } = units.MIN.worksheet.lines
  if (given === undefined) return LEFT_OUT
  const within = 0 - given.elim - (priorGiven?.elim ?? 0)
  return {
    ja: `相殺消去した${numText(within)}分が「域内の支え合い」です。${REMAINS[level].ja}`,
    en: `The ${numText(within)} minutes eliminated are mutual aid within the area. ${REMAINS[level].en}`,
  }
}

/** `sub`: who is in it. */
export const worksheetSheet = (consolidation: Consolidation, sub: Words): SheetView => {
  const { areas, worksheet } = consolidation.units.MIN
  return {
    id: 'worksheet',
    title: WORKSHEET_TITLE,
    sub,
    unit: UNIT_MIN,
    first: { ja: '科目', en: 'Item' },
    columns: WORKSHEET_COLUMNS.map((name) => ({ name })),
    tables: [worksheetRows(areas, worksheet).map(rowOf)],
    showAccounts: false,
    tail: worksheetTail(consolidation),
  }
}

const EVERYBODY: Words = { ja: '住民・団体・自治体を合わせたもの', en: 'Residents, organisations and the municipality together' }

type TownConsolidation = Pick<StatementView, 'sheets' | 'files' | 'crumbs'>
const NOTHING: TownConsolidation = { sheets: [], files: [], crumbs: [] }

/**
 * What a municipality's page shows beside its own sheets: the worksheet of a fiscal year, as everybody sees it, and the way to its prefecture. Months have
 * no worksheet, nor has a year that shows nothing.
 */
export const townConsolidation = async (
  deps: PagesDeps,
  { lang }: Shell,
  { code }: Town,
  asked: { readonly fiscalYear: number } | { readonly month: string },
  version?: number,
): Promise<TownConsolidation> => {
  if (!('fiscalYear' in asked)) return NOTHING
  const { fiscalYear } = asked
  const of = version === undefined ? {} : { version }
  const { consolidation, proof } = await deps.queries.consolidationFor(ANYONE, { scope: code, fiscalYear, ...of })
  const prefecture = prefectureOf(code)
  const { municipalities } = await deps.queries.municipalities({ limit: 2 })
  const crumbs =
    municipalities.length < 2
      ? []
      : [{ path: `/m/${prefecture}/${fiscalYear}`, label: say(lang, prefectureName(prefecture) ?? { ja: prefecture, en: prefecture }) }]
  if (consolidation.units.MIN.areas.leftOut?.includes('4110') === true) return { ...NOTHING, crumbs }
  const label = { ja: '精算表', en: 'Worksheet' }
  const files = [{ label, hash: proof.hash, path: `/m/${code}/${fiscalYear}${version === undefined ? '' : `/v${version}`}/worksheet.json` }]
  return { sheets: [worksheetSheet(consolidation, EVERYBODY)], files, crumbs }
}
