// An action and its entries as one caller may see them: a party and the desk whole, who attested it their own word and lines alone. What the owner
// of an account that is not active wrote is shown to nobody else.

import type { Caller } from '../auth/caller.ts'
import { hiddenOf } from '../auth/access.ts'
import type { RecordSight } from '../auth/access.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { QueryDeps } from './deps.ts'
import type { ActionView, TransactionView } from './views.ts'

/** Null where the caller sees nothing of the action but their own word. */
export const actionFor = async (
  { books }: QueryDeps,
  caller: Caller,
  sight: RecordSight,
  view: ActionView | null,
): Promise<ActionView | null> => {
  if (view === null || caller.kind === 'anyone' || sight === 'nothing' || sight === 'own') return null
  const hidden = await hiddenOf(
    books,
    view.confirmations.map(({ author }) => author),
  )
  const isShown = (author: string): boolean => author === caller.did || (sight === 'everything' && !hidden.has(author))
  return { ...view, confirmations: view.confirmations.filter(({ author }) => isShown(author)) }
}

/**
 * Whether somebody who sees an action may know why it, or a word on it, was refused: its giver, whose record it is, and the desk. A reason may tell who
 * lives with whom; whom the giver only names learns that it was refused.
 */
export const isToldWhy = (caller: Caller, uri: string, action: ActionDoc | null): boolean => {
  if (caller.kind === 'anyone' || action === null || action.repo === caller.did || uri.startsWith(`at://${caller.did}/`)) return true
  return action.hostBody !== caller.did && !action.beneficiaries.some(({ did }) => did === caller.did)
}

export const withoutReason = (view: ActionView): ActionView => {
  const { refusal: _, ...rest } = view
  return rest
}

/** The lines and sources that are the caller's own, and of what they had a part in only. `about`: the action itself, which they know of. */
export const ownPartOf = (caller: Caller, about: string, transactions: readonly TransactionView[]): readonly TransactionView[] => {
  if (caller.kind === 'anyone') return []
  const own = `at://${caller.did}/`
  const entities = new Set([`P:${caller.did}`, `O:${caller.did}`])
  return transactions
    .map((one) => ({
      ...one,
      sources: one.sources.filter((source) => source === about || source.startsWith(own)),
      lines: one.lines.filter(({ entity }) => entities.has(entity)),
    }))
    .filter(({ lines, sources }) => lines.length > 0 || sources.some((source) => source.startsWith(own)))
}
