// Rulings on disputes: proposed by one, approved by another person, and published as an entry. The reason stays private.

import { fieldsOf, textOf } from '../journal/fields.ts'
import { readDoc } from '../queries/deps.ts'
import type { Draft } from '../store/desk.ts'
import { hasPartIn, proposedRulings } from './disputes.ts'
import { approvalsOf, newDraft } from './drafts.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations } from './operations.ts'
import { done, refused, type Outcome } from './outcome.ts'
import { isPartyTo, partiesOf } from './parties.ts'

const OUTCOMES: readonly string[] = ['upheld', 'dismissed']
const TEXT_MAX = 4096

export const rulingDeeds = (desks: Desks): Pick<DeskOperations, 'proposeRuling'> => ({
  proposeRuling: (actor, { dispute, outcome, reason }) =>
    desks.perform(actor, { deed: 'ruling.propose', on: dispute }, async (office) => {
      if (!OUTCOMES.includes(outcome)) return refused('ruling.outcome-unknown', outcome)
      if (reason === '' || reason.length > TEXT_MAX) return refused('ruling.reason-missing')
      const standing = await standingDispute(office, dispute)
      if (!standing.ok) return standing
      if ((await proposedRulings(office)).has(dispute)) return refused('ruling.already-proposed', dispute)
      const draft = newDraft(office, { kind: 'ruling', subject: dispute, body: { outcome, reason }, isProposed: true })
      return { ok: true, value: draft, changes: { drafts: [draft] }, detail: { draft: draft.id, outcome } }
    }),
})

/** What the approval of a ruling publishes. */
export const rulingsOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const fields = fieldsOf(draft.body)
  const standing = await standingDispute(office, draft.subject ?? '')
  if (!standing.ok) return standing
  const [outcome = '', reason = ''] = [textOf(fields?.['outcome']), textOf(fields?.['reason'])]
  const { subject, parties } = standing.value
  const payload = { subject, outcome, reason, approvals: approvalsOf(office, draft), createdAt: office.now }
  const { entry, publication } = office.entry({ kind: 'ruling', payload, about: parties })
  return {
    ok: true,
    value: draft,
    changes: { entries: [entry], publish: [publication] },
    detail: { uri: entry.uri, outcome },
  }
}

type Standing = { readonly subject: { readonly uri: string; readonly cid: string }; readonly parties: readonly string[] }

/** An open dispute that concerns the town, by the record that opened it, and not whoever asks. */
const standingDispute = async (office: Office, uri: string): Promise<Outcome<Standing>> => {
  const { books, actor } = office
  const doc = await readDoc(books, 'dispute', `dispute:${uri}`)
  const action = doc === null ? null : await readDoc(books, 'action', `action:${doc.action}`)
  const [row] = await books.rows({ uri, limit: 1 })
  if (action === null || !hasPartIn(office, action) || typeof row?.cid !== 'string') return refused('ruling.no-open-dispute', uri)
  if (isPartyTo(action, actor.did)) return refused('ruling.own-act', uri)
  return done({ subject: { uri, cid: row.cid }, parties: partiesOf(action) })
}
