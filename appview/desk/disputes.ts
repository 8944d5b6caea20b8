// Disputes: opened by the desk for somebody who came to it, or by a confirmation that differs. The minutes stay meanwhile; a ruling decides.

import { nsid } from '../../lexicons/authority.ts'
import type { ActionDoc } from '../journal/documents.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import { readDoc } from '../queries/deps.ts'
import type { Desk, Draft, EntryPayload } from '../store/desk.ts'
import { partiesOf } from './parties.ts'
import type { Desks, Office } from './office.ts'
import type { DeskOperations, DisputeView } from './operations.ts'
import { done, refused } from './outcome.ts'
import { underWay } from './under-way.ts'

/** So many keys are read at a time, and so many open disputes shown. */
const PAGE = 200
const SHOWN = 500
const TEXT_MAX = 4096

export const disputeDeeds = (desks: Desks): Pick<DeskOperations, 'disputes' | 'openDispute'> => ({
  disputes: (actor) => desks.look(actor, 'dispute.read', async (office) => done(await openDisputes(office))),
  openDispute: (actor, { uri, reason, by }) =>
    desks.perform(actor, { deed: 'dispute.open', on: uri, publishes: true }, async (office) => {
      const { books, now } = office
      if (!uri.startsWith('at://') || !uri.includes(`/${nsid.action}/`)) return refused('dispute.subject-invalid', uri)
      if (reason === '' || reason.length > TEXT_MAX) return refused('dispute.reason-missing')
      const action = await readDoc(books, 'action', `action:${uri}`)
      if (action === null || !hasPartIn(office, action)) return refused('dispute.action-unknown', uri)
      if (action.recognised === null) return refused('dispute.action-not-recognised', action.state)
      if (action.dispute !== null || (await underWay(office, 'dispute.open', uri)) !== undefined) return refused('dispute.already-open')
      const payload = { subject: { uri, cid: action.cid }, reason, createdAt: now, ...(by === undefined ? {} : { by }) }
      const { entry, publication } = office.entry({ kind: 'dispute', payload, about: partiesOf(action, by) })
      return { ok: true, value: { uri: entry.uri }, changes: { entries: [entry], publish: [publication] }, detail: { uri: entry.uri } }
    }),
})

/** Whether the town, or what has become part of it, has a part in an action: it names it, or its giver or a receiver belongs there. */
export const hasPartIn = ({ codes }: Office, { municipality, recognised }: ActionDoc): boolean => {
  const booked = recognised === null ? [] : [recognised.giverScope, ...recognised.shares.map(({ scope }) => scope)]
  return [municipality, ...booked].some((scope) => codes.includes(scope))
}

const openDisputes = async (office: Office): Promise<readonly DisputeView[]> => {
  const { books, desk, codes } = office
  const rulings = await proposedRulings(office)
  const views: DisputeView[] = []
  for (let after: string | null = null; views.length < SHOWN;) {
    const keys: readonly string[] = await books.keys('dispute:', after, PAGE)
    for (const key of keys) {
      const doc = await readDoc(books, 'dispute', key)
      const action = doc === null ? null : await readDoc(books, 'action', `action:${doc.action}`)
      if (action?.recognised == null || !hasPartIn(office, action)) continue
      const uri = key.slice('dispute:'.length)
      const entry = await entryOf(desk, codes, uri)
      const { minutes, effectiveDate } = action.recognised
      const reason = textOf(fieldsOf(entry?.payload ?? null)?.['reason']) ?? null
      views.push({ uri, action: action.uri, minutes, effectiveDate, reason, ruling: rulings.get(uri) ?? null })
    }
    const last = keys.at(-1)
    if (last === undefined || keys.length < PAGE) break
    after = last
  }
  return views
}

/** What it was opened by may lie at the desk of a town that is part of this one now. */
const entryOf = async (desk: Desk, codes: readonly string[], uri: string): Promise<EntryPayload | null> => {
  for (const code of codes) {
    const entry = await desk.entryAt(code, uri)
    if (entry !== null) return entry
  }
  return null
}

/** By the dispute they are about. */
export const proposedRulings = async ({ desk, town }: Office): Promise<ReadonlyMap<string, Draft>> =>
  new Map(
    (await desk.drafts(town.code, { kind: 'ruling', state: 'proposed', limit: SHOWN })).flatMap((draft) =>
      draft.subject === null ? [] : [[draft.subject, draft] as const],
    ),
  )
