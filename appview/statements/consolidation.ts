// The consolidation of a municipality with all who live in it, of a prefecture, or of the federation: sums of its areas, of its municipalities as bodies,
// and the worksheet. And the form in which it is published, by the plan of the federation (worksheet-plan.ts): what is not shown is named in `leftOut`.

import type { Period } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../journal/chart.ts'
import { worksheetOf, WORKSHEET_LINES, type Flow, type Worksheet, type WorksheetLine, type WorksheetUnit } from './consolidate.ts'
import { buildStatement, type KnownAt, type UnitFigures } from './statement.ts'
import type { Figures, Sum } from './sum.ts'
import type { GroupShown, SheetShown } from './worksheet-plan.ts'

export const CONSOLIDATION_VERSION = 1

export type ConsolidationLevel = 'municipality' | 'prefecture' | 'federation'
/** The code of a municipality (six digits) or prefecture (two), or `network` for all municipalities of the roster. */
export const NETWORK = 'network'

export type ConsolidatedUnit = {
  /** Everybody of the areas together: PL, the signs as in statements. */
  readonly areas: UnitFigures
  /** The municipalities as bodies. */
  readonly municipalities: UnitFigures
  readonly worksheet: Worksheet
}

export type Consolidation = {
  readonly v: typeof CONSOLIDATION_VERSION
  readonly level: ConsolidationLevel
  readonly scope: string
  readonly members: readonly string[]
  readonly period: Period
  readonly knownAt: KnownAt
  readonly roster: string
  readonly units: Readonly<Record<WorksheetUnit, ConsolidatedUnit>>
}

export type ConsolidationSource = Omit<Consolidation, 'v' | 'units'> & {
  /** Sums over each whole scope, before the period and within it. */
  readonly areas: { readonly opening: readonly Sum[]; readonly within: readonly Sum[] }
  /** The same of the municipalities alone. */
  readonly bodies: { readonly opening: readonly Sum[]; readonly within: readonly Sum[] }
  readonly flows: readonly Flow[]
}

export const consolidate = ({ areas, bodies, flows, ...head }: ConsolidationSource): Consolidation => {
  const { scope, members, period, knownAt, roster } = head
  const common = { entity: null, scope, period, knownAt, roster, policyCid: null, rateCids: [], notes: {} }
  const all = buildStatement({ ...common, ...areas, kind: 'scope' })
  const own = buildStatement({ ...common, ...bodies, kind: 'municipality' })
  const unit = (name: WorksheetUnit): ConsolidatedUnit => ({
    areas: all.units[name],
    municipalities: own.units[name],
    worksheet: worksheetOf({ members, flows, ...areas }, name),
  })
  return { v: CONSOLIDATION_VERSION, ...head, units: { MIN: unit('MIN'), JPY: unit('JPY') } }
}

/** `yen`: one rate everywhere, so that yen tell no more than minutes. */
export type Shown = GroupShown & { readonly yen: boolean }

/** What everybody sees. The balances of areas and their clearing are left out: they tell what moved with those who moved. */
export const publishedConsolidation = (whole: Consolidation, shown: Shown): Consolidation => {
  const unit = (name: WorksheetUnit): ConsolidatedUnit => {
    const isShown = name === 'MIN' || shown.yen
    const { areas, municipalities, worksheet } = whole.units[name]
    if (!isShown)
      return { areas: NO_FIGURES, municipalities: NO_FIGURES, worksheet: { lines: {}, leftOut: [...WORKSHEET_LINES, 'clearing'] } }
    return {
      areas: areasShown(areas, shown),
      municipalities: bodiesShown(municipalities, shown),
      worksheet: worksheetShown(worksheet, shown.sheet, whole.level === 'federation'),
    }
  }
  return { ...whole, units: { MIN: unit('MIN'), JPY: unit('JPY') } }
}

const NO_FIGURES: UnitFigures = { PL: {}, BS: {}, NA: {}, byCategory: {}, leftOut: ['PL', 'BS', 'NA', 'byCategory'] }
const PRIOR = [String(GIVEN_PRIOR), String(RECEIVED_PRIOR), 'revenue', 'expense', 'net']
const PARTS = [String(RECEIVED), String(RECEIVED_PUBLIC)]
const FUNDING = ['3420', 'other']

const only = (figures: Figures, keys: readonly string[]): Figures =>
  Object.fromEntries(Object.entries(figures).filter(([key]) => keys.includes(key)))

const linesOf = ({ given, parts, prior }: GroupShown): { readonly shown: readonly string[]; readonly hidden: readonly string[] } => {
  const groups: readonly (readonly [boolean, readonly string[]])[] = [
    [given, [String(GIVEN)]],
    [parts, PARTS],
    [prior, PRIOR],
  ]
  const those = (isShown: boolean): string[] => groups.flatMap(([shown, names]) => (shown === isShown ? names : []))
  return { shown: those(true), hidden: those(false) }
}

const areasShown = ({ PL }: UnitFigures, shown: GroupShown): UnitFigures => {
  const lines = linesOf(shown)
  return { PL: only(PL, lines.shown), BS: {}, NA: {}, byCategory: {}, leftOut: [...lines.hidden, 'BS', 'NA', 'byCategory'] }
}

/** What bodies received stands in the areas' lines too; their balances are nought whatever was given. */
const bodiesShown = ({ PL, BS, NA }: UnitFigures, shown: GroupShown): UnitFigures => {
  if (!shown.parts) return NO_FIGURES
  const lines = linesOf(shown)
  return {
    PL: only(PL, lines.shown),
    BS,
    NA: shown.prior ? NA : only(NA, ['opening', 'closing']),
    byCategory: {},
    leftOut: [...lines.hidden, ...(shown.prior ? [] : FUNDING), 'byCategory'],
  }
}

const worksheetShown = ({ lines, clearing }: Worksheet, { total, parts, prior }: SheetShown, isAll: boolean): Worksheet => {
  const isShown: Readonly<Record<WorksheetLine, boolean>> = {
    given: total,
    received: total,
    people: parts,
    public: parts,
    priorGiven: prior,
    priorReceived: prior,
  }
  const hidden = [...WORKSHEET_LINES.filter((name) => !isShown[name]), ...(isAll ? [] : ['clearing'])]
  return {
    lines: Object.fromEntries(Object.entries(lines).filter(([name]) => !hidden.includes(name))),
    ...(isAll && clearing !== undefined ? { clearing } : {}),
    ...(hidden.length === 0 ? {} : { leftOut: hidden }),
  }
}
