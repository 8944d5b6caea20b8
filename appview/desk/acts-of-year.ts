// The recognised acts of a town's givers in a fiscal year, one by one from the journal: what the previews of policies and rates are computed from.

import { fiscalYearOf, periodOfFiscalYear, type Period } from '../journal/calendar.ts'
import type { ActionDoc } from '../journal/documents.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import type { Office } from './office.ts'

const PAGE = 500

export type ActOfYear = { readonly action: ActionDoc; readonly minutes: number; readonly yen: number }
export type YearOfActs = { readonly fiscalYear: number; readonly acts: readonly ActOfYear[] }

/** Last year's; in a town's first year the running one's. */
export const actsOfLastYear = async ({ books, town, today }: Office): Promise<YearOfActs> => {
  const running = fiscalYearOf(today)
  const last = await actsOf(books, town.code, periodOfFiscalYear(running - 1))
  if (last.length > 0) return { fiscalYear: running - 1, acts: last }
  return { fiscalYear: running, acts: await actsOf(books, town.code, periodOfFiscalYear(running)) }
}

const actsOf = async (books: Books, scope: string, { from, through }: Period): Promise<readonly ActOfYear[]> => {
  const uris = new Set<string>()
  for (let after = 0; ;) {
    const page = await books.transactions({ scope, after, limit: PAGE })
    for (const { kind, effectiveDate, action } of page)
      if (kind.startsWith('recognise') && action !== null && effectiveDate >= from && effectiveDate <= through) uris.add(action)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = last.position
  }
  const acts: ActOfYear[] = []
  for (const uri of uris) {
    // Taken back meanwhile: it is in nobody's figures.
    const action = await readDoc(books, 'action', `action:${uri}`)
    if (action?.recognised == null || action.recognised.giverScope !== scope) continue
    acts.push({ action, minutes: action.recognised.minutes, yen: action.recognised.yen })
  }
  return acts
}
