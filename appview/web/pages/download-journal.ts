// A journal to take away, entry by entry as it is read: of a town for its desk, of a person for that person. Of a period it begins with the balances
// brought forward, so that programs come to the same balance sheet as the statement.

import type { Caller } from '../../auth/caller.ts'
import { JOURNAL_PAGE } from '../../export/limits.ts'
import type { ExportedTransaction } from '../../export/journal-rows.ts'
import { openingEntry, poolEntries, restEntry } from '../../export/opening.ts'
import { addDays, type Period } from '../../journal/calendar.ts'
import type { Posting } from '../../journal/model.ts'
import { ownLinesIn, sumsOf } from '../../queries/own-lines.ts'
import type { Position } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'

/** `scope` null: of an entity wherever it has been. `period` null: everything. */
export type JournalOf = { readonly scope: string | null; readonly entity: string | null; readonly period: Period | null }

/** Rejects with NotFound for whom it does not concern, before anything is given. All of it is as known when it was asked for, however long it takes. */
export async function* journalToTake(deps: PagesDeps, caller: Caller, whose: JournalOf): AsyncGenerator<ExportedTransaction> {
  const { scope, entity, period } = whose
  const written = new WrittenSums()
  const { folded } = (await deps.books.state()).cursor
  const named = { ...(scope === null ? {} : { scope }), ...(entity === null ? {} : { entity }) }
  const asked = { limit: JOURNAL_PAGE, ...named, ...folded }
  let page = await deps.queries.journalOf(caller, asked)
  const scopes = scope === null ? await deps.books.scopesOf(entity ?? '') : [scope]
  const parts = scopes.map((one): Part => ({ ...whose, scope: one, knownAt: folded }))
  if (period !== null) for (const part of parts) yield* openingOf(deps, part, period)
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
  for (const part of parts) yield* unnamedIn(deps, part)
  for (const part of parts) yield* restOf(deps, part, written.of(part.scope))
}

/** The part of a journal that stands in one scope. */
type Part = JournalOf & { readonly scope: string; readonly knownAt: Position }

const isOf = ({ scope, entity, period }: JournalOf, line: Posting, effectiveDate: string): boolean => {
  const day = line.effectiveDate ?? effectiveDate
  const isInTime = period === null || (day >= period.from && day <= period.through)
  return isInTime && (scope === null || line.scope === scope) && (entity === null || line.entity === entity)
}

const unnamedOf = async ({ books }: PagesDeps, { scope, entity, knownAt }: Part) =>
  entity === null ? [] : ownLinesIn(books, entity, scope, knownAt)

/** What this entity received without being named. */
async function* unnamedIn(deps: PagesDeps, part: Part): AsyncGenerator<ExportedTransaction> {
  const { entity } = part
  if (entity === null) return
  const lines = await unnamedOf(deps, part)
  yield* poolEntries(
    lines.filter((line) => isOf({ ...part, entity: null }, line, line.effectiveDate)),
    entity,
  )
}

async function* openingOf(deps: PagesDeps, part: Part, { from }: Period): AsyncGenerator<ExportedTransaction> {
  const { scope, entity, knownAt } = part
  const query = { scope, through: addDays(from, -1), knownAt }
  const own = sumsOf(await unnamedOf(deps, part), query)
  const sums = entity === null ? await deps.books.sumsByEntity(query) : [...(await deps.books.sums({ ...query, entity })), ...own]
  const opening = openingEntry(
    sums.map((sum) => ({ ...sum, entity: sum.entity ?? entity ?? '' })),
    scope,
    from,
  )
  if (opening !== null) yield opening
}

const LAST_DAY = '9999-12-31'

async function* restOf(deps: PagesDeps, part: Part, written: readonly Posting[]): AsyncGenerator<ExportedTransaction> {
  const { scope, entity, period, knownAt } = part
  const days = period === null ? { through: LAST_DAY } : { from: period.from, through: period.through }
  const sums = await deps.books.sums({ scope, knownAt, ...days, ...(entity === null ? {} : { entity }) })
  const today = todayOf(deps)
  const rest = restEntry(sums, written, { entity: entity ?? `X:${scope}`, scope }, today < days.through ? today : days.through)
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
