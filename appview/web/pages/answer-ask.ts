// Answering somebody who asks to be confirmed, bound to the version one has seen: privately, which the municipality publishes without the name; or,
// where one chooses so and for bodies always, as a public record of one's own.

import { toDatetime } from '../../../atproto/datetime.ts'
import { nonce } from '../../../atproto/nonce.ts'
import { nsid } from '../../../lexicons/authority.ts'
import { XrpcError, invalidRequest } from '../../../server/xrpc-error.ts'
import { hiddenOf, notFound } from '../../auth/access.ts'
import type { Verdict } from '../../confirm/confirm-privately.ts'
import { confirmRefusal } from '../../confirm/refusals.ts'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import type { Fields } from './form.ts'
import { untilBooked } from './until-booked.ts'

const parseVerdict = (text: string): Verdict => {
  if (text === 'confirmed' || text === 'rejected') return text
  throw invalidRequest('A verdict is confirmed or rejected')
}

/** What was done, as the page that comes next is told. */
export type Answered = Verdict | `${Verdict}-privately`

/** Throws NotFound for an act that asks nothing of this person, 409 when it changed since the page was made, and why it cannot be confirmed privately. */
export const answerAsk = async (deps: PagesDeps, session: Session, field: Fields): Promise<Answered> => {
  const verdict = parseVerdict(field('verdict'))
  const [uri, cid] = [field('uri'), field('cid')]
  const doc = (await deps.books.load([`action:${uri}`])).get(`action:${uri}`)
  if (doc?.kind !== 'action' || doc.repo === session.did || (await hiddenOf(deps.books, [doc.repo])).size > 0) throw notFound()
  const isHost = doc.hostBody === session.did
  if (!isHost && !doc.beneficiaries.some(({ did }) => did === session.did)) throw notFound()
  if (doc.cid !== cid) throw new XrpcError(409, 'Changed', 'The act was changed since it was shown')
  if (isHost || field('public') === 'yes') {
    const written = await deps.writes.createRecordFor(session, nsid.confirmation, {
      subject: { uri, cid },
      role: isHost ? 'hostBody' : 'beneficiary',
      verdict,
      nonce: nonce(),
      createdAt: toDatetime(deps.clock.civilMs()),
    })
    await untilBooked(deps, written.uri, written.cid)
    return verdict
  }
  const outcome = await deps.confirm(session.did, { uri, cid, verdict, hasCode: false })
  if (!outcome.ok) throw refusalOf(confirmRefusal(outcome.code))
  await untilBooked(deps, outcome.uri)
  return `${verdict}-privately`
}

const refusalOf = ({ status, error, en, code }: ReturnType<typeof confirmRefusal>): XrpcError =>
  new XrpcError(status, error, `${en} (${code})`)
