// Rulings of this town that took an act back, as the books have them: what they were about, until when there can be an appeal, what followed.

import { dayOf } from '../journal/calendar.ts'
import { lastDayOfAppeal } from '../journal/appeals.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { RulingDoc } from '../journal/documents-desk.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import { isRunning } from '../journal/suspensions.ts'
import { readDoc } from '../queries/deps.ts'
import type { Draft, DraftKind } from '../store/desk.ts'
import type { Books } from '../store/store.ts'
import type { Desks, Office } from './office.ts'
import type { DeskOperations, SuspensionView, UpheldRulingView } from './operations.ts'
import { done } from './outcome.ts'

/** So many keys are read at a time, so many rulings shown, and so many drafts looked at. */
const PAGE = 200
const SHOWN = 100
const DRAFTS = 500

export const upheldRulingDeeds = (desks: Desks): Pick<DeskOperations, 'upheldRulings'> => ({
  upheldRulings: (actor) => desks.look(actor, 'dispute.read', async (office) => done(await viewsOf(office))),
})

/** Towns of this desk: its own, and those that are part of it by now. */
const spokesmen = ({ roster, codes }: Office): readonly string[] => roster.filter(({ code }) => codes.includes(code)).map(({ did }) => did)

/** A ruling this desk answers for; null where there is none. */
export const rulingAt = async (office: Office, uri: string): Promise<RulingDoc | null> => {
  const doc = await readDoc(office.books, 'ruling', `ruling:${uri}`)
  return doc === null || !office.codes.includes(doc.town) ? null : doc
}

/** The action of a place in the log, where its record is still there. */
export const actionAt = async (books: Pick<Books, 'intake' | 'load'>, place: string): Promise<ActionDoc | null> => {
  const [leaf = 0, op = 0] = place.split('/').map(Number)
  const [row] = await books.intake({ leaf, op: op - 1 }, 1)
  return row?.leaf === leaf && row.op === op ? readDoc(books, 'action', `action:${row.uri}`) : null
}

/** Drafts of a kind that wait for a second person. */
export const waitingDrafts = ({ desk, town }: Office, kind: DraftKind): Promise<readonly Draft[]> =>
  desk.drafts(town.code, { kind, state: 'proposed', limit: DRAFTS })

const viewsOf = async (office: Office): Promise<readonly UpheldRulingView[]> => {
  const { books } = office
  const uris: string[] = []
  for (const did of spokesmen(office)) {
    const prefix = `ruling:at://${did}/`
    for (let after: string | null = null; ;) {
      const keys: readonly string[] = await books.keys(prefix, after, PAGE)
      uris.push(...keys.map((key) => key.slice('ruling:'.length)))
      if (keys.length < PAGE) break
      after = keys.at(-1) ?? null
    }
  }
  const [decisions, suspending, ending] = await Promise.all([
    waitingDrafts(office, 'appeal'),
    waitingDrafts(office, 'suspension'),
    waitingDrafts(office, 'suspensionEnd'),
  ])
  const views: UpheldRulingView[] = []
  for (const uri of uris.toReversed().slice(0, SHOWN)) {
    const doc = await rulingAt(office, uri)
    if (doc !== null) views.push(await viewOf(office, uri, doc, { decisions, suspending, ending }))
  }
  return views
}

type Drafts = { readonly decisions: readonly Draft[]; readonly suspending: readonly Draft[]; readonly ending: readonly Draft[] }

const viewOf = async (office: Office, uri: string, doc: RulingDoc, drafts: Drafts): Promise<UpheldRulingView> => {
  const action = await actionAt(office.books, doc.action)
  const booked = action?.recognised ?? action?.reversed?.booked ?? null
  const { recordedAt, state, appeal } = doc
  return {
    uri,
    action: action?.uri ?? null,
    minutes: booked?.minutes ?? null,
    effectiveDate: booked?.effectiveDate ?? null,
    day: dayOf(recordedAt),
    lastDayOfAppeal: lastDayOfAppeal(doc),
    state,
    reason: await reasonOf(office, uri),
    appeal: appeal === null ? null : { uri: appeal, reason: await reasonOf(office, appeal) },
    decision: drafts.decisions.find(({ subject }) => subject === uri) ?? null,
    suspending: drafts.suspending.filter(({ subject }) => subject === uri),
    suspensions: await suspensionsFor(office, uri, doc, drafts.ending),
  }
}

const reasonOf = async ({ desk, codes }: Office, uri: string): Promise<string | null> => {
  for (const code of codes) {
    const entry = await desk.entryAt(code, uri)
    if (entry !== null) return textOf(fieldsOf(entry.payload)?.['reason']) ?? null
  }
  return null
}

const suspensionsFor = async (office: Office, ruling: string, doc: RulingDoc, ending: readonly Draft[]): Promise<SuspensionView[]> => {
  const views: SuspensionView[] = []
  for (const did of doc.suspended) {
    const all = (await readDoc(office.books, 'suspensions', `suspensions:${did}`))?.suspensions ?? []
    for (const one of all)
      if (one.ruling === ruling) {
        const draft = ending.find(({ subject }) => subject === one.uri) ?? null
        views.push({ uri: one.uri, did, until: one.until, isRunning: isRunning(one, office.today), ending: draft })
      }
  }
  return views
}
