// The memo pair of an open claim: 9110 against 9120, and its release. It stays in the scope it was claimed in, whoever moves.

import type { Draft, Occasion } from './draft.ts'
import { UNCONFIRMED, UNCONFIRMED_CONTRA } from './chart.ts'
import { isClosed } from './calendar.ts'
import type { ActionDoc } from './documents.ts'
import type { Posting, TransactionKind } from './model.ts'

type Memo = NonNullable<ActionDoc['memo']>

const pair = (entity: string, scope: string, minutes: number): readonly Posting[] => [
  { entity, scope, account: UNCONFIRMED, unit: 'MIN', amount: minutes },
  { entity, scope, account: UNCONFIRMED_CONTRA, unit: 'MIN', amount: -minutes },
]

/** The date on which something done on a day is booked: that day while its fiscal year is open, else the recording date. */
export const openDate = (date: string, occasion: Occasion): string => (isClosed(date, occasion.recordedAt) ? occasion.day : date)

/** Posts the claim and gives back where it stands. */
export const postClaim = (draft: Draft, action: ActionDoc, scope: string, occasion: Occasion): Memo => {
  const memo = { scope, effectiveDate: openDate(action.performedOn, occasion) }
  post(draft, action, memo.effectiveDate, occasion, {
    kind: 'claim',
    sources: [action.uri],
    lines: pair(action.giver, scope, action.minutes),
  })
  return memo
}

/** Posts the reverse of a claim; `rule` makes the id unique where one occasion releases several. */
export const postRelease = (
  draft: Draft,
  action: ActionDoc,
  occasion: Occasion,
  { kind, sources, rule }: { kind: 'memo-release' | 'claim-lapse'; sources: readonly string[]; rule?: string },
): void => {
  if (action.memo === null) return
  const lines = pair(action.giver, action.memo.scope, -action.minutes)
  post(draft, action, openDate(action.memo.effectiveDate, occasion), occasion, {
    kind,
    sources,
    lines,
    ...(rule === undefined ? {} : { rule }),
  })
}

const post = (
  draft: Draft,
  action: ActionDoc,
  effectiveDate: string,
  { prefix, recordedAt, leaf, op }: Occasion,
  { kind, sources, lines, rule }: { kind: TransactionKind; sources: readonly string[]; lines: readonly Posting[]; rule?: string },
): void =>
  draft.post({
    id: `${prefix}/${rule ?? kind}`,
    effectiveDate,
    recordedAt,
    leaf,
    op,
    kind,
    sources,
    action: action.uri,
    rate: null,
    rateCid: null,
    lines,
  })
