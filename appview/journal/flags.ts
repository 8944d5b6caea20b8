// What somebody should look at (bookkeeping.md 5, rules 2 and 6), kept by municipality and recording day. A flag changes no figure: only a ruling does.

import { hash } from 'node:crypto'
import type { ActionDoc } from './documents.ts'
import type { Flag } from './documents-desk.ts'
import { placeOf } from './disputes.ts'
import type { Draft, Occasion } from './draft.ts'
import type { RefusalCode } from './refusals.ts'

type Place = { readonly leaf: number; readonly op: number }
type Row = Place & { readonly repo: string }

/** Of one author in a municipality in a day; nobody hides other flags behind a crowd of their own, nor what is drawn. */
const MOST_BY_ONE = 20
const SAMPLE = 'audit.sample'
const ONE_OF = 50
const LOT_DIGITS = 8

/**
 * What is flagged though it stands. `action.same-day`: another act of this giver, day and category stands already. And `receiver.same-household`: it was
 * recognised for somebody whom another names as receiver, and who lives with the giver. `audit.sample`: drawn by lot.
 */
export type FlagCode = 'action.same-day' | 'audit.sample'

/** Refusals that tell of a limit passed, of something told twice, or of people too close to each other. */
const FLAGGED_REFUSALS: ReadonlySet<RefusalCode> = new Set([
  'action.beneficiary-same-household',
  'action.day-full',
  'action.event-repeated',
  'action.minutes-over-limit',
  'confirmation.own-action',
  'confirmation.own-card',
  'confirmation.same-household',
])

/** The municipality whose desk looks at it: the giver's, as far as it is known. */
export const flagScopeOf = ({ recognised, memo, municipality }: ActionDoc): string => recognised?.giverScope ?? memo?.scope ?? municipality

/** Where the flags of a day stand. */
export const flagsOf = (scope: string, day: string): string => `${scope}/${day}`

/** `row`: what gave rise to it. Hearing of the same row again adds nothing. */
export const flag = (
  draft: Draft,
  scope: string,
  action: Place,
  { leaf, op, repo }: Row,
  code: FlagCode | RefusalCode,
  { day }: Occasion,
): void => {
  const id = flagsOf(scope, day)
  const flags: readonly Flag[] = draft.get('flags', id)?.flags ?? []
  const own = flags.filter(({ by }) => by === repo)
  const isCrowd = own.filter((other) => other.code !== SAMPLE).length >= MOST_BY_ONE
  if ((isCrowd && code !== SAMPLE) || own.some((other) => other.leaf === leaf && other.op === op && other.code === code)) return
  draft.put('flags', id, { kind: 'flags', flags: [...flags, { code, action: placeOf(action), leaf, op, by: repo }] })
}

/**
 * Draws one of fifty recognised acts (bookkeeping.md 5, rule 6). The lot is the act's CID with the time at which the log received what recognised it: nobody
 * knows it before, and everybody who folds the log draws the same.
 */
export const isDrawn = ({ cid }: { readonly cid: string }, { recordedAt }: Occasion): boolean =>
  Number.parseInt(hash('sha256', `audit ${recordedAt} ${cid}`, 'hex').slice(0, LOT_DIGITS), 16) % ONE_OF === 0

export const flagRefusal = (draft: Draft, scope: string, action: Place, row: Row, code: RefusalCode, occasion: Occasion): void => {
  if (FLAGGED_REFUSALS.has(code)) flag(draft, scope, action, row, code, occasion)
}
