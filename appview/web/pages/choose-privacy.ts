// Who may see one's statement: the one field of one's profile that a page changes. The rest of it stays.

import { toDatetime } from '../../../atproto/datetime.ts'
import { nsid } from '../../../lexicons/authority.ts'
import { invalidRequest } from '../../../server/xrpc-error.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import { untilBooked } from './until-booked.ts'

export type Visibility = 'private' | 'public'

const PROFILE_KEY = 'self'

const profileOf = async ({ books }: PagesDeps, did: string): Promise<Readonly<Record<string, unknown>>> => {
  const [row] = await books.rows({ uri: `at://${did}/${nsid.profile}/${PROFILE_KEY}`, limit: 1 })
  const value = row === undefined || row.action === 'delete' ? null : row.value
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

export const visibilityOf = async (deps: PagesDeps, did: string): Promise<Visibility> =>
  (await profileOf(deps, did))['statementVisibility'] === 'public' ? 'public' : 'private'

/** Throws InvalidRequest for anything but the two. */
export const choosePrivacy = async (deps: PagesDeps, session: Session, choice: string): Promise<void> => {
  if (choice !== 'private' && choice !== 'public') throw invalidRequest('A statement is private or public')
  const profile = await profileOf(deps, session.did)
  const written = await deps.writes.putRecordFor(session, nsid.profile, PROFILE_KEY, {
    createdAt: toDatetime(deps.clock.civilMs()),
    ...profile,
    statementVisibility: choice,
  })
  await untilBooked(deps, written.uri, written.cid)
}
