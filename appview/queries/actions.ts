// Actions as their giver, their confirmers and the desk see them: state, why not if not, confirmations, entries.

import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { IntakeRow } from '../journal/model.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'
import { actionFor, isToldWhy, ownPartOf, withoutReason } from './sight.ts'
import { lapseNow } from '../journal/outages.ts'
import { actionView, refusalView, transactionView } from './views.ts'
import type { ActionView, TransactionView } from './views.ts'

export type ActionPage = { readonly actions: readonly ActionView[]; readonly cursor?: string }

/** Newest first. `actor` absent: the caller. Throws NotFound for anybody else's. */
export const actionsOf = async (
  deps: QueryDeps,
  caller: Caller,
  query: { readonly actor?: string; readonly state?: string; readonly limit: number; readonly cursor?: string },
): Promise<ActionPage> => {
  const did = query.actor ?? (caller.kind === 'account' ? caller.did : '')
  if (deps.access.actionsOf(caller, did) === 'nothing') throw notFound()
  const actions: ActionView[] = []
  let before = parseCursor(query.cursor)
  for (;;) {
    const rows = await deps.books.rows({ repo: did, collection: nsid.action, limit: query.limit, ...(before === null ? {} : { before }) })
    for (const row of rows) {
      before = { leaf: row.leaf, op: row.op }
      const view = await actionFor(deps, caller, 'everything', await viewOfRow(deps, row))
      if (view === null || (query.state !== undefined && view.state !== query.state)) continue
      actions.push(view)
      if (actions.length === query.limit) return { actions, cursor: `${row.leaf}.${row.op}` }
    }
    if (rows.length < query.limit) return { actions }
  }
}

const parseCursor = (cursor: string | undefined): { leaf: number; op: number } | null => {
  const found = /^(\d{1,15})\.(\d{1,6})$/.exec(cursor ?? '')
  return found === null ? null : { leaf: Number(found[1]), op: Number(found[2]) }
}

/** Only the newest version of a record that is still there has a view. */
const viewOfRow = async (deps: QueryDeps, row: IntakeRow): Promise<ActionView | null> => {
  const [newest] = await deps.books.rows({ uri: row.uri, limit: 1 })
  if (newest === undefined || newest.leaf !== row.leaf || newest.op !== row.op || row.action === 'delete') return null
  return actionAt(deps, row.uri)
}

/** The view of an action, also of one the books refused before they made a document of it; null when there is none. */
export const actionAt = async (deps: QueryDeps, uri: string): Promise<ActionView | null> => {
  const doc = await readDoc(deps.books, 'action', `action:${uri}`)
  const [row] = await deps.books.rows({ uri, limit: 1 })
  if (doc !== null && (row === undefined || doc.cid === row.cid)) return openView(deps, doc)
  return row === undefined || row.action === 'delete' || row.collection !== nsid.action ? null : refusedView(deps, row)
}

/** What waits lapses later by outages that are told already, though its due entry is looked at only when it comes. */
const openView = async ({ books }: QueryDeps, doc: ActionDoc): Promise<ActionView> => {
  if (doc.state !== 'open' || doc.memo === null) return actionView(doc)
  return { ...actionView(doc), lapsesAt: lapseNow(await readDoc(books, 'outages', `outages:${doc.memo.scope}`), doc) }
}

const refusedView = async (deps: QueryDeps, row: IntakeRow): Promise<ActionView> => {
  const [refusal] = (await deps.books.refusals({ repo: row.repo, uri: row.uri, limit: 5 })).filter(({ leaf }) => leaf === row.leaf)
  const value = fieldsOf(row.value)
  return {
    uri: row.uri,
    cid: row.cid ?? '',
    giver: row.repo,
    state: 'refused',
    category: textOf(value['category']),
    minutes: Number.isSafeInteger(value['minutes']) ? Number(value['minutes']) : 0,
    performedOn: textOf(value['performedOn']),
    scope: textOf(fieldsOf(value['municipality'])['code']),
    recordedAt: row.recordedAt,
    leaf: row.leaf,
    lapsesAt: row.recordedAt,
    disputed: false,
    ...(refusal === undefined ? {} : { refusal: refusalView(refusal) }),
    confirmations: [],
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export type ActionDetail = { readonly action: ActionView; readonly transactions: readonly TransactionView[] }

const MAX_ENTRIES_OF_ACTION = 100

/** One action with its entries. Throws NotFound for whom it does not concern. */
export const actionDetail = async (deps: QueryDeps, caller: Caller, uri: string): Promise<ActionDetail> => {
  const doc = await readDoc(deps.books, 'action', `action:${uri}`)
  const sight = await deps.access.record(caller, uri, doc)
  // An action the books made no document of is its writer's alone.
  const action = await actionFor(deps, caller, doc === null && sight === 'own' ? 'everything' : sight, await actionAt(deps, uri))
  if (action === null) throw notFound()
  const transactions = (await deps.books.transactions({ action: uri, limit: MAX_ENTRIES_OF_ACTION })).map(transactionView)
  const told = isToldWhy(caller, uri, doc) ? action : withoutReason(action)
  return { action: told, transactions: sight === 'attested' ? ownPartOf(caller, uri, transactions) : transactions }
}

export type Asks = { readonly actions: readonly ActionView[]; readonly total: number }

export const MOST_OF_ONE_GIVER = 5

/** Open actions that name the caller as receiver or host body and wait for a word from them: at most `limit`, and how many there are. */
export const myPendingConfirmations = async (deps: QueryDeps, caller: Caller, limit: number): Promise<Asks> => {
  if (caller.kind === 'anyone') throw notFound()
  const { uris, total } = await deps.books.asked(caller.did, { perGiver: MOST_OF_ONE_GIVER, limit })
  const found: ActionView[] = []
  for (const uri of uris) {
    const doc = await readDoc(deps.books, 'action', `action:${uri}`)
    const view = doc === null ? null : await actionFor(deps, caller, 'everything', await openView(deps, doc))
    if (view !== null) found.push(view)
  }
  return { actions: found, total }
}
