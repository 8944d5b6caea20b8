// How many entries of each municipality stand in the log while what they stand for is not here, as after a restore: its books say less than its desk wrote.
// A prefecture has none of any of them, and that is no fault. What was counted is not read again.

import { lacksContent } from '../intake-export/lacking.ts'
import type { Roster } from '../journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Books } from '../store/store.ts'

const PAGE = 1_000

/** Those of a repo that came after one leaf, and before another where one is named. `newest`: the leaf of the last entry that was looked at, or 0. */
export const countLacking = async (
  books: Pick<Books, 'rows'>,
  repo: string,
  { after = 0, before }: { readonly after?: number; readonly before?: number },
): Promise<{ readonly count: number; readonly newest: number }> => {
  let [count, newest] = [0, 0]
  for (let at = before === undefined ? undefined : { leaf: before, op: 0 }; ;) {
    const rows = await books.rows({ repo, collection: nsid.entry, limit: PAGE, ...(at === undefined ? {} : { before: at }) })
    const fresh = rows.filter(({ leaf }) => leaf > after)
    count += fresh.filter(lacksContent).length
    newest = Math.max(newest, fresh[0]?.leaf ?? 0)
    const last = fresh.at(-1)
    if (last === undefined || fresh.length < PAGE) return { count, newest }
    at = { leaf: last.leaf, op: last.op }
  }
}

export type EntriesLacking = readonly { readonly code: string; readonly count: number }[]

export type LackingCounts = {
  /** Municipalities that lack none are left out. */
  readonly all: () => Promise<EntriesLacking>
  /** Of these together. */
  readonly of: (codes: readonly string[]) => Promise<number>
}

export const openEntriesLacking = (books: Pick<Books, 'rows'>, roster: () => Roster): LackingCounts => {
  const counted = new Map<string, { readonly upTo: number; readonly count: number }>()
  const countOf = async (repo: string): Promise<number> => {
    const known = counted.get(repo) ?? { upTo: 0, count: 0 }
    const [last] = await books.rows({ repo, collection: nsid.entry, limit: 1 })
    if (last === undefined || last.leaf === known.upTo) return known.count
    const { count, newest } = await countLacking(books, repo, { after: known.upTo })
    const now = { upTo: Math.max(known.upTo, newest), count: known.count + count }
    counted.set(repo, now)
    return now.count
  }
  const all = async (): Promise<EntriesLacking> => {
    const found: { code: string; count: number }[] = []
    for (const { code, did } of roster()) {
      const count = await countOf(did)
      if (count > 0) found.push({ code, count })
    }
    return found
  }
  const of = async (codes: readonly string[]): Promise<number> => {
    const counts = await Promise.all(roster().flatMap(({ code, did }) => (codes.includes(code) ? countOf(did) : [])))
    return counts.reduce((sum, count) => sum + count, 0)
  }
  return { all, of }
}
