// Each line of a sheet against what is known: ready to be sent, absent, or in doubt with every reason. Pure. A doubt holds up no other line.

import { isCategory } from '../journal/categories.ts'
import { scopeOn } from '../journal/residence.ts'
import { meantCategory } from './misspelt.ts'
import type { StampLine, StampRow, StampSheet } from './operations.ts'
import { reason, type Reason } from './outcome.ts'
import { inOneCase, isCard, isMinutes, type Sent } from './parse-sheet.ts'
import { deskRefusals, type DeskRefusal } from './refusals.ts'
import type { RowFacts, SheetFacts } from './sheet-facts.ts'

/** `staff`: those through whose hands it goes; nobody stamps an act of their own. */
export const judgeLines = (sheet: StampSheet, facts: SheetFacts, sent: Sent, staff: readonly string[]): readonly StampLine[] => {
  const seen = new Map<string, number>()
  for (const { entity } of facts.rows) if (entity !== null) seen.set(sameAs(entity), (seen.get(sameAs(entity)) ?? 0) + 1)
  return sheet.rows.map((row, index): StampLine => {
    const line = index + 1
    const own = facts.rows[index]
    const already = sent[String(line)]
    const base = { ...row, line, action: own?.action?.uri ?? null }
    if (already !== undefined) return { ...base, action: already.action, state: 'sent', countedMinutes: already.minutes, doubts: [] }
    if (own === undefined) return { ...base, state: 'doubt', countedMinutes: 0, doubts: [reason('stamp.who-missing', line)] }
    const doubts = doubtsOf(sheet, row, own, facts)
    const isRepeated = own.entity !== null && (seen.get(sameAs(own.entity)) ?? 0) > 1
    const all = inPrecedence([
      ...doubts,
      ...(isRepeated ? (['stamp.repeated'] as const) : []),
      ...(own.did !== null && staff.includes(own.did) ? (['stamp.own-act'] as const) : []),
    ])
    const reasons = all.map((code): Reason => reason(code, line, aboutOf(code, own, facts, row.category ?? sheet.category)))
    if (row.isAbsent === true) return { ...base, state: 'absent', countedMinutes: 0, doubts: absentDoubts(own, line) }
    const claimed = row.minutes ?? sheet.minutes
    const counted = own.action === null ? claimed : Math.min(claimed, own.action.minutes)
    return { ...base, state: reasons.length === 0 ? 'ready' : 'doubt', countedMinutes: counted, doubts: reasons }
  })
}

const sameAs = (entity: string): string => (entity.startsWith('C:') ? inOneCase(entity) : entity)

const inPrecedence = (codes: readonly DeskRefusal[]): readonly DeskRefusal[] =>
  codes.toSorted((a, b) => deskRefusals.indexOf(a) - deskRefusals.indexOf(b))

const doubtsOf = (sheet: StampSheet, row: StampRow, own: RowFacts, facts: SheetFacts): readonly DeskRefusal[] => {
  const minutes = row.minutes ?? sheet.minutes
  const named = 'did' in row.who ? row.who.did : 'card' in row.who ? row.who.card : row.who.resident
  if (named === '') return ['stamp.who-missing']
  const isOfCard = 'card' in row.who
  const isOver = own.minutesThatDay + minutes > facts.minutesPerDay
  return [
    ...(own.isKnown ? [] : (['stamp.who-unknown'] as const)),
    ...(isMinutes(minutes) ? [] : (['stamp.minutes-out-of-range'] as const)),
    ...(isCategory(row.category ?? sheet.category) ? [] : (['stamp.category-unknown'] as const)),
    ...('card' in row.who && !isCard(row.who.card) ? (['stamp.card-invalid'] as const) : []),
    ...(isOfCard ? cardDoubts(own, facts, { isOver, isTooLong: minutes > facts.minutesPerAct }) : []),
    ...(!isOfCard && own.isKnown ? [...accountDoubts(sheet, own, isOver), ...otherActDoubts(sheet, row, own, facts)] : []),
  ]
}

type Limits = { readonly isOver: boolean; readonly isTooLong: boolean }

const cardDoubts = (
  own: RowFacts,
  { isHostThatDay, hasHostAccount }: SheetFacts,
  { isOver, isTooLong }: Limits,
): readonly DeskRefusal[] => {
  if (!isHostThatDay) return ['stamp.card-without-host-body']
  if (!hasHostAccount) return ['stamp.host-body-no-account']
  if (own.action !== null) return ['stamp.already-confirmed']
  if (own.knownAs !== null) return ['stamp.card-other-capitals']
  return [...(isTooLong ? (['stamp.over-act-cap'] as const) : []), ...(isOver ? (['stamp.over-day-cap'] as const) : [])]
}

/** The record that stands for a line is of the same day, town and category; a category may be corrected in the line. */
const otherActDoubts = (sheet: StampSheet, row: StampRow, { action }: RowFacts, { codes }: SheetFacts): readonly DeskRefusal[] => {
  if (action?.state !== 'open') return []
  return [
    ...(codes.includes(action.municipality) ? [] : (['stamp.other-town'] as const)),
    ...(action.performedOn === sheet.performedOn ? [] : (['stamp.other-day'] as const)),
    ...(action.category === (row.category ?? sheet.category) ? [] : (['stamp.other-category'] as const)),
  ]
}

const accountDoubts = (sheet: StampSheet, own: RowFacts, isOver: boolean): readonly DeskRefusal[] => {
  const { did, action, admissions } = own
  const isOwnBenefit = did === sheet.hostBody || action?.beneficiaries.some((one) => one.did === did) === true
  const general: readonly DeskRefusal[] = [
    ...(isOwnBenefit ? (['stamp.own-benefit'] as const) : []),
    ...(scopeOn(admissions, sheet.performedOn) === undefined ? (['stamp.not-registered'] as const) : []),
  ]
  if (action === null) return [...general, isOver ? 'stamp.over-day-cap' : 'stamp.no-action']
  return action.state === 'open' ? general : [...general, action.state === 'recognised' ? 'stamp.already-confirmed' : 'stamp.no-action']
}

const aboutOf = (code: DeskRefusal, own: RowFacts, { minutesPerAct }: SheetFacts, category: string): string | null => {
  if (code === 'stamp.category-unknown') return meantCategory(category)
  if (code === 'stamp.who-unknown') return own.did
  if (code === 'stamp.card-other-capitals') return own.knownAs
  if (code === 'stamp.over-day-cap') return String(own.minutesThatDay)
  if (code === 'stamp.over-act-cap') return String(minutesPerAct)
  if (code === 'stamp.other-town') return own.action?.municipality ?? null
  if (code === 'stamp.other-day') return own.action?.performedOn ?? null
  if (code === 'stamp.other-category') return own.action?.category ?? null
  return code === 'stamp.no-action' ? (own.action?.refusal ?? own.action?.state ?? null) : null
}

const absentDoubts = (own: RowFacts, line: number): readonly Reason[] =>
  own.action?.state === 'open' ? [reason('stamp.absent-with-action', line)] : []
