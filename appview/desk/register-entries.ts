// Facts of the register that the books need, each published as an entry without its content: who stands behind a pool line, who lives together, who died.

import { isDeepStrictEqual } from 'node:util'
import { isCivilDate } from '../journal/calendar.ts'
import { namesOther } from '../journal/decide-register.ts'
import { fieldsOf, listOf } from '../journal/fields.ts'
import type { Json } from '../journal/model.ts'
import { scopeOn, spanOn } from '../journal/residence.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import { hasPartIn } from './disputes.ts'
import type { EntryKind } from './entry.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations, Published } from './operations.ts'
import { refused } from './outcome.ts'
import type { DeedName } from './permissions.ts'
import { underWay } from './under-way.ts'

const MAX_HOUSEHOLD = 32
/** Beyond so many later entries the same household is published once more, which changes nothing. */
const MOST_READ = 1_000

export const registerEntryDeeds = (desks: Desks): Pick<DeskOperations, 'mapReceiver' | 'publishHousehold' | 'recordDeath'> => ({
  mapReceiver: (actor, { action: uri, index, resident: id }) =>
    desks.perform(actor, { deed: 'receiver.map', on: uri, publishes: true }, async (office) => {
      const { books, desk, town, codes } = office
      const action = await readDoc(books, 'action', `action:${uri}`)
      if (action?.recognised == null || !hasPartIn(office, action)) return refused('receiver.action-unknown', uri)
      const share = action.recognised.shares[index]
      if (share === undefined || !codes.some((code) => share.entity === `X:${code}`))
        return refused('receiver.index-invalid', String(index))
      const did = (await desk.resident(town.code, id))?.did ?? null
      if (did === null) return refused('receiver.unknown', id)
      if (actor.did === did) return refused('receiver.own-share')
      const giver = action.giver.slice(2)
      if (giver === did) return refused('receiver.is-giver')
      if (namesOther(action, index, did)) return refused('receiver.named-otherwise')
      if (await isSameHousehold(books, giver, did)) return refused('receiver.same-household')
      const place = `${action.leaf}/${action.op}/${index}`
      const standing = (await readDoc(books, 'mapped', `mapped:${place}`))?.did ?? null
      // Who was named in error gives way; what another town has said stands.
      if (standing !== null && (standing === did || !(await isOurs(office, standing, place)))) return refused('receiver.already-mapped')
      const mapping = { action: uri, cid: action.cid, index, did }
      return publishOnce(office, { deed: 'receiver.map', on: uri, kind: 'receiver' }, mapping, [did])
    }),
  publishHousehold: (actor, household) =>
    desks.perform(actor, { deed: 'household.publish', on: household, publishes: true }, async (office) => {
      const { desk, town } = office
      const members = (await desk.household(town.code, household)).flatMap(({ did }) => did ?? [])
      if (household === '' || members.length === 0 || members.length > MAX_HOUSEHOLD)
        return refused('household.too-small', String(members.length))
      for (const did of members) {
        const code = scopeOn(await readDoc(office.books, 'admissions', `admissions:${did}`), office.today)
        if (code !== undefined && !office.codes.includes(code)) return refused('household.resident-elsewhere', did)
      }
      // The newest word about any of them holds: the same again changes nothing.
      const known = await desk.entries(town.code, { kind: 'household', limit: MOST_READ })
      const newest = known.find(({ payload }) => membersOf(payload).some((did) => members.includes(did)))
      if (newest !== undefined && isDeepStrictEqual(membersOf(newest.payload).toSorted(), members.toSorted()))
        return { ok: true, value: { uri: newest.uri }, detail: { again: true } }
      return publishEntry(office, 'household', { members }, members)
    }),
  recordDeath: (actor, { did, on }) =>
    desks.perform(actor, { deed: 'death.record', on: did, publishes: true }, async (office) => {
      if (!isCivilDate(on) || on > office.today) return refused('death.date-impossible', on)
      const spans = (await readDoc(office.books, 'admissions', `admissions:${did}`))?.spans ?? []
      const span = spanOn(spans, office.today)
      if (span === undefined || !office.codes.includes(span.code)) return refused('death.not-resident', did)
      return publishOnce(office, { deed: 'death.record', on: did, kind: 'death' }, { did, on }, [did])
    }),
})

/** Whether this town has said that somebody stands behind a receiver. */
const isOurs = async ({ books, codes }: Office, did: string, place: string): Promise<boolean> =>
  ((await readDoc(books, 'pool', `pool:${did}`))?.mapped ?? []).some(
    ({ action, index, town, until }) => until === undefined && `${action}/${index}` === place && codes.includes(town),
  )

/** As the books know it: the same document stands under each member. */
const isSameHousehold = async (books: Books, one: string, other: string): Promise<boolean> => {
  const household = await readDoc(books, 'household', `household:${one}`)
  return household !== null && isDeepStrictEqual(household, await readDoc(books, 'household', `household:${other}`))
}

const membersOf = (payload: Json): readonly string[] =>
  (listOf(fieldsOf(payload)?.['members']) ?? []).filter((did) => typeof did === 'string')

type Said = { readonly deed: DeedName; readonly on: string; readonly kind: EntryKind }

/** The same that is on its way already, and that the books do not know yet, is not said again. */
const publishOnce = async (office: Office, { deed, on, kind }: Said, payload: Json, about: readonly string[]): Promise<Plan<Published>> => {
  const uri = await underWay(office, deed, on)
  const said = uri === undefined ? null : await office.desk.entryAt(office.town.code, uri)
  if (said !== null && isDeepStrictEqual(said.payload, payload)) return { ok: true, value: { uri: said.uri }, detail: { again: true } }
  return publishEntry(office, kind, payload, about)
}

export const publishEntry = (office: Office, kind: EntryKind, payload: Json, about: readonly string[]): Plan<Published> => {
  const { entry, publication } = office.entry({ kind, payload, about })
  return { ok: true, value: { uri: entry.uri }, changes: { entries: [entry], publish: [publication] }, detail: { uri: entry.uri } }
}
