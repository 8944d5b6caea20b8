// Appeals against rulings that took an act back: taken by one, decided by two who had no part in the ruling. The reasons stay private.

import { lastDayOfAppeal } from '../journal/appeals.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { RulingDoc } from '../journal/documents-desk.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import type { Draft } from '../store/desk.ts'
import { approvalsOf, newDraft } from './drafts.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations } from './operations.ts'
import { done, refused, type Outcome } from './outcome.ts'
import { isPartyTo, partiesOf } from './parties.ts'
import { underWay } from './under-way.ts'
import { actionAt, rulingAt, waitingDrafts } from './upheld-rulings.ts'

const OUTCOMES: readonly string[] = ['upheld', 'restored']
const TEXT_MAX = 4096

type Ruled = { readonly ruling: RulingDoc; readonly action: ActionDoc }

export const appealDeeds = (desks: Desks): Pick<DeskOperations, 'openAppeal' | 'proposeAppealRuling'> => ({
  openAppeal: (actor, { ruling: uri, reason, by }) =>
    desks.perform(actor, { deed: 'appeal.open', on: uri, publishes: true }, async (office) => {
      if (reason === '' || reason.length > TEXT_MAX) return refused('appeal.reason-missing')
      const ruled = await ruledBy(office, uri)
      if (ruled === null) return refused('appeal.no-upheld-ruling', uri)
      const { ruling, action } = ruled
      if (ruling.state !== 'upheld') return refused('appeal.decided')
      if (ruling.appeal !== null || (await underWay(office, 'appeal.open', uri)) !== undefined) return refused('appeal.already-open')
      if (office.today > lastDayOfAppeal(ruling)) return refused('appeal.too-late', lastDayOfAppeal(ruling))
      const payload = { ...subjectOf(uri, action), reason, createdAt: office.now, ...(by === undefined ? {} : { by }) }
      const { entry, publication } = office.entry({ kind: 'appeal', payload, about: partiesOf(action, by) })
      return { ok: true, value: { uri: entry.uri }, changes: { entries: [entry], publish: [publication] }, detail: { uri: entry.uri } }
    }),
  proposeAppealRuling: (actor, { ruling, outcome, reason }) =>
    desks.perform(actor, { deed: 'appeal.propose', on: ruling }, async (office) => {
      if (!OUTCOMES.includes(outcome)) return refused('appeal.outcome-unknown', outcome)
      if (reason === '' || reason.length > TEXT_MAX) return refused('appeal.reason-missing')
      const open = await openAppeal(office, ruling)
      if (!open.ok) return open
      if ((await waitingDrafts(office, 'appeal')).some(({ subject }) => subject === ruling)) return refused('appeal.already-proposed')
      const draft = newDraft(office, { kind: 'appeal', subject: ruling, body: { outcome, reason }, isProposed: true })
      return { ok: true, value: draft, changes: { drafts: [draft] }, detail: { draft: draft.id, outcome } }
    }),
})

/** What the approval of a decision publishes. */
export const appealRulingsOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const uri = draft.subject ?? ''
  const open = await openAppeal(office, uri)
  if (!open.ok) return open
  const { action } = open.value
  const fields = fieldsOf(draft.body)
  const [outcome = '', reason = ''] = [textOf(fields?.['outcome']), textOf(fields?.['reason'])]
  const payload = { ...subjectOf(uri, action), outcome, reason, approvals: approvalsOf(office, draft), createdAt: office.now }
  const { entry, publication } = office.entry({ kind: 'appeal-ruling', payload, about: partiesOf(action) })
  return { ok: true, value: draft, changes: { entries: [entry], publish: [publication] }, detail: { uri: entry.uri, outcome } }
}

const subjectOf = (ruling: string, { uri, cid }: ActionDoc) => ({ ruling, action: uri, cid })

/** A ruling of this desk, and the act it took back. */
const ruledBy = async (office: Office, uri: string): Promise<Ruled | null> => {
  const ruling = await rulingAt(office, uri)
  const action = ruling === null ? null : await actionAt(office.books, ruling.action)
  // After it was booked again another ruling may have taken it back.
  if (ruling === null || action === null) return null
  return ruling.state !== 'upheld' || action.reversed?.ruling === uri ? { ruling, action } : null
}

/** One that waits for a decision, by whoever asks. */
const openAppeal = async (office: Office, uri: string): Promise<Outcome<Ruled>> => {
  const ruled = await ruledBy(office, uri)
  if (ruled === null || ruled.ruling.appeal === null) return refused('appeal.none-open', uri)
  if (isPartyTo(ruled.action, office.actor.did)) return refused('appeal.own-act', uri)
  return ruled.ruling.approvals.includes(office.actor.did) ? refused('appeal.same-persons') : done(ruled)
}
