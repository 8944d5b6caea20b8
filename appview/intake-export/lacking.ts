// What a file of intake does not say, up to a leaf: content that its authors took back or changed, that accounts wrote which are not active, or that named
// somebody who was erased; and what the desks' entries stand for. A statement that rests on it cannot be made again from that file.

import { fieldsOf, textOf } from '../journal/fields.ts'
import type { IntakeRow } from '../journal/model.ts'
import { isErased } from '../journal/erasure.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import { nsid } from '../../lexicons/authority.ts'

/** Numbers of records. `entries` by their kind. */
export type Lacking = {
  readonly withdrawn: number
  readonly inactive: number
  readonly erased: number
  readonly entries: Readonly<Record<string, number>>
}

type Why = Exclude<keyof Lacking, 'entries'>
type Gap = { readonly leaf: number; readonly why: Why } | { readonly leaf: number; readonly entry: string }

const PAGE = 500
const FOLDED: ReadonlySet<string> = new Set([nsid.action, nsid.confirmation])
/** Who stands behind a line of a pool changes that person's own statement alone. */
const OF_NO_STATEMENT: ReadonlySet<string> = new Set(['receiver'])

/** 'file': all that an intake says is what it holds now. 'log': these books followed the log, and were folded while all of it was there but the desks' own. */
export type Source = 'file' | 'log'

/** Reads the intake once; answers for any leaf. */
export const lackingIn = async (books: Pick<Books, 'intake' | 'load'>, from: Source): Promise<(leaf: number) => Lacking> => {
  const gaps: Gap[] = []
  for (let after = { leaf: 0, op: 0 }; ;) {
    const rows = await books.intake(after, PAGE)
    for (const row of rows) {
      const gap = await gapAt(books, row)
      if (gap !== null && (from === 'file' || 'entry' in gap)) gaps.push(gap)
    }
    const last = rows.at(-1)
    if (last === undefined) break
    after = last
  }
  return (leaf) => countOf(gaps.filter((gap) => gap.leaf <= leaf))
}

const gapAt = async (
  books: Pick<Books, 'load'>,
  { collection, action, value, payload, residue, repo, leaf }: IntakeRow,
): Promise<Gap | null> => {
  if (residue === 'erased' && value === null) return { leaf, why: 'erased' }
  if (collection === nsid.entry) {
    const kind = textOf(fieldsOf(value)?.['kind']) ?? ''
    return action !== 'delete' && payload === undefined && !OF_NO_STATEMENT.has(kind) ? { leaf, entry: kind } : null
  }
  if (!FOLDED.has(collection) || action === 'delete' || residue === undefined || value !== null) return null
  if (isErased(repo)) return { leaf, why: 'erased' }
  const isGone = residue === 'emptied' && (await readDoc(books, 'account', `account:${repo}`)) !== null
  return { leaf, why: isGone ? 'inactive' : 'withdrawn' }
}

const countOf = (gaps: readonly Gap[]): Lacking => {
  const of = (why: Why): number => gaps.filter((gap) => 'why' in gap && gap.why === why).length
  const entries: Record<string, number> = {}
  for (const gap of gaps) if ('entry' in gap) entries[gap.entry] = (entries[gap.entry] ?? 0) + 1
  return { withdrawn: of('withdrawn'), inactive: of('inactive'), erased: of('erased'), entries }
}

/** How much of it there is. */
export const lackingCount = ({ withdrawn, inactive, erased, entries }: Lacking): number =>
  withdrawn + inactive + erased + Object.values(entries).reduce((sum, count) => sum + count, 0)
