// What waits at a desk.

import type { Outcome } from '../../../desk/outcome.ts'
import type { PagesDeps } from '../deps.ts'
import type { AtDesk } from './door.ts'
import type { HomeView } from './home.ts'
import { ROLE_WORDS } from './staff.ts'

const MOST = 20

/** What a role may not read is left out. */
const orNone = <T>(outcome: Outcome<T>, none: T): T => (outcome.ok ? outcome.value : none)

export const gatherHome = async ({ desks }: PagesDeps, { actor, held }: AtDesk): Promise<HomeView> => {
  const drafts = async (state: 'draft' | 'proposed') =>
    orNone(await desks.drafts(actor, { state, limit: MOST }), { items: [], cursor: null }).items
  const flags = orNone(await desks.flags(actor, { limit: MOST }), { items: [], cursor: null }).items
  return {
    roles: held.map((role) => ROLE_WORDS[role]),
    proposed: await drafts('proposed'),
    drafts: await drafts('draft'),
    disputes: orNone(await desks.disputes(actor), []),
    flags: flags.filter(({ isDismissed }) => !isDismissed).length,
  }
}
