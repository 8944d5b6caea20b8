// Documents of the journal in the form the methods answer with (lexicons/org/waki/defs.json).

import type { ActionDoc, ConfirmationNote } from '../journal/documents.ts'
import { isWithdrawn } from '../journal/residue.ts'
import { dayOf } from '../journal/calendar.ts'
import type { Refusal, Transaction } from '../journal/model.ts'
import { sentenceOf } from '../journal/refusals.ts'

export type Sentence = { readonly ja: string; readonly en: string }
export type RefusalView = {
  readonly code: string
  readonly sentence: Sentence
  readonly leaf: number
  readonly op: number
  readonly uri: string
  readonly cid?: string
}

const UNKNOWN: Sentence = { ja: '理由の説明がありません。', en: 'There is no sentence for this reason.' }

export const refusalView = ({ code, leaf, op, uri, cid }: Pick<Refusal, 'code' | 'leaf' | 'op' | 'uri' | 'cid'>): RefusalView => ({
  code,
  sentence: sentenceOf(code) ?? UNKNOWN,
  leaf,
  op,
  uri,
  ...(cid === null ? {} : { cid }),
})

export type ConfirmationView = {
  readonly uri: string
  readonly cid: string
  readonly author: string
  readonly role: string
  readonly onBehalf?: string
  readonly verdict: string
  readonly minutes?: number
  readonly recordedAt: string
  readonly leaf: number
}

const confirmationView = (note: ConfirmationNote): ConfirmationView => ({
  uri: note.uri,
  cid: note.cid,
  author: note.repo,
  role: note.role,
  ...(note.onBehalf === null ? {} : { onBehalf: note.onBehalf }),
  verdict: note.verdict,
  ...(note.minutes === null ? {} : { minutes: note.minutes }),
  recordedAt: note.recordedAt,
  leaf: note.leaf,
})

export type ActionView = {
  readonly uri: string
  readonly cid: string
  readonly giver: string
  readonly state: ActionDoc['state'] | 'deleted'
  readonly category: string
  readonly minutes: number
  readonly recognisedMinutes?: number
  readonly performedOn: string
  readonly scope: string
  readonly eventId?: string
  readonly recordedAt: string
  readonly leaf: number
  readonly lapsesAt: string
  readonly disputed: boolean
  readonly refusal?: RefusalView
  readonly confirmations: readonly ConfirmationView[]
}

export const actionView = (doc: ActionDoc): ActionView => ({
  uri: doc.uri,
  cid: doc.cid,
  giver: doc.repo,
  state: doc.state,
  category: doc.category,
  minutes: doc.minutes,
  ...(doc.recognised === null ? {} : { recognisedMinutes: doc.recognised.minutes }),
  performedOn: doc.performedOn,
  scope: doc.recognised?.giverScope ?? doc.memo?.scope ?? doc.municipality,
  ...(doc.eventId === null ? {} : { eventId: doc.eventId }),
  recordedAt: doc.recordedAt,
  leaf: doc.leaf,
  lapsesAt: doc.lapsesAt,
  disputed: doc.dispute !== null,
  ...(doc.refusal === null ? {} : { refusal: refusalView({ ...doc, code: doc.refusal }) }),
  confirmations: doc.confirmations.map(confirmationView),
})

export type TransactionView = Omit<Transaction, 'leaf' | 'action' | 'rate' | 'rateCid'> & {
  readonly leaf?: number
  readonly action?: string
  readonly rate?: string
  readonly rateCid?: string
}

/** Null fields left out, as XRPC wants it. Of a record that was withdrawn nothing is shown but that there was an entry, and when. */
export const transactionView = (transaction: Transaction): TransactionView =>
  transaction.action !== null && isWithdrawn(transaction.action) ? withdrawnView(transaction) : wholeView(transaction)

const withdrawnView = ({ recordedAt, leaf, op, kind }: Transaction): TransactionView => ({
  id: leaf === null ? `${recordedAt}/${kind}` : `${leaf}/${op}/${kind}`,
  effectiveDate: dayOf(recordedAt),
  recordedAt,
  op,
  kind,
  sources: [],
  lines: [],
  ...(leaf === null ? {} : { leaf }),
})

const wholeView = ({
  id,
  effectiveDate,
  recordedAt,
  op,
  kind,
  sources,
  lines,
  leaf,
  action,
  rate,
  rateCid,
}: Transaction): TransactionView => ({
  id,
  effectiveDate,
  recordedAt,
  op,
  kind,
  sources: sources.filter((uri) => !isWithdrawn(uri)),
  lines,
  ...(leaf === null ? {} : { leaf }),
  ...(action === null ? {} : { action }),
  ...(rate === null ? {} : { rate }),
  ...(rateCid === null ? {} : { rateCid }),
})
