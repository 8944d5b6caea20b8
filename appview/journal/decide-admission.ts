// Admission records of a town: the first one holds from its own first day, a later one of another town is the move, effective
// max(from, the leaf's day). Whatever waited for the person is decided at that leaf, or when the first day comes.

import { later, midnightOf } from './calendar.ts'
import { tryRecognise } from './claims.ts'
import { withoutUnheard } from './decide-confirmation.ts'
import type { Merger, Span } from './documents.ts'
import { occasionOfDue, occasionOfRow, type Draft, type Occasion } from './draft.ts'
import { isErased, wasErased } from './erasure.ts'
import type { Due, IntakeRow } from './model.ts'
import { mergersOf, successorOn } from './mergers.ts'
import { postMove } from './moves.ts'
import { parseAdmission } from './parse-town.ts'

const MAX_SPANS = 64

/** Takes a row of the town `code`; the caller has checked the roster. */
export const decideAdmission = (draft: Draft, row: IntakeRow, code: string): void => {
  const occasion = occasionOfRow(row)
  const subject = draft.get('record', row.uri)?.about
  if (row.action === 'delete' || row.cid === null) {
    if (subject !== undefined && !isGone(draft, subject)) end(draft, subject, row, occasion)
    draft.put('record', row.uri, null)
    return
  }
  const parsed = parseAdmission(row)
  if (typeof parsed === 'string') return draft.refuse(row, parsed)
  draft.want(() => [`admissions:${parsed.subject}`, `waiting:${parsed.subject}`])
  const spans = draft.get('admissions', parsed.subject)?.spans ?? []
  const standing = spans.find(({ uri }) => uri === row.uri)
  if (standing?.cid === row.cid) return
  if (subject !== undefined && (subject !== parsed.subject || standing?.statedFrom !== parsed.from))
    return draft.refuse(row, 'admission.fixed')
  if (standing !== undefined) {
    const changed = { ...standing, cid: row.cid, until: parsed.until }
    return putSpans(
      draft,
      parsed.subject,
      spans.map((span) => (span === standing ? changed : span)),
    )
  }
  // Whoever admits anew before an admission has begun puts its own in that one's place.
  const [pending, stood] = isBefore(parsed.from, spans.at(-1), occasion.day) ? [spans.at(-1), spans.slice(0, -1)] : [undefined, spans]
  const last = stood.at(-1)
  const mergers = last === undefined ? [] : mergersOf(draft)
  const from = beginOf(last, parsed.from, occasion.day)
  const move = last === undefined ? null : moveTo(mergers, last, { code, from })
  if (last !== undefined && isStill(mergers, last, { code, from })) return draft.refuse(row, 'admission.already-admitted')
  if (pending !== undefined) takeBack(draft, parsed.subject, spans, occasion)
  const span: Span = { code, from, until: parsed.until, uri: row.uri, cid: row.cid, statedFrom: parsed.from }
  putSpans(draft, parsed.subject, [...stood, span].slice(-MAX_SPANS))
  draft.put('record', row.uri, { kind: 'record', about: parsed.subject })
  if (move !== null && move.from !== move.to) postMove(draft, parsed.subject, move, span, occasion)
  const begins = dueOf(span)
  if (begins.at > occasion.recordedAt) draft.schedule(begins)
  else decideWaiting(draft, parsed.subject, row.uri, occasion)
}

/** The record of somebody erased goes out of the town's repo: that says nothing of where they belonged, and what was booked of it stays. */
const isGone = (draft: Draft, subject: string): boolean => {
  if (!isErased(subject)) return false
  draft.want(() => ['erasures:all'])
  return wasErased(subject, draft.get('erasures', 'all')?.count ?? 0)
}

/** A move begins when it is known at the earliest, and never before the admission that it ends. */
const beginOf = (last: Span | undefined, from: string, day: string): string =>
  last === undefined ? from : later(later(from, day), last.from)

type Begin = Pick<Span, 'code' | 'from'>

const moveTo = (mergers: readonly Merger[], last: Span, { code, from }: Begin): { readonly from: string; readonly to: string } => ({
  from: successorOn(mergers, last.code, from),
  to: successorOn(mergers, code, from),
})

