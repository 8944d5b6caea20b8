// Entries of the journal, oldest first: one's own lines of them, or for the desk those of its town, whole.

import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'
import { entityKey } from './entities.ts'
import type { Asked } from './known-at.ts'
import { ownPartOf } from './sight.ts'
import type { TransactionView } from './views.ts'
import { transactionView } from './views.ts'

export type JournalPage = { readonly transactions: readonly TransactionView[]; readonly cursor?: string }

export type JournalQuery = Asked & {
  readonly scope?: string
  readonly entity?: string
  readonly action?: string
  readonly limit: number
  readonly cursor?: string
}

/** Neither scope nor entity: the caller's own. Throws NotFound for whom it does not concern. */
export const journalOf = async (deps: QueryDeps, caller: Caller, query: JournalQuery): Promise<JournalPage> => {
  const { action } = query
  const named = query.entity ?? (query.scope === undefined && action === undefined && caller.kind === 'account' ? caller.did : null)
  const entity = named === null ? null : await entityKey(deps, named)
  const scope = query.scope ?? (entity?.startsWith('M:') ? entity.slice(2) : null)
  const doc = action === undefined ? null : await readDoc(deps.books, 'action', `action:${action}`)
  const sight = doc === null ? await deps.access.journal(caller, { scope, entity }) : await deps.access.record(caller, doc.uri, doc)
  if (sight !== 'everything' && sight !== 'attested') throw notFound()
  const knownAt = await positionOf(deps, query)
  const found = await deps.books.transactions({
    limit: query.limit,
    after: /^\d{1,15}$/.test(query.cursor ?? '') ? Number(query.cursor) : 0,
    ...(entity === null ? {} : { entity }),
    ...(scope === null ? {} : { scope }),
    ...(action === undefined ? {} : { action }),
    ...(knownAt === null ? {} : { knownAt }),
  })
  const last = found.at(-1)
  const isOwn = entity !== null && !entity.startsWith('M:')
  const shown = found.map((one) => transactionView(isOwn ? { ...one, lines: one.lines.filter((line) => line.entity === entity) } : one))
  return {
    transactions: sight === 'attested' ? ownPartOf(caller, action ?? '', shown) : shown,
    ...(last === undefined || found.length < query.limit ? {} : { cursor: String(last.position) }),
  }
}

const positionOf = async ({ books }: QueryDeps, { leaf, instant }: Asked) => {
  if (leaf !== undefined) return instant === undefined ? books.positionAt(leaf) : { leaf, instant: new Date(instant).toISOString() }
  return instant === undefined ? null : books.leafBefore(new Date(instant).toISOString())
}
