// Changes of an account's status. Deactivated or taken down hides content and books nothing; deleted withdraws open claims after a grace of 30 days.

import { addDays, midnightOf } from './calendar.ts'
import { withdrawAction } from './claims.ts'
import { occasionOfDue, occasionOfRow, type Draft } from './draft.ts'
import type { Due, IntakeRow } from './model.ts'

const GRACE_DAYS = 30
const DELETED = 'deleted'

const erasureDue = (did: string, at: string): Due => ({ at, kind: 'account-erasure', uri: `at://${did}` })

export const decideAccount = (draft: Draft, row: IntakeRow): void => {
  const standing = draft.get('account', row.repo)
  const { active, status } = row.account ?? { active: true, status: null }
  const isDeleted = !active && status === DELETED
  if (isDeleted && standing?.status === DELETED) return
  if (standing?.erasesAt != null) draft.cancel(erasureDue(row.repo, standing.erasesAt))
  if (active) return draft.put('account', row.repo, null)
  const erasesAt = isDeleted ? midnightOf(addDays(occasionOfRow(row).day, GRACE_DAYS)) : null
  draft.put('account', row.repo, { kind: 'account', status: status ?? 'inactive', erasesAt })
  if (erasesAt !== null) draft.schedule(erasureDue(row.repo, erasesAt))
}

/** The grace is over: open claims of the person are withdrawn. */
export const eraseAccount = (draft: Draft, due: Due): void => {
  const did = due.uri.slice('at://'.length)
  draft.want([`account:${did}`, `giver:P:${did}`, `giver:O:${did}`])
  if (draft.get('account', did)?.erasesAt !== due.at) return
  const open = [`P:${did}`, `O:${did}`].flatMap((giver) => draft.get('giver', giver)?.open ?? [])
  draft.want(open.map((uri) => `action:${uri}`))
  for (const uri of open) {
    const action = draft.get('action', uri)
    if (action !== null) withdrawAction(draft, action, occasionOfDue(due), [], `/${uri}`)
  }
}