/** Whether an admission holds on that day, and of the same municipality. */
const isStill = (mergers: readonly Merger[], last: Span, begin: Begin): boolean => {
  const { from, to } = moveTo(mergers, last, begin)
  return from === to && (last.until === null || last.until >= begin.from)
}

/** Whether a new admission, told on a day, would be refused since one of the same municipality stands: for a desk to know beforehand. */
export const isAdmittedAlready = (spans: readonly Span[], mergers: readonly Merger[], told: Begin & { readonly day: string }): boolean => {
  const last = isBefore(told.from, spans.at(-1), told.day) ? spans.at(-2) : spans.at(-1)
  return last !== undefined && isStill(mergers, last, { code: told.code, from: beginOf(last, told.from, told.day) })
}

const isBefore = (from: string, last: Span | undefined, day: string): boolean =>
  last !== undefined && last.from > day && later(from, day) < last.from

/** The last admission has not begun, and never will: what has moved with it goes back. */
const takeBack = (draft: Draft, subject: string, spans: readonly Span[], occasion: Occasion, rule = 'move-back'): void => {
  const [before, pending] = [spans.at(-2), spans.at(-1)]
  if (pending === undefined) return
  draft.cancel(dueOf(pending))
  if (before === undefined) return
  const { from, to } = moveTo(mergersOf(draft), before, pending)
  if (from !== to) postMove(draft, subject, { from: to, to: from }, pending, occasion, rule)
}

/** Until its first day an admission counts for nothing: what waits for the person is decided then. */
const dueOf = ({ from, uri }: Span): Due => ({ at: midnightOf(from), kind: 'residence', uri })

export const beginResidence = (draft: Draft, due: Due): void => {
  const subject = draft.get('record', due.uri)?.about
  if (subject === undefined) return
  draft.want(() => [`admissions:${subject}`, `waiting:${subject}`])
  const span = draft.get('admissions', subject)?.spans.find(({ uri }) => uri === due.uri)
  if (span !== undefined && dueOf(span).at === due.at) decideWaiting(draft, subject, due.uri, occasionOfDue(due))
}

const putSpans = (draft: Draft, subject: string, spans: readonly Span[]): void =>
  draft.put('admissions', subject, spans.length === 0 ? null : { kind: 'admissions', spans })

/** The record is gone: the last day of the admission is the leaf's day, or the one it had if that is earlier; one that has not begun never was. */
const end = (draft: Draft, subject: string, row: IntakeRow, occasion: Occasion): void => {
  const spans = draft.get('admissions', subject)?.spans ?? []
  const last = spans.at(-1)
  if (last?.uri === row.uri && last.from > occasion.day) {
    takeBack(draft, subject, spans, occasion)
    return putSpans(draft, subject, spans.slice(0, -1))
  }
  const ended = (span: Span): Span =>
    span.uri === row.uri
      ? { ...span, until: span.until !== null && span.until < occasion.day ? span.until : later(occasion.day, span.from) }
      : span
  putSpans(draft, subject, spans.map(ended))
}

/** Somebody has died on a day: admissions that have begun end with it, those to come never were. */
export const endByDeath = (draft: Draft, subject: string, on: string, occasion: Occasion): void => {
  let spans = draft.get('admissions', subject)?.spans ?? []
  for (let nth = 0; (spans.at(-1)?.from ?? '') > occasion.day; nth += 1) {
    takeBack(draft, subject, spans, occasion, nth === 0 ? 'move-back' : `move-back/${nth}`)
    spans = spans.slice(0, -1)
  }
  const ended = (span: Span): Span => {
    const last = later(on, span.from)
    return { ...span, until: span.until !== null && span.until < last ? span.until : last }
  }
  putSpans(draft, subject, spans.map(ended))
}

const decideWaiting = (draft: Draft, did: string, admission: string, occasion: Occasion): void => {
  const waiting = draft.get('waiting', did)?.actions ?? []
  if (waiting.length === 0) return
  draft.want(() => waiting.map((uri) => `action:${uri}`))
  draft.put('waiting', did, null)
  for (const uri of waiting) {
    const action = draft.get('action', uri)
    if (action?.state !== 'open') continue
    tryRecognise(draft, withoutUnheard(draft, action, did, occasion), occasion, { extraSources: [admission], suffix: `/${uri}` })
  }
}
