// Host bodies (受入機関): who may receive help and attest it, and until when.

import { isWellFormedDid } from '../../atproto/did.ts'
import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import { isCivilDate } from '../journal/calendar.ts'
import { isCategory } from '../journal/categories.ts'
import type { HostRegistration } from '../journal/documents.ts'
import { isOthersResident } from '../journal/others-resident.ts'
import { readDoc } from '../queries/deps.ts'
import { isInactive } from './account-status.ts'
import { publish } from './admissions.ts'
import { meantCategory } from './misspelt.ts'
import type { Desks, Office } from './office.ts'
import type { DeskOperations } from './operations.ts'
import { refused } from './outcome.ts'
import { standingRecord } from './standing-record.ts'
import { underWay } from './under-way.ts'

const MAX_NAME = 256

export const hostBodyDeeds = (desks: Desks): Pick<DeskOperations, 'registerHostBody' | 'endHostBody'> => ({
  registerHostBody: (actor, { did, names, categories, validFrom }) =>
    desks.perform(actor, { deed: 'hostBody.add', on: did, publishes: true }, async (office) => {
      if (!isWellFormedDid(did)) return refused('hostBody.did-invalid', did)
      if (names.ja.trim() === '' || names.ja.length > MAX_NAME) return refused('hostBody.name-missing')
      const unknown = categories?.find((category) => !isCategory(category))
      if (unknown !== undefined) return refused('hostBody.category-unknown', meantCategory(unknown))
      if (!isCivilDate(validFrom)) return refused('hostBody.date-impossible', validFrom)
      if (await isInactive(office, did)) return refused('hostBody.account-inactive', did)
      const standing = await registrationOf(office, did)
      if (standing?.to === null || (await underWay(office, 'hostBody.add', did)) !== undefined)
        return refused('hostBody.already-registered', did)
      if (await belongsElsewhere(office, did)) return refused('hostBody.resident-elsewhere', did)
      return publish(
        office.record(nsid.hostBody, { did, names, ...(categories === undefined ? {} : { categories }), validFrom, nonce: nonce() }),
      )
    }),
  endHostBody: (actor, { did, validTo }) =>
    desks.perform(actor, { deed: 'hostBody.end', on: did, publishes: true }, async (office) => {
      const standing = await registrationOf(office, did)
      if (standing === undefined) return refused('hostBody.not-registered', did)
      if (!isCivilDate(validTo) || validTo < standing.from) return refused('hostBody.date-impossible', validTo)
      const record = await standingRecord(office, standing.uri, 'hostBody.not-registered', did)
      return record.ok ? publish({ ...record.value, record: { ...record.value.record, validTo, nonce: nonce() } }) : record
    }),
})

const registrationOf = async ({ books, codes }: Office, did: string): Promise<HostRegistration | undefined> =>
  (await readDoc(books, 'hosts', `hosts:${did}`))?.registrations.findLast(({ code }) => codes.includes(code))

/** As the books will judge: whoever belongs to another town is an organisation only once that town has said so. */
const belongsElsewhere = async ({ books, town, mergers, today }: Office, did: string): Promise<boolean> => {
  const admissions = await readDoc(books, 'admissions', `admissions:${did}`)
  const registrations = (await readDoc(books, 'hosts', `hosts:${did}`))?.registrations ?? []
  return isOthersResident({ admissions, registrations, mergers }, town.code, today)
}
