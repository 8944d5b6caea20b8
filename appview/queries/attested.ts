// How much an organisation has attested for others: acts of a period that are recognised, and that it has confirmed as host body. Told only where nobody,
// or enough givers, stand behind it.

import { nsid } from '../../lexicons/authority.ts'
import type { Period } from '../journal/calendar.ts'
import { isSensitive } from '../journal/categories.ts'
import type { ActionDoc, Recognition } from '../journal/documents.ts'
import type { IntakeRow } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import { SMALL_GROUP, SMALL_SENSITIVE_GROUP } from '../statements/small-groups.ts'
import type { KnownAt } from '../statements/statement.ts'
import type { Books } from '../store/store.ts'

export type Attested = { readonly acts: number; readonly minutes: number }

const LEAF = /^\d+$/
const PAGE = 500
/** Confirmations that are read at most, the last ones; with more, nothing is told. */
const MOST_CONFIRMATIONS = 20_000

/** Null where too few givers stand behind it, or there is more than one answer should read. */
export const attestedBy = async (
  books: Pick<Books, 'rows' | 'load'>,
  did: string,
  period: Period,
  knownAt: KnownAt,
): Promise<Attested | null> => {
  const found = new Map<string, ActionDoc>()
  let before: { readonly leaf: number; readonly op: number } | undefined
  for (let read = 0; read <= MOST_CONFIRMATIONS; read += PAGE) {
    const rows: readonly IntakeRow[] = await books.rows({
      repo: did,
      collection: nsid.confirmation,
      limit: PAGE,
      knownAt,
      ...(before === undefined ? {} : { before }),
    })
    const subjects = rows.flatMap((row) => row.subject ?? subjectOf(row) ?? [])
    for (const [key, doc] of await books.load([...new Set(subjects)].map((uri) => `action:${uri}`)))
      if (doc?.kind === 'action' && isAttested(doc, did, period, knownAt)) found.set(key, doc)
    before = rows.at(-1)
    if (rows.length < PAGE) return toldOf([...found.values()])
  }
  return null
}

const isAttested = ({ state, recognised, confirmations }: ActionDoc, did: string, { from, through }: Period, knownAt: KnownAt): boolean =>
  state === 'recognised' &&
  recognised !== null &&
  recognised.effectiveDate >= from &&
  recognised.effectiveDate <= through &&
  isKnown(recognised, knownAt) &&
  confirmations.some((note) => note.repo === did && note.role === 'hostBody' && note.verdict === 'confirmed' && note.leaf <= knownAt.leaf)

/** The name of its transaction begins with a leaf, or with the instant at which time itself booked it. */
const isKnown = ({ transaction }: Recognition, { leaf, instant }: KnownAt): boolean => {
  const [when = ''] = transaction.split('/')
  return LEAF.test(when) ? Number(when) <= leaf : when <= instant
}

const toldOf = (acts: readonly ActionDoc[]): Attested | null => {
  const givers = new Set(acts.map(({ giver }) => giver)).size
  const least = acts.every(({ category }) => isSensitive(category)) ? SMALL_SENSITIVE_GROUP : SMALL_GROUP
  if (givers > 0 && givers < least) return null
  return { acts: acts.length, minutes: acts.reduce((sum, { recognised }) => sum + (recognised?.minutes ?? 0), 0) }
}
