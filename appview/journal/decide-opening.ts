// Balances brought in from an earlier scheme: an import holds the rows, an opening books them once, by the hash of their CSV, with control totals and the
// approval of two different persons. The pool owes what the people hold.

import { hash } from 'node:crypto'
import { CLEARING, OPENING } from './chart.ts'
import { placeOf } from './disputes.ts'
import type { ImportDoc, ImportRow } from './documents-desk.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { residenceOf } from './mergers.ts'
import type { IntakeRow, Json, Posting } from './model.ts'
import { postCarriedOn } from './moves.ts'
import { openingCsv, parseImport, parseOpening, type Opening } from './parse-opening.ts'
import type { RefusalCode } from './refusals.ts'
import { entityOf, scopeOn } from './residence.ts'

const APPROVALS = 2

export const decideImport = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const parsed = parseImport(payload)
  if (parsed === undefined) return draft.refuse(row, 'record.malformed')
  const { sha256, rows } = parsed
  const id = `${town}/${sha256}`
  const standing = draft.get('import', id)
  if (standing?.entry === placeOf(row)) return
  // Holders that were erased have other names than in the file.
  if (row.residue === undefined && hash('sha256', openingCsv(rows), 'hex') !== sha256) return draft.refuse(row, 'import.hash-mismatch')
  if (standing !== null) return draft.refuse(row, 'import.repeated')
  draft.put('import', id, { kind: 'import', entry: placeOf(row), opening: null, rows })
}

export const decideOpening = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const opening = parseOpening(payload)
  if (opening === undefined) return draft.refuse(row, 'record.malformed')
  const id = `${town}/${opening.sha256}`
  const imported = draft.get('import', id)
  if (imported?.opening === placeOf(row)) return
  if (imported === null) return draft.refuse(row, 'opening.no-such-import')
  const { day } = occasionOfRow(row)
  const refusal = refusalOf(imported, opening) ?? refusalOfHolders(draft, imported.rows, town, day)
  if (refusal !== undefined) return draft.refuse(row, refusal)
  draft.put('import', id, { ...imported, opening: placeOf(row), rows: [] })
  post(draft, row, imported.rows, town)
}

const refusalOf = ({ opening, rows }: ImportDoc, { approvals, control }: Opening): RefusalCode | undefined => {
  if (opening !== null) return 'opening.repeated'
  if (new Set(approvals).size < APPROVALS) return 'opening.approvals-missing'
  const total = (unit: 'points' | 'minutes'): number => rows.reduce((sum, row) => sum + row[unit], 0)
  const isTrue = control.rows === rows.length && control.points === total('points') && control.minutes === total('minutes')
  return isTrue ? undefined : 'opening.control-mismatch'
}

const refusalOfHolders = (draft: Draft, rows: readonly ImportRow[], town: string, day: string): RefusalCode | undefined => {
  draft.want(() => ['mergers:all', ...rows.flatMap(({ holder }) => [`admissions:${holder}`, `hosts:${holder}`, `balance:P:${holder}`])])
  return rows.every(({ holder }) => scopeOn(residenceOf(draft, holder), day) === town) ? undefined : 'opening.holder-not-resident'
}

const post = (draft: Draft, row: IntakeRow, rows: readonly ImportRow[], town: string): void => {
  const occasion = occasionOfRow(row)
  const pair = (entity: string, minutes: number): readonly Posting[] => [
    { entity, scope: town, account: CLEARING, unit: 'MIN', amount: minutes },
    { entity, scope: town, account: OPENING, unit: 'MIN', amount: -minutes },
  ]
  const held = rows.filter(({ minutes }) => minutes > 0)
  if (held.length === 0) return
  const lines = held.flatMap(({ holder, minutes }) => pair(entityOf(holder, draft.get('hosts', holder)), minutes))
  const total = held.reduce((sum, { minutes }) => sum + minutes, 0)
  const head = { effectiveDate: occasion.day, kind: 'opening', sources: [row.uri], action: null, rate: null, rateCid: null } as const
  postCarriedOn(draft, { id: `${occasion.prefix}/opening`, ...head }, [...lines, ...pair(`X:${town}`, -total)], occasion)
}
