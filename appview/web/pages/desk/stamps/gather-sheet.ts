// What a sheet's pages show beside the sheet: names from the register, who did what with it, and what of it the books hold by now.

import { notFound } from '../../../../auth/access.ts'
import type { SheetView } from '../../../../desk/operations.ts'
import type { Outcome, Reason } from '../../../../desk/outcome.ts'
import { GIVEN } from '../../../../journal/chart.ts'
import { fiscalYearOf } from '../../../../journal/calendar.ts'
import type { PagesDeps } from '../../deps.ts'
import type { Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import type { AtDesk } from '../door.ts'
import type { Booked, Person, SheetPageView } from './sheet-parts.ts'

/** The value, or why not; a draft that is not there is a page that is not there. */
export const orMissing = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value
  throw notFound()
}

type More = {
  readonly reasons?: readonly Reason[]
  readonly done?: Words | null
  readonly input?: SheetPageView['input']
  readonly all?: string
}

export const gatherSheet = async (deps: PagesDeps, at: AtDesk, view: SheetView, more: More = {}): Promise<SheetPageView> => {
  const { draft, sheet } = view
  const hostBody = sheet.hostBody ?? null
  const named = async (did: string | null) => (did === null ? null : nameOf(deps, did))
  return {
    view,
    people: await peopleOn(deps, at, view),
    hostName: hostBody === null ? null : await hostNameOf(deps, hostBody),
    proposedBy: await named(draft.proposedBy),
    approvedBy: await named(draft.approvedBy),
    booked: draft.state === 'done' ? await bookedOf(deps, at, view) : null,
    input: more.input ?? null,
    all: more.all ?? String(sheet.minutes),
    reasons: more.reasons ?? [],
    done: more.done ?? null,
  }
}

/** By id and by DID: names of the register, for those who may read it; else the handles of accounts. */
const peopleOn = async (deps: PagesDeps, { actor }: AtDesk, { sheet }: SheetView): Promise<ReadonlyMap<string, Person>> => {
  const ids = sheet.rows.flatMap(({ who }) => ('resident' in who ? [who.resident] : []))
  const dids = sheet.rows.flatMap(({ who }) => ('did' in who ? [who.did] : []))
  if (ids.length + dids.length === 0) return new Map()
  const found = await deps.desks.residents(actor, { ids, dids })
  const known = found.ok ? found.value : []
  const handles = dids
    .filter((did) => !known.some((resident) => resident.did === did))
    .map(async (did) => [did, { name: await nameOf(deps, did), isProtected: false }] as const)
  return new Map([
    ...(await Promise.all(handles)),
    ...known.flatMap(({ id, did, name, isProtected }) => {
      const person: Person = { name, isProtected }
      return [[id, person] as const, ...(did === null ? [] : [[did, person] as const])]
    }),
  ])
}

const hostNameOf = async (deps: PagesDeps, did: string): Promise<Words> => {
  const doc = (await deps.books.load([`hosts:${did}`])).get(`hosts:${did}`)
  const names = doc?.kind === 'hosts' ? doc.registrations.at(-1)?.names : undefined
  return names === undefined ? { ja: did, en: did } : { ja: names.ja, en: names.en ?? names.ja }
}

/** Of the lines sent, those in the books; and what the whole town gave in that year. */
const bookedOf = async (deps: PagesDeps, { actor }: AtDesk, { sheet, lines }: SheetView): Promise<Booked> => {
  const uris = lines.flatMap(({ state, action }) => (state === 'sent' && action !== null ? [action] : []))
  const docs = await deps.books.load(uris.map((uri) => `action:${uri}`))
  const minutes = [...docs.values()].flatMap((doc) => (doc?.kind === 'action' && doc.recognised !== null ? [doc.recognised.minutes] : []))
  const fiscalYear = fiscalYearOf(sheet.performedOn)
  const { statement } = await deps.queries.statementFor({ kind: 'account', did: actor.did }, { scope: actor.town, fiscalYear })
  return {
    lines: minutes.length,
    minutes: minutes.reduce((sum, one) => sum + one, 0),
    fiscalYear,
    ofTown: 'hidden' in statement ? null : (statement.units.MIN.PL[GIVEN] ?? 0),
  }
}
