// Changes of an account's status. Deactivated or taken down hides content and books nothing; deleted, after a grace of 30 days, withdraws open claims
// and erases the person. A municipality stays who it is: its acts are an office's.

import { addDays, midnightOf } from './calendar.ts'
import { withdrawAction } from './claims.ts'
import { occasionOfDue, occasionOfRow, type Draft } from './draft.ts'
import { erasedName } from './erasure.ts'
import type { Due, IntakeRow } from './model.ts'

const GRACE_DAYS = 30
const DELETED = 'deleted'
const LEAF_DIGITS = 12

// By the leaf of the deletion, so that of several that fall due at one instant the order does not hang on who they are.
const erasureDue = (did: string, leaf: number, at: string): Due => ({
  at,
  kind: 'account-erasure',
  uri: `${String(leaf).padStart(LEAF_DIGITS, '0')}/${did}`,
})

/** Whose erasure is due. */
export const erasedIn = (due: Due): string => due.uri.slice(LEAF_DIGITS + 1)

export const decideAccount = (draft: Draft, row: IntakeRow): void => {
  const standing = draft.get('account', row.repo)
  const { active, status } = row.account ?? { active: true, status: null }
  const isDeleted = !active && status === DELETED
  if (isDeleted && standing?.status === DELETED) return
  if (standing?.erasesAt != null) draft.cancel(erasureDue(row.repo, standing.leaf, standing.erasesAt))
  if (active) return draft.put('account', row.repo, null)
  const erasesAt = isDeleted ? midnightOf(addDays(occasionOfRow(row).day, GRACE_DAYS)) : null
  draft.put('account', row.repo, { kind: 'account', status: status ?? 'inactive', erasesAt, leaf: row.leaf })
  if (erasesAt !== null) draft.schedule(erasureDue(row.repo, row.leaf, erasesAt))
}

/** The grace is over: open claims of the person are withdrawn, and the person is erased. */
export const eraseAccount = (draft: Draft, due: Due): void => {
  const did = erasedIn(due)
  draft.want(() => [`account:${did}`, `giver:P:${did}`, `giver:O:${did}`, 'erasures:all'])
  if (draft.get('account', did)?.erasesAt !== due.at) return
  withdrawClaims(draft, did, due)
  if (draft.roster.some((town) => town.did === did)) return
  const count = (draft.get('erasures', 'all')?.count ?? 0) + 1
  draft.put('erasures', 'all', { kind: 'erasures', count })
  draft.erase({ did, name: erasedName(count) })
}

/** Withdraws what waits for a confirmation. */
export const withdrawClaims = (draft: Draft, did: string, due: Due): void => {
  const open = [`P:${did}`, `O:${did}`].flatMap((giver) => draft.get('giver', giver)?.open ?? [])
  draft.want(() => open.map((uri) => `action:${uri}`))
  for (const uri of open) {
    const action = draft.get('action', uri)
    if (action !== null) withdrawAction(draft, action, occasionOfDue(due), [], `/${uri}`)
  }
}
