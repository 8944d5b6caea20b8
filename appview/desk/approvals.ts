// Two persons: the first puts a draft forward, another approves it, and only then is anything published. By kind of draft, what that is.
// Checks of an approval, in order: there, open, the version that was read, put forward, another person; then what the kind checks.

import type { Draft } from '../store/desk.ts'
import { appealRulingsOf } from './appeals.ts'
import { openDraft } from './drafts.ts'
import { openingsOf } from './openings.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations } from './operations.ts'
import { done, refused } from './outcome.ts'
import { rulingsOf } from './rulings.ts'
import { sheetViewOf, stampsOf } from './sheets.ts'
import { suspensionEndsOf, suspensionsOf } from './suspensions.ts'

const PAGE_MAX = 100

export const approvalDeeds = (desks: Desks): Pick<DeskOperations, 'drafts' | 'propose' | 'approve' | 'withdraw'> => ({
  drafts: (actor, { cursor, limit, kind, state }) =>
    desks.look(actor, 'draft.read', async ({ desk, town }) => {
      const most = Math.min(limit, PAGE_MAX)
      const items = await desk.drafts(town.code, {
        limit: most,
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(kind === undefined ? {} : { kind }),
        ...(state === undefined ? {} : { state }),
      })
      return done({ items, cursor: items.length < most ? null : (items.at(-1)?.id ?? null) })
    }),
  propose: (actor, id, version) =>
    desks.perform(actor, { deed: 'draft.propose', on: id }, async (office) => {
      const opened = await openDraft(office, id, version)
      if (!opened.ok) return opened
      const draft: Draft = { ...opened.value, state: 'proposed', proposedBy: actor.did }
      if (draft.kind === 'stamps' && (await sheetViewOf(office, draft)).people === 0) return refused('sheet.empty')
      return kept(draft, {})
    }),
  approve: (actor, id, version) =>
    desks.perform(actor, { deed: 'draft.approve', on: id, publishes: true }, async (office) => {
      const before = await office.desk.draft(office.town.code, id)
      // The same click again: it is done, and nothing is done again.
      if (before?.state === 'done' && before.approvedBy === actor.did && before.version === version + 1)
        return { ok: true, value: before, detail: { again: true } }
      const opened = await openDraft(office, id, version)
      if (!opened.ok) return opened
      if (opened.value.state !== 'proposed') return refused('draft.not-proposed', id)
      if (opened.value.proposedBy === actor.did) return refused('approval.same-person')
      return planOf(office, { ...opened.value, state: 'done', approvedBy: actor.did })
    }),
  withdraw: (actor, id, version) =>
    desks.perform(actor, { deed: 'draft.withdraw', on: id }, async (office) => {
      const opened = await openDraft(office, id, version)
      return opened.ok ? kept({ ...opened.value, state: 'withdrawn' }, {}) : opened
    }),
})

const kept = (draft: Draft, changes: object): Plan<Draft> => ({
  ok: true,
  value: draft,
  changes: { ...changes, drafts: [draft] },
  detail: { kind: draft.kind, subject: draft.subject },
})

const planOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const plan = await byKind(office, draft)
  if (!plan.ok) return plan
  return { ...plan, changes: { ...plan.changes, drafts: [plan.value] } }
}

const byKind = (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  switch (draft.kind) {
    case 'stamps':
      return stampsOf(office, draft)
    case 'ruling':
      return rulingsOf(office, draft)
    case 'opening':
      return openingsOf(office, draft)
    case 'appeal':
      return appealRulingsOf(office, draft)
    case 'suspension':
      return suspensionsOf(office, draft)
    case 'suspensionEnd':
      return suspensionEndsOf(office, draft)
  }
}
