// Admissions: the town says in public that somebody takes part as its resident, and when that ends. Protected persons are never named in public.

import { isWellFormedDid } from '../../atproto/did.ts'
import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import { isCivilDate } from '../journal/calendar.ts'
import { isAdmittedAlready } from '../journal/decide-admission.ts'
import type { Span } from '../journal/documents.ts'
import { readDoc } from '../queries/deps.ts'
import type { Publication } from '../store/work.ts'
import { isInactive } from './account-status.ts'
import { uriOf } from './entry.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations, Published } from './operations.ts'
import { refused } from './outcome.ts'
import { standingRecord } from './standing-record.ts'
import { underWay } from './under-way.ts'

export const admissionDeeds = (desks: Desks): Pick<DeskOperations, 'admit' | 'endAdmission'> => ({
  admit: (actor, { did, from }) =>
    desks.perform(actor, { deed: 'admission.add', on: did, publishes: true }, async (office) => {
      if (!isWellFormedDid(did)) return refused('admission.did-invalid', did)
      if (!isCivilDate(from)) return refused('admission.date-impossible', from)
      const { books, desk, town, mergers, today } = office
      if ((await desk.residentsBehind(town.code, [did])).get(did)?.isProtected === true) return refused('admission.protected')
      if (await isInactive(office, did)) return refused('admission.account-inactive', did)
      const spans = (await readDoc(books, 'admissions', `admissions:${did}`))?.spans ?? []
      const stands = isAdmittedAlready(spans, mergers, { code: town.code, from, day: today })
      if (stands || (await underWay(office, 'admission.add', did)) !== undefined) return refused('admission.already-admitted', did)
      return publish(office.record(nsid.admission, { subject: did, from, nonce: nonce() }))
    }),
  endAdmission: (actor, { did, until }) =>
    desks.perform(actor, { deed: 'admission.end', on: did, publishes: true }, async (office) => {
      if (!isWellFormedDid(did)) return refused('admission.did-invalid', did)
      const standing = await admissionOf(office, did)
      if (standing === undefined) return refused('admission.not-admitted', did)
      if (!isCivilDate(until) || until < standing.statedFrom) return refused('admission.date-impossible', until)
      const record = await standingRecord(office, standing.uri, 'admission.not-admitted', did)
      return record.ok ? publish({ ...record.value, record: { ...record.value.record, until, nonce: nonce() } }) : record
    }),
})

/** A record on its way, its uri in the trail. */
export const publish = (publication: Publication): Plan<Published> => {
  const uri = uriOf(publication)
  return { ok: true, value: { uri }, changes: { publish: [publication] }, detail: { uri } }
}

/** The newest admission of this town, where no other town's has begun since: until a move begins, they belong here. */
const admissionOf = async ({ books, codes, today }: Office, did: string): Promise<Span | undefined> => {
  const spans = (await readDoc(books, 'admissions', `admissions:${did}`))?.spans ?? []
  const at = spans.findLastIndex(({ code }) => codes.includes(code))
  return spans.slice(at + 1).every(({ from }) => from > today) ? spans[at] : undefined
}
