// Documents as a file of SQLite keeps them: as JSON; those there are most of, of actions, days and balances, as a list without names of
// fields and without what the key or another field says already. One that has not just the usual fields in their order stands as JSON, too.

import type { ActionDoc, ConfirmationNote, Recognition, Share } from '../journal/documents.ts'
import type { Doc } from '../journal/model.ts'
import { balanceOfText, daysOfText, listOfBalance, listOfDays } from './doc-text-of-people.ts'
import type { BalanceList, DaysList } from './doc-text-of-people.ts'
import { fields, hasFields } from './doc-fields.ts'

/** Stands for null, for nothing, and for what is said elsewhere: no field it stands for holds a number. */
const SAID = 0
type Said = typeof SAID

type Note = ConfirmationNote
type NoteList = readonly [
  uri: string,
  cid: string,
  leaf: number,
  op: number,
  recordedAt: string,
  repo: string | Said,
  role: Note['role'],
  onBehalf: NonNullable<Note['onBehalf']> | Said,
  verdict: Note['verdict'],
  minutes: number | null,
  receivers: Note['receivers'] | Said,
  subjectCid: string | Said,
]
type ShareList = readonly [entity: string, scope: string | Said, minutes: number, yen: number]
type RecognitionList = readonly [
  transaction: string,
  effectiveDate: string | Said,
  prior: boolean,
  minutes: number,
  yen: number,
  rate: string | Said,
  rateCid: string | Said,
  giverScope: string | Said,
  shares: readonly ShareList[],
]
type ActionList = readonly [
  cid: string,
  leaf: number,
  op: number,
  recordedAt: string,
  repo: string | Said,
  giver: string | Said,
  category: string,
  minutes: number,
  performedOn: string,
  municipality: string,
  hostBody: string | Said,
  eventId: string | Said,
  beneficiaries: ActionDoc['beneficiaries'] | Said,
  state: ActionDoc['state'],
  refusal: string | Said,
  lapsesAt: string,
  memo: readonly [scope: string, effectiveDate: string] | Said,
  confirmations: readonly NoteList[],
  recognised: RecognitionList | Said,
  dispute: string | Said,
]
type List = ActionList | DaysList | BalanceList

/** The text of the document that stands under this id. */
export const textOfDoc = (id: string, doc: Doc): string => JSON.stringify(listOf(id, doc) ?? doc)

/** The same document again, its fields in the same order. */
export const docOfText = (kind: string, id: string, text: string): Doc => {
  if (!text.startsWith('[')) return parseDoc(text)
  switch (kind) {
    case 'action':
      return actionOf(id, parseAction(text))
    case 'days':
      return daysOfText(id, text)
    default:
      return balanceOfText(text)
  }
}

/** The same as JSON. */
export const jsonOfText = (kind: string, id: string, text: string): string =>
  text.startsWith('[') ? JSON.stringify(docOfText(kind, id, text)) : text

const parseDoc = (text: string): Doc => JSON.parse(text)
const parseAction = (text: string): ActionList => JSON.parse(text)

const BEFORE_REPO = 'at://'.length
const FIELDS = {
  action: fields(
    'kind uri cid leaf op recordedAt repo giver category minutes performedOn municipality hostBody eventId beneficiaries state refusal lapsesAt memo confirmations recognised dispute',
  ),
  note: fields('uri cid leaf op recordedAt repo role onBehalf verdict minutes receivers subjectCid'),
  recognition: fields('transaction effectiveDate prior minutes yen rate rateCid giverScope shares'),
  share: fields('entity scope minutes yen'),
  memo: fields('scope effectiveDate'),
}

const listOf = (id: string, doc: Doc): List | null => {
  if (doc.kind === 'action') return doc.uri === id && isUsual(doc) ? listOfAction(doc) : null
  if (doc.kind === 'days') return listOfDays(id, doc)
  return doc.kind === 'balance' ? listOfBalance(doc) : null
}

const isUsual = (doc: ActionDoc): boolean => {
  const { memo, confirmations, recognised } = doc
  return (
    hasFields(doc, FIELDS.action) &&
    (memo === null || hasFields(memo, FIELDS.memo)) &&
    confirmations.every((note) => hasFields(note, FIELDS.note)) &&
    (recognised === null ||
      (hasFields(recognised, FIELDS.recognition) && recognised.shares.every((share) => hasFields(share, FIELDS.share))))
  )
}

