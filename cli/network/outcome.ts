// What became of a record in the books, asked of the appview as the person who wrote it, through the same service token any app would use.

import { method } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { XrpcRefused, type Session } from '../xrpc-client.ts'
import { queryAs } from './as-person.ts'

const PATIENCE_MS = 10_000
const POLL_MS = 100

type Fields = Readonly<Record<string, unknown>>
export type Outcome =
  | { readonly kind: 'booked' | 'waiting' | 'unknown' }
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string }

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])

const trace = (session: Session, appview: string, record: { uri: string; cid: string }): Promise<Fields> =>
  queryAs(session, appview, method.traceWrite, record)

const outcomeOf = (answer: Fields): Outcome => {
  const steps = fields(answer['steps'])
  if (steps['log'] === undefined) return { kind: 'unknown' }
  const [refusal] = list(steps['refusals'])
  if (refusal !== undefined) {
    const sentence = fields(refusal['sentence'])
    return { kind: 'refused', code: String(refusal['code']), sentence: `${String(sentence['en'])} ${String(sentence['ja'])}` }
  }
  return { kind: list(steps['transactions']).some((one) => String(one['kind']).startsWith('recognise')) ? 'booked' : 'waiting' }
}

/** Waits until the record has its place in the log, for some seconds. 'unknown': it has not arrived by then, or nobody answers. */
export const outcomeInBooks = async (session: Session, appview: string, record: { uri: string; cid: string }): Promise<Outcome> => {
  const clock = systemClock()
  for (const deadline = clock.monotonicMs() + PATIENCE_MS; clock.monotonicMs() < deadline; await clock.sleep(POLL_MS)) {
    const outcome = await trace(session, appview, { uri: record.uri, cid: record.cid }).then(outcomeOf, (error: unknown): Outcome => {
      if (error instanceof XrpcRefused || error instanceof TypeError) return { kind: 'unknown' }
      throw error
    })
    if (outcome.kind !== 'unknown') return outcome
  }
  return { kind: 'unknown' }
}
