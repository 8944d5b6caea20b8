// What a file of intake does not say, up to a leaf: content that its authors took back or changed, that accounts wrote which are not active, or that named
// somebody who was erased; and what the desks' entries stand for. A statement that rests on it cannot be made again from that file.

import { fieldsOf, textOf } from '../journal/fields.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import { isErased } from '../journal/erasure.ts'
import { townOf } from '../journal/roster.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Head } from './format.ts'

/** Numbers of records. `entries` by whose they are and what kind. */
export type Lacking = {
  readonly withdrawn: number
  readonly inactive: number
  readonly erased: number
  readonly entries: readonly LackingEntries[]
}

export type LackingEntries = { readonly town: string; readonly kind: EntryKind; readonly count: number }

type Why = Exclude<keyof Lacking, 'entries'>
export type Gap =
  | { readonly leaf: number; readonly why: Why; readonly author: string }
  | { readonly leaf: number; readonly town: string; readonly entry: EntryKind }

const PAGE = 500
const FOLDED: ReadonlySet<string> = new Set([nsid.action, nsid.confirmation, nsid.admission, nsid.hostBody])
/** Kinds on which signed figures can rest: who stands behind a line of a pool changes that person's own statement alone, and points are not in the books. */
const ENTRY_KINDS = [
  'dispute',
  'ruling',
  'appeal',
  'appeal-ruling',
  'suspension',
  'suspension-end',
  'household',
  'death',
  'import',
  'opening',
] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/**
 * What is there. 'log': books that followed the log, and were folded while all of it was there but the desks' own. 'town': the file of a municipality's auditor,
 * with all that its figures rest on. 'file': any other file, which holds what its authors show.
 */
export type Source = { readonly of: 'log' } | { readonly of: 'file' } | { readonly of: 'town'; readonly code: string }

export const sourceOf = ({ view }: Pick<Head, 'view'>): Source =>
  view === 'public' || view === 'operator' ? { of: 'file' } : { of: 'town', code: view }

/** An entry on which figures rest, and of which nothing says here what it stands for. */
export const lacksContent = ({ collection, action, value, payload, residue }: IntakeRow): boolean =>
  collection === nsid.entry && action === 'create' && payload === undefined && residue === undefined && kindOf(value) !== undefined

const kindOf = (value: IntakeRow['value']): EntryKind | undefined => {
  const kind = textOf(fieldsOf(value)?.['kind'])
  return ENTRY_KINDS.find((one) => one === kind)
}

/** Reads the intake once. In the order of the log. */
export const gapsIn = async (books: Pick<Books, 'intake' | 'load'>, roster: Roster, source: Source): Promise<readonly Gap[]> => {
  const gaps: Gap[] = []
  for (let after = { leaf: 0, op: 0 }; ;) {
    const rows = await books.intake(after, PAGE)
    for (const row of rows) {
      const gap = await gapAt(books, roster, row)
      if (gap !== null && (source.of !== 'log' || 'entry' in gap)) gaps.push(gap)
    }
    const last = rows.at(-1)
    if (last === undefined) break
    after = last
  }
  return gaps
}

const gapAt = async (books: Pick<Books, 'load'>, roster: Roster, row: IntakeRow): Promise<Gap | null> => {
  const { collection, action, value, payload, residue, repo, leaf } = row
  if (residue === 'erased' && value === null) return { leaf, why: 'erased', author: repo }
  if (collection === nsid.entry) {
    const entry = kindOf(value)
    const town = townOf(roster, repo, leaf)
    return action === 'delete' || payload !== undefined || entry === undefined || town === undefined ? null : { leaf, town, entry }
  }
  if (!FOLDED.has(collection) || action === 'delete' || residue === undefined || value !== null) return null
  if (isErased(repo)) return { leaf, why: 'erased', author: repo }
  const isGone = residue === 'emptied' && (await readDoc(books, 'account', `account:${repo}`)) !== null
  return { leaf, why: isGone ? 'inactive' : 'withdrawn', author: repo }
}

export const lackingOf = (gaps: readonly Gap[]): Lacking => {
  const of = (why: Why): number => gaps.filter((gap) => 'why' in gap && gap.why === why).length
  const entries = Map.groupBy(
    gaps.flatMap((gap) => ('entry' in gap ? [gap] : [])),
    ({ town, entry }) => `${town} ${entry}`,
  )
  return {
    withdrawn: of('withdrawn'),
    inactive: of('inactive'),
    erased: of('erased'),
    entries: [...entries.values()].flatMap(([first, ...more]) =>
      first === undefined ? [] : [{ town: first.town, kind: first.entry, count: more.length + 1 }],
    ),
  }
}

/** How much of it there is. */
export const lackingCount = ({ withdrawn, inactive, erased, entries }: Lacking): number =>
  withdrawn + inactive + erased + entries.reduce((sum, { count }) => sum + count, 0)
