// Two folds of one book: the one that everybody reads, and the one a rebuild makes beside it. Whoever folds sees the state as if the one being made were
// the only one; what they change is put where it belongs. The switch is one change of the state's document.

import { foldedBook } from './mongo-keys.ts'
import type { Range } from './mongo-keys.ts'
import { BooksNotReadable } from './store.ts'
import { LAYOUT } from './mongo-tables.ts'
import type { Building, Counters, StateRow } from './mongo-tables.ts'

/** 'shown': as everybody reads the books. 'folding': as those who make them do. */
export type Sight = 'shown' | 'folding'

export type StateFields = Partial<Omit<StateRow, '_id' | 'b'>>

/** Counters of DIDs, whose numbers stand in intake, too, and of rows of intake go on from fold to fold. */
const ofBook = ({ did, rows }: Counters): Pick<Counters, 'did' | 'rows'> => ({ did, rows })

const NONE: Counters = { did: 0, entity: 0, scope: 0, category: 0, tx: 0, rows: 0, postings: 0, refusals: 0 }

export const seenBy = (sight: Sight, row: StateRow): StateRow =>
  sight === 'shown' || row.building === null
    ? row
    : { ...row, ...row.building, counters: { ...row.building.counters, ...ofBook(row.counters) } }

/** What is to be stored when these fields change for those who fold. */
export const placed = (row: StateRow, fields: StateFields, counters: Counters): StateFields => {
  const { building } = row
  if (fields.building !== undefined) return { ...fields, counters: { ...(fields.counters ?? row.counters), ...ofBook(counters) } }
  if (building === null) return { ...fields, counters }
  const { rules = building.rules, folded = building.folded, ...rest } = fields
  return { ...rest, counters: { ...row.counters, ...ofBook(counters) }, building: { ...building, rules, folded, counters } }
}

/** A fold from nothing on; while nothing is shown, it is shown as it grows. */
export const begun = (row: StateRow, from: Pick<Building, 'rules' | 'folded' | 'roster'>): StateFields => {
  const generation = Math.max(row.generation, row.building?.generation ?? 0) + 1
  // One that was broken off had its roster for the next one, too.
  const former = row.building?.roster
  const fresh: Building = {
    ...(former === undefined ? {} : { roster: former }),
    ...from,
    layout: LAYOUT,
    generation,
    counters: { ...NONE, ...ofBook(row.counters) },
  }
  const isEmpty = row.folded.leaf === from.folded.leaf && row.folded.instant === from.folded.instant
  return isEmpty ? { ...fresh, building: null } : { building: fresh }
}

/** What was made is shown from here on. */
export const switched = (building: Building): StateFields => ({ ...building, building: null })

/** Throws where another version of the program folded what is shown, in a way this one does not read: until a rebuild has ended, or this one is replaced. */
export const checkLayout = ({ layout }: StateRow, folded: string): string => {
  if (layout === LAYOUT) return folded
  throw new BooksNotReadable(
    layout > LAYOUT
      ? 'the books were folded by a newer version of Waki: start this server anew with that one'
      : 'the books were folded by an older version of Waki: they are read again once they have been folded anew',
  )
}

type Gone = { readonly b: Range; readonly _id: Range }

/** All folds but the one that is shown and the one that is being made. */
export const formerFolds = (book: string, { generation, building }: StateRow): Gone[] => {
  const shown = foldedBook(book, generation)
  const former: Gone = { b: { $gte: `${book}.`, $lt: shown }, _id: { $gte: `${book}.`, $lt: `${shown}/` } }
  if (building === null) return [former]
  const made = foldedBook(book, building.generation)
  return [former, { b: { $gt: shown, $lt: made }, _id: { $gt: `${shown}/~`, $lt: `${made}/` } }]
}
