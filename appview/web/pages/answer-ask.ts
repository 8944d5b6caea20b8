// Answering somebody who asks to be confirmed: a public record of one's own that binds to the version one has seen.

import { toDatetime } from '../../../atproto/datetime.ts'
import { nsid } from '../../../lexicons/authority.ts'
import { XrpcError, invalidRequest } from '../../../server/xrpc-error.ts'
import { hiddenOf, notFound } from '../../auth/access.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import type { Fields } from './form.ts'
import { untilBooked } from './until-booked.ts'

export type Verdict = 'confirmed' | 'rejected'

const parseVerdict = (text: string): Verdict => {
  if (text === 'confirmed' || text === 'rejected') return text
  throw invalidRequest('A verdict is confirmed or rejected')
}

/** Throws NotFound for an act that asks nothing of this person, 409 when it changed since the page was made. */
export const answerAsk = async (deps: PagesDeps, session: Session, field: Fields): Promise<Verdict> => {
  const verdict = parseVerdict(field('verdict'))
  const [uri, cid] = [field('uri'), field('cid')]
  const doc = (await deps.books.load([`action:${uri}`])).get(`action:${uri}`)
  if (doc?.kind !== 'action' || doc.repo === session.did || (await hiddenOf(deps.books, [doc.repo])).size > 0) throw notFound()
  const isHost = doc.hostBody === session.did
  if (!isHost && !doc.beneficiaries.some(({ did }) => did === session.did)) throw notFound()
  if (doc.cid !== cid) throw new XrpcError(409, 'Changed', 'The act was changed since it was shown')
  const written = await deps.writes.createRecordFor(session, nsid.confirmation, {
    subject: { uri, cid },
    role: isHost ? 'hostBody' : 'beneficiary',
    verdict,
    createdAt: toDatetime(deps.clock.civilMs()),
  })
  await untilBooked(deps, written.uri, written.cid)
  return verdict
}
