// A statement built from a book in memory, as an appview builds it from its store.

import { addDays, fiscalYearOf, type Period } from '../../appview/journal/calendar.ts'
import { disputeNotes, disputesOf } from '../../appview/journal/disputes.ts'
import type { Doc } from '../../appview/journal/model.ts'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import { buildStatement, type Statement, type StatementKind } from '../../appview/statements/statement.ts'
import type { Book } from '../journal/book.ts'
import { ORIGIN, roster } from '../journal/fixture.ts'
import { isKnown, sumsOf } from './sums.ts'

const kindOf = (entity: string | null): StatementKind => {
  if (entity === null) return 'scope'
  if (entity.startsWith('M:')) return 'municipality'
  return entity.startsWith('O:') ? 'organisation' : 'person'
}

const readDoc = (book: Book, key: string): Doc | null => {
  const text = book.documents.get(key)
  return text === undefined ? null : JSON.parse(text)
}

export type Wanted = {
  readonly entity: string | null
  readonly scope: string
  readonly period: Period
  readonly knownAt: { readonly leaf: number; readonly instant: string }
}

export const statementOf = (book: Book, { entity, scope, period, knownAt }: Wanted): Statement => {
  const cut = { scope, entity, knownAt }
  const disputes = readDoc(book, `disputes:${disputesOf(scope, fiscalYearOf(period.from))}`)
  const policies = readDoc(book, `policies:${scope}`)
  const rates = book.transactions
    .filter((transaction) => isKnown(transaction, knownAt))
    .filter(
      ({ effectiveDate, lines }) =>
        effectiveDate >= period.from && effectiveDate <= period.through && lines.some((line) => line.scope === scope),
    )
    .flatMap(({ rateCid }) => rateCid ?? [])
  return buildStatement({
    entity,
    scope,
    kind: kindOf(entity),
    period,
    knownAt: { origin: ORIGIN, ...knownAt },
    roster: canonicalHash(roster),
    policyCid: policies?.kind === 'policies' ? (policies.policies.at(-1)?.cid ?? null) : null,
    rateCids: [...new Set(rates)],
    opening: sumsOf(book.transactions, { ...cut, through: addDays(period.from, -1) }),
    within: sumsOf(book.transactions, { ...cut, from: period.from, through: period.through }),
    notes: disputeNotes(disputes?.kind === 'disputes' ? disputes : null, { entity, scope, period, leaf: knownAt.leaf }),
  })
}
