// Puts the private content of entries beside their rows, before they are folded: from this appview's own desk, checked against the commitment that
// stands in the record. An entry whose content is elsewhere, or forgotten, stays without.

import { nsid } from '../../lexicons/authority.ts'
import { commitmentIn, isCommittedTo } from '../desk/commitment.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import { townOf } from '../journal/roster.ts'
import type { Desk } from '../store/desk.ts'

export const withPayloads = async (
  desk: Pick<Desk, 'entry'>,
  roster: Roster,
  rows: readonly IntakeRow[],
): Promise<readonly IntakeRow[]> => {
  if (!rows.some(isEntry)) return rows
  const whole: IntakeRow[] = []
  for (const row of rows) whole.push(isEntry(row) ? await withPayload(desk, roster, row) : row)
  return whole
}

const isEntry = ({ collection, action, payload }: IntakeRow): boolean =>
  collection === nsid.entry && action === 'create' && payload === undefined

const withPayload = async (desk: Pick<Desk, 'entry'>, roster: Roster, row: IntakeRow): Promise<IntakeRow> => {
  const town = townOf(roster, row.repo, row.leaf)
  const commitment = commitmentIn(row.value)
  const kept = town === undefined || commitment === undefined ? null : await desk.entry(town, commitment)
  if (kept === null || kept.salt === null || !isCommittedTo(kept.commitment, kept.payload, kept.salt)) return row
  return { ...row, payload: kept.payload }
}
