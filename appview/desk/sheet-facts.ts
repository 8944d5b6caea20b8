// What the books and the register know of the people on a sheet, read in two rounds: who they are, then what they did that day.

import { isWellFormedDid } from '../../atproto/did.ts'
import type { ActionDoc, AdmissionsDoc, Doc, GiverDoc, HostsDoc, PoliciesDoc } from '../journal/documents.ts'
import { dayIn, daysKey } from '../journal/giver-days.ts'
import { policyOn } from '../journal/policy.ts'
import { entityOf, isHostOn } from '../journal/residence.ts'
import type { Books } from '../store/store.ts'
import type { Office } from './office.ts'
import type { StampRow, StampSheet } from './operations.ts'
import { inOneCase } from './parse-sheet.ts'

/** Of one line: whose it is, and the record of theirs that it would confirm. `entity` null: nobody is known behind it. */
export type RowFacts = {
  readonly did: string | null
  readonly entity: string | null
  readonly isKnown: boolean
  readonly admissions: AdmissionsDoc | null
  readonly action: ActionDoc | null
  /** A card that has records of that body already, and differs from this one in capitals alone. */
  readonly knownAs: string | null
  /** Minutes claimed on that day already. */
  readonly minutesThatDay: number
}

export type SheetFacts = {
  readonly rows: readonly RowFacts[]
  /** Codes of the town, and of what has become part of it. */
  readonly codes: readonly string[]
  readonly minutesPerAct: number
  readonly minutesPerDay: number
  readonly isHostThatDay: boolean
  readonly hasHostAccount: boolean
}

export const factsOf = async (office: Office, sheet: StampSheet): Promise<SheetFacts> => {
  const { books, desk, town, codes, accounts } = office
  const ids = sheet.rows.flatMap(({ who }) => ('resident' in who ? [who.resident] : []))
  const residents = await desk.residentsOf(town.code, ids)
  const didOf = ({ who }: StampRow): string | null =>
    'did' in who ? who.did : 'resident' in who ? (residents.get(who.resident)?.did ?? null) : null
  const { hostBody = null } = sheet
  const dids = sheet.rows.flatMap((row) => didOf(row) ?? [])
  const hostKeys = [...new Set([...dids, ...(hostBody === null ? [] : [hostBody])])].map((did) => `hosts:${did}`)
  const known = await books.load([`policies:${town.code}`, ...hostKeys, ...dids.map((did) => `admissions:${did}`)])
  const hosts = (did: string): HostsDoc | null => kindOf(known.get(`hosts:${did}`), 'hosts')
  const entities = sheet.rows.map(({ who }, index) => {
    if ('card' in who) return hostBody === null ? null : `C:${hostBody}/${who.card}`
    const did = didOf(sheet.rows[index] ?? { who })
    return did === null ? null : entityOf(did, hosts(did))
  })
  const policies: PoliciesDoc | null = kindOf(known.get(`policies:${town.code}`), 'policies')
  const { minutesPerAct, minutesPerDay } = policyOn(policies, office.today)
  const did = await actsOf(books, sheet, codes, entities)
  const isOfCards = hostBody !== null && sheet.rows.some(({ who }) => 'card' in who)
  const cards = isOfCards ? await cardsOf(books, hostBody) : new Map<string, readonly string[]>()
  return {
    rows: sheet.rows.map((row, index) => {
      const whose = didOf(row)
      const entity = entities[index] ?? null
      return {
        did: whose,
        entity,
        isKnown: 'card' in row.who || isWellFormedDid(whose),
        admissions: whose === null ? null : kindOf(known.get(`admissions:${whose}`), 'admissions'),
        action: entity === null ? null : (did.actions.get(entity) ?? null),
        knownAs: 'card' in row.who ? otherThan(row.who.card, cards) : null,
        minutesThatDay: entity === null ? 0 : (did.minutes.get(entity) ?? 0),
      }
    }),
    codes,
    minutesPerAct,
    minutesPerDay,
    isHostThatDay: hostBody !== null && isHostOn(hosts(hostBody), sheet.performedOn),
    hasHostAccount: hostBody !== null && (await accounts.get(hostBody)) !== undefined,
  }
}

const CARDS_READ = 1_000

/** Cards of a host body that have records, by what they are when capitals do not count. */
const cardsOf = async (books: Books, hostBody: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const prefix = `giver:C:${hostBody}/`
  const cards: string[] = []
  for (let after: string | null = null; ;) {
    const keys: readonly string[] = await books.keys(prefix, after, CARDS_READ)
    cards.push(...keys.map((key) => key.slice(prefix.length)))
    if (keys.length < CARDS_READ) return Map.groupBy(cards, inOneCase)
    after = keys.at(-1) ?? null
  }
}

/** Null where the card itself has records, or none is like it. */
const otherThan = (card: string, cards: ReadonlyMap<string, readonly string[]>): string | null => {
  const alike = cards.get(inOneCase(card)) ?? []
  return alike.includes(card) ? null : (alike[0] ?? null)
}

/** Of each giver the record of this event, else an open one of that day in this town. */
const actsOf = async (
  books: Books,
  { eventId, performedOn, category }: StampSheet,
  codes: readonly string[],
  all: readonly (string | null)[],
) => {
  const entities = [...new Set(all.flatMap((entity) => entity ?? []))]
  const keysOf = (entity: string): string[] => [`giver:${entity}`, daysKey(entity, performedOn), `event:${entity}/${eventId}`]
  const first = await books.load(entities.flatMap(keysOf))
  const givers = new Map<string, GiverDoc>()
  const minutes = new Map<string, number>()
  const ofEvent = new Map<string, string>()
  for (const entity of entities) {
    const giver = kindOf(first.get(`giver:${entity}`), 'giver')
    const event = kindOf(first.get(`event:${entity}/${eventId}`), 'event')
    if (giver !== null) givers.set(entity, giver)
    minutes.set(entity, dayIn(kindOf(first.get(daysKey(entity, performedOn)), 'days'), performedOn).minutes)
    if (event !== null) ofEvent.set(entity, event.action)
  }
  const uris = [...ofEvent.values(), ...[...givers.values()].flatMap(({ open }) => open)]
  const docs = await books.load([...new Set(uris)].map((uri) => `action:${uri}`))
  const actionAt = (uri: string | undefined): ActionDoc | null => (uri === undefined ? null : kindOf(docs.get(`action:${uri}`), 'action'))
  const actions = new Map<string, ActionDoc>()
  for (const entity of entities) {
    const open = (givers.get(entity)?.open ?? []).map(actionAt).filter((action) => action !== null)
    const here = open.filter(({ municipality }) => codes.includes(municipality))
    const thatDay = here.filter((action) => action.performedOn === performedOn && action.eventId === null)
    const found = actionAt(ofEvent.get(entity)) ?? thatDay.find((action) => action.category === category) ?? thatDay[0]
    if (found !== undefined) actions.set(entity, found)
  }
  return { actions, minutes }
}

type DocOf<K extends Doc['kind']> = Extract<Doc, { readonly kind: K }>

const kindOf = <K extends Doc['kind']>(doc: Doc | null | undefined, kind: K): DocOf<K> | null =>
  doc !== null && doc !== undefined && isKind(doc, kind) ? doc : null

const isKind = <K extends Doc['kind']>(doc: Doc, kind: K): doc is DocOf<K> => doc.kind === kind
