// How many entries of each municipality stand in the log while what they stand for is not here, as after a restore: its books say less than its desk wrote.
// A prefecture has none of any of them, and that is no fault. What was counted is not read again.

import { lacksContent } from '../intake-export/lacking.ts'
import type { Roster } from '../journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Books } from '../store/store.ts'

const PAGE = 1_000

export type EntriesLacking = readonly { readonly code: string; readonly count: number }[]

/** Municipalities that lack none are left out. */
export const openEntriesLacking = (books: Pick<Books, 'rows'>, roster: () => Roster): (() => Promise<EntriesLacking>) => {
  const counted = new Map<string, { readonly upTo: number; readonly count: number }>()
  const countOf = async (repo: string): Promise<number> => {
    const known = counted.get(repo) ?? { upTo: 0, count: 0 }
    let [upTo, count] = [known.upTo, known.count]
    for (let before: { readonly leaf: number; readonly op: number } | undefined; ;) {
      const rows = await books.rows({ repo, collection: nsid.entry, limit: PAGE, ...(before === undefined ? {} : { before }) })
      const fresh = rows.filter(({ leaf }) => leaf > known.upTo)
      count += fresh.filter(lacksContent).length
      upTo = Math.max(upTo, fresh[0]?.leaf ?? 0)
      before = rows.at(-1)
      if (fresh.length < PAGE) break
    }
    counted.set(repo, { upTo, count })
    return count
  }
  return async () => {
    const found: { code: string; count: number }[] = []
    for (const { code, did } of roster()) {
      const count = await countOf(did)
      if (count > 0) found.push({ code, count })
    }
    return found
  }
}
