// The statements in a consolidation, as pages and files show them: the municipalities as bodies, and everybody of their areas. What is left out of it is
// left out of both alike.

import type { ConsolidatedUnit, Consolidation } from '../../statements/consolidation.ts'
import type { LayoutSheet } from '../../statements/layout.ts'
import { isLeftOut } from '../../statements/lines.ts'
import type { Statement, UnitFigures } from '../../statements/statement.ts'
import type { Words } from './lang.ts'

type Which = keyof Omit<ConsolidatedUnit, 'worksheet'>
export type ConsolidatedPart = {
  readonly which: Which
  readonly statement: Statement
  readonly sheets: readonly LayoutSheet['id'][]
  /** Who is in it. */
  readonly of: Words
}

const BODIES: Words = { ja: '市町を団体としてあわせたもの', en: 'The municipalities as bodies, together' }
export const EVERYBODY: Words = { ja: '住民・団体・自治体をあわせたもの', en: 'Residents, organisations and municipalities together' }

/** What stays when balances of areas and categories are left out. */
const PARTS: readonly Pick<ConsolidatedPart, 'which' | 'sheets' | 'of'>[] = [
  { which: 'municipalities', sheets: ['activities', 'net-assets'], of: BODIES },
  { which: 'areas', sheets: ['activities'], of: EVERYBODY },
]

/** Those that are shown; none where too few people stand behind all of it. */
export const partsOf = (consolidation: Consolidation): readonly ConsolidatedPart[] =>
  PARTS.filter(({ which }) => isShown(consolidation.units.MIN[which])).map((part) => ({
    ...part,
    statement: statementOf(consolidation, part.which),
  }))

const isShown = (figures: UnitFigures): boolean => !isLeftOut(figures, 'PL') && !isLeftOut(figures, '4110')

/** Whether reference yen stand beside minutes. */
export const hasYen = ({ units }: Consolidation): boolean => !isLeftOut(units.JPY.areas, 'PL')

const NO_FIGURES: UnitFigures = { PL: {}, BS: {}, NA: {}, byCategory: {} }

const statementOf = (consolidation: Consolidation, which: Which): Statement => {
  const { v, scope, period, knownAt, roster, units } = consolidation
  const kind = which === 'areas' ? 'scope' : 'municipality'
  const figures = { MIN: units.MIN[which], JPY: units.JPY[which], PT: NO_FIGURES }
  return { v, entity: null, scope, kind, period, knownAt, roster, policyCid: null, rateCids: [], units: figures, notes: {} }
}
