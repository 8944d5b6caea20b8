// What confirmations that are edited or deleted spoke of before. A note stands in the document of its action alone: whoever takes it back says only its uri,
// and the version before, in intake, says of what it spoke.

import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow } from './model.ts'
import { knownSubjectOf } from './residue.ts'

const isConfirmation = ({ collection }: IntakeRow): boolean => collection === nsid.confirmation

/** What is created stands on nothing: its commit was seen to follow from the tree before it. */
const isLaterWord = (row: IntakeRow): boolean => isConfirmation(row) && row.action !== 'create'

/** Of these rows those whose version before is needed and not among them: a record's first, where it takes the place of an earlier word. */
export const withoutEarlier = (rows: readonly IntakeRow[]): readonly IntakeRow[] => {
  if (!rows.some(isLaterWord)) return []
  const seen = new Set<string>()
  return rows.filter((row) => {
    if (!isConfirmation(row) || seen.has(row.uri)) return false
    seen.add(row.uri)
    return isLaterWord(row)
  })
}

/**
 * By the place of a row among these, what it spoke of before, where it takes the place of an earlier word. `before`: by uri, the version before of what
 * `withoutEarlier` gave.
 */
export const earlierWords = (rows: readonly IntakeRow[], before: ReadonlyMap<string, IntakeRow>): ReadonlyMap<number, string> => {
  const spoken = new Map<number, string>()
  if (!rows.some(isLaterWord)) return spoken
  const last = new Map(before)
  for (const [nth, row] of rows.entries()) {
    if (!isConfirmation(row)) continue
    const earlier = isLaterWord(row) ? last.get(row.uri) : undefined
    const action = earlier === undefined ? undefined : knownSubjectOf(earlier)
    if (action !== undefined) spoken.set(nth, action)
    last.set(row.uri, row)
  }
  return spoken
}