/** Whose repo a uri leads to. */
const repoOf = (uri: string): string => uri.slice(BEFORE_REPO, uri.indexOf('/', BEFORE_REPO))
const isRepoOf = (uri: string, repo: string): boolean => uri.startsWith(repo, BEFORE_REPO) && uri[BEFORE_REPO + repo.length] === '/'
const unless = (value: string, said: string): string | Said => (value === said ? SAID : value)
const orSaid = <T>(value: readonly T[]): readonly T[] | Said => (value.length === 0 ? SAID : value)
const orNull = (value: string | Said): string | null => (value === SAID ? null : value)

const listOfAction = (doc: ActionDoc): ActionList => [
  doc.cid,
  doc.leaf,
  doc.op,
  doc.recordedAt,
  isRepoOf(doc.uri, doc.repo) ? SAID : doc.repo,
  unless(doc.giver, `P:${doc.repo}`),
  doc.category,
  doc.minutes,
  doc.performedOn,
  doc.municipality,
  doc.hostBody ?? SAID,
  doc.eventId ?? SAID,
  orSaid(doc.beneficiaries),
  doc.state,
  doc.refusal ?? SAID,
  doc.lapsesAt,
  doc.memo === null ? SAID : [doc.memo.scope, doc.memo.effectiveDate],
  doc.confirmations.map((note) => listOfNote(note, doc.cid)),
  doc.recognised === null ? SAID : listOfRecognition(doc.recognised, doc),
  doc.dispute ?? SAID,
]

const listOfNote = (note: Note, cid: string): NoteList => [
  note.uri,
  note.cid,
  note.leaf,
  note.op,
  note.recordedAt,
  isRepoOf(note.uri, note.repo) ? SAID : note.repo,
  note.role,
  note.onBehalf ?? SAID,
  note.verdict,
  note.minutes,
  orSaid(note.receivers),
  unless(note.subjectCid, cid),
]

const listOfRecognition = (booked: Recognition, { performedOn, municipality }: ActionDoc): RecognitionList => [
  booked.transaction,
  unless(booked.effectiveDate, performedOn),
  booked.prior,
  booked.minutes,
  booked.yen,
  booked.rate ?? SAID,
  booked.rateCid ?? SAID,
  unless(booked.giverScope, municipality),
  booked.shares.map(({ entity, scope, minutes, yen }) => [entity, unless(scope, municipality), minutes, yen]),
]

const actionOf = (uri: string, list: ActionList): ActionDoc => {
  const [cid, leaf, op, recordedAt, saidRepo, giver, category, minutes, performedOn, municipality, hostBody, eventId, beneficiaries] = list
  const [, , , , , , , , , , , , , state, refusal, lapsesAt, memo, confirmations, recognised, dispute] = list
  const repo = saidRepo === SAID ? repoOf(uri) : saidRepo
  return {
    kind: 'action',
    uri,
    cid,
    leaf,
    op,
    recordedAt,
    repo,
    giver: giver === SAID ? `P:${repo}` : giver,
    category,
    minutes,
    performedOn,
    municipality,
    hostBody: orNull(hostBody),
    eventId: orNull(eventId),
    beneficiaries: beneficiaries === SAID ? [] : beneficiaries,
    state,
    refusal: orNull(refusal),
    lapsesAt,
    memo: memo === SAID ? null : { scope: memo[0], effectiveDate: memo[1] },
    confirmations: confirmations.map((note) => noteOf(note, cid)),
    recognised: recognised === SAID ? null : recognitionOf(recognised, performedOn, municipality),
    dispute: orNull(dispute),
  }
}

const noteOf = (list: NoteList, actionCid: string): Note => {
  const [uri, cid, leaf, op, recordedAt, repo, role, onBehalf, verdict, minutes, receivers, subjectCid] = list
  return {
    uri,
    cid,
    leaf,
    op,
    recordedAt,
    repo: repo === SAID ? repoOf(uri) : repo,
    role,
    onBehalf: onBehalf === SAID ? null : onBehalf,
    verdict,
    minutes,
    receivers: receivers === SAID ? [] : receivers,
    subjectCid: subjectCid === SAID ? actionCid : subjectCid,
  }
}

const recognitionOf = (list: RecognitionList, performedOn: string, municipality: string): Recognition => {
  const [transaction, effectiveDate, prior, minutes, yen, rate, rateCid, giverScope, shares] = list
  return {
    transaction,
    effectiveDate: effectiveDate === SAID ? performedOn : effectiveDate,
    prior,
    minutes,
    yen,
    rate: orNull(rate),
    rateCid: orNull(rateCid),
    giverScope: giverScope === SAID ? municipality : giverScope,
    shares: shares.map(([entity, scope, ofMinutes, ofYen]): Share => ({
      entity,
      scope: scope === SAID ? municipality : scope,
      minutes: ofMinutes,
      yen: ofYen,
    })),
  }
}
