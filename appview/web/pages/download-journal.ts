// A journal to take away, entry by entry as it is read: of a town for its desk, of a person for that person. Of a period it begins with the balances
// brought forward, so that programs come to the same balance sheet as the statement.

import type { Caller } from '../../auth/caller.ts'
import { JOURNAL_PAGE } from '../../export/limits.ts'
import type { ExportedTransaction } from '../../export/journal-rows.ts'
import { openingEntry, poolEntries, restEntry } from '../../export/opening.ts'
import { addDays, type Period } from '../../journal/calendar.ts'
import type { Posting } from '../../journal/model.ts'
import { ownLinesIn, sumsOf } from '../../queries/own-lines.ts'
import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'

/** `scope` null: of an entity wherever it has been. `period` null: everything. */
export type JournalOf = { readonly scope: string | null; readonly entity: string | null; readonly period: Period | null }

/** Rejects with NotFound for whom it does not concern, before anything is given. */
export async function* journalToTake(deps: PagesDeps, caller: Caller, whose: JournalOf): AsyncGenerator<ExportedTransaction> {
  const { scope, entity, period } = whose
  const written = new WrittenSums()
  const asked = { limit: JOURNAL_PAGE, ...(scope === null ? {} : { scope }), ...(entity === null ? {} : { entity }) }
  let page = await deps.queries.journalOf(caller, asked)
  const scopes = scope === null ? await deps.books.scopesOf(entity ?? '') : [scope]
  if (period !== null) for (const one of scopes) yield* openingOf(deps, one, entity, period)
  for (;;) {
    for (const transaction of page.transactions) {
      const lines = transaction.lines.filter((line) => isOf(whose, line, transaction.effectiveDate))
      if (lines.length === 0) continue
      written.add(lines)
      yield { ...transaction, lines }
    }
    if (page.cursor === undefined) break
    page = await deps.queries.journalOf(caller, { ...asked, cursor: page.cursor })
  }
  if (entity !== null)
    for (const one of scopes)
      yield* poolEntries(
        (await unnamedOf(deps, one, entity)).filter((line) => isOf({ ...whose, entity: null }, line, line.effectiveDate)),
        entity,
      )
  for (const one of scopes) yield* restOf(deps, one, whose, written.of(one))
}

const isOf = ({ scope, entity, period }: JournalOf, line: Posting, effectiveDate: string): boolean => {
  const day = line.effectiveDate ?? effectiveDate
  const isInTime = period === null || (day >= period.from && day <= period.through)
  return isInTime && (scope === null || line.scope === scope) && (entity === null || line.entity === entity)
}

/** What this entity received without being named, in a scope. */
const unnamedOf = async ({ books }: PagesDeps, scope: string, entity: string | null) =>
  entity === null ? [] : ownLinesIn(books, entity, scope, (await books.state()).cursor.folded)

async function* openingOf(deps: PagesDeps, scope: string, entity: string | null, { from }: Period): AsyncGenerator<ExportedTransaction> {
  const { books } = deps
  const query = { scope, through: addDays(from, -1) }
  const own = sumsOf(await unnamedOf(deps, scope, entity), query)
  const sums = entity === null ? await books.sumsByEntity(query) : [...(await books.sums({ ...query, entity })), ...own]
  const opening = openingEntry(
    sums.flatMap((sum) => (sum.entity === null && entity === null ? [] : [{ ...sum, entity: sum.entity ?? entity ?? '' }])),
    scope,
    from,
  )
  if (opening !== null) yield opening
}

const LAST_DAY = '9999-12-31'

async function* restOf(
  deps: PagesDeps,
  scope: string,
  { entity, period }: JournalOf,
  written: readonly Posting[],
): AsyncGenerator<ExportedTransaction> {
  const { from, through } = period ?? { from: undefined, through: LAST_DAY }
  const sums = await deps.books.sums({ scope, through, ...(from === undefined ? {} : { from }), ...(entity === null ? {} : { entity }) })
  const today = todayOf(deps)
  const rest = restEntry(sums, written, { entity: entity ?? `X:${scope}`, scope }, today < through ? today : through)
  if (rest !== null) yield rest
}

/** What has been written, added up by scope, account and unit. */
class WrittenSums {
  readonly #sums = new Map<string, Posting>()

  add(lines: readonly Posting[]): void {
    for (const line of lines) {
      const key = `${line.scope} ${line.account} ${line.unit}`
      this.#sums.set(key, { ...line, amount: (this.#sums.get(key)?.amount ?? 0) + line.amount })
    }
  }

  of(scope: string): readonly Posting[] {
    return [...this.#sums.values()].filter((line) => line.scope === scope)
  }
}
