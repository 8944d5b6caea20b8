// Drafts: what one person prepares and two decide. Versions count changes, so that nobody approves what they have not read.

import type { Draft, DraftKind } from '../store/desk.ts'
import type { Json } from '../journal/model.ts'
import type { Office } from './office.ts'
import { done, refused, type Outcome } from './outcome.ts'

type NewDraft = { readonly kind: DraftKind; readonly subject: string | null; readonly body: Json; readonly isProposed?: boolean }

export const newDraft = ({ actor, now, nextKey }: Office, { kind, subject, body, isProposed = false }: NewDraft): Draft => ({
  id: nextKey(),
  kind,
  state: isProposed ? 'proposed' : 'draft',
  version: 1,
  subject,
  by: actor.did,
  proposedBy: isProposed ? actor.did : null,
  approvedBy: null,
  createdAt: now,
  changedAt: now,
  body,
})

/** The draft at this version, its next version begun; refused where it is not there, done, or was changed meanwhile. */
export const openDraft = async ({ desk, town, now }: Office, id: string, version: number): Promise<Outcome<Draft>> => {
  const draft = await desk.draft(town.code, id)
  if (draft === null) return refused('draft.unknown', id)
  if (draft.state === 'done' || draft.state === 'withdrawn') return refused('draft.closed', draft.state)
  if (draft.version !== version) return refused('draft.changed')
  return done({ ...draft, version: version + 1, changedAt: now })
}

/** Both who decided a draft: who proposed it, and who approves it now. */
export const approvalsOf = ({ actor }: Office, { proposedBy }: Draft): readonly string[] =>
  proposedBy === null ? [actor.did] : [proposedBy, actor.did]
