// Taking back a record of one's own: it is deleted in the person's repo, and what was booked is offset when the books see that.

import { nsid } from '../../../lexicons/authority.ts'
import { notFound } from '../../auth/access.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import { untilBooked } from './until-booked.ts'

/** Throws NotFound for a record the books have not seen, or see no more. */
export const withdrawAct = async (deps: PagesDeps, session: Session, rkey: string): Promise<void> => {
  const uri = `at://${session.did}/${nsid.action}/${rkey}`
  const [row] = await deps.books.rows({ uri, limit: 1 })
  if (row === undefined || row.action === 'delete') throw notFound()
  await deps.writes.deleteRecordFor(session, nsid.action, rkey)
  await untilBooked(deps, uri, null)
}
