// Stamp sheets: saved as drafts, shown as they stand against the books now, and turned into records when the second person approves.

import { cidForCbor } from '../../atproto/cid.ts'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import { nonce } from '../../atproto/nonce.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { ActionDoc } from '../journal/documents.ts'
import { policyOn } from '../journal/policy.ts'
import { readDoc } from '../queries/deps.ts'
import type { Draft } from '../store/desk.ts'
import type { Publication } from '../store/work.ts'
import { newDraft, openDraft } from './drafts.ts'
import { publicationOf, uriOf } from './entry.ts'
import { judgeLines } from './judge-lines.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations, SheetView, StampLine, StampSheet } from './operations.ts'
import { done, reason, refused, type Outcome } from './outcome.ts'
import { asWritten, bodyOf, inOneCase, judgeSheet, parseSheetBody, type Sent } from './parse-sheet.ts'
import { factsOf, type SheetFacts } from './sheet-facts.ts'
import { refusedOf, sentElsewhere } from './sent-lines.ts'

const CODE_SCHEME = 'jis-x-0402'

export const sheetDeeds = (desks: Desks): Pick<DeskOperations, 'saveSheet' | 'sheet'> => ({
  saveSheet: (actor, typed, at) =>
    desks.perform(actor, { deed: 'sheet.save', on: at?.id ?? null }, async (office) => {
      const sheet = asWritten(typed)
      const { books, town, today } = office
      const policies = await readDoc(books, 'policies', `policies:${town.code}`)
      const judged = judgeSheet(sheet, today, policyOn(policies, today).actDays)
      if (!judged.ok) return judged
      const draft = await draftFor(office, sheet, at)
      if (!draft.ok) return draft
      const view = await viewOf(office, draft.value, sheet, {})
      const { people, minutes } = view
      return { ok: true, value: view, changes: { drafts: [draft.value] }, on: draft.value.id, detail: { people, minutes } }
    }),
  sheet: (actor, id) =>
    desks.look(actor, 'draft.read', async (office) => {
      const draft = await office.desk.draft(office.town.code, id)
      return draft === null || draft.kind !== 'stamps' ? refused('draft.unknown', id) : done(await sheetViewOf(office, draft))
    }),
})

const draftFor = async (
  office: Office,
  sheet: StampSheet,
  at?: { readonly id: string; readonly version: number },
): Promise<Outcome<Draft>> => {
  const body = bodyOf({ sheet, sent: {} })
  if (at === undefined) return done(newDraft(office, { kind: 'stamps', subject: sheet.eventId, body }))
  const opened = await openDraft(office, at.id, at.version)
  if (!opened.ok) return opened
  if (opened.value.kind !== 'stamps') return refused('draft.unknown', at.id)
  // What has been put forward and is changed goes back to the first person.
  return done({ ...opened.value, state: 'draft', proposedBy: null, subject: sheet.eventId, body })
}

export const sheetViewOf = async (office: Office, draft: Draft): Promise<SheetView> => {
  const { sheet, sent } = parseSheetBody(draft.body)
  return viewOf(office, draft, sheet, sent)
}

const viewOf = async (office: Office, draft: Draft, sheet: StampSheet, sent: Sent): Promise<SheetView> => {
  const refusals = await refusedOf(office, sent)
  const lines = (await judged(office, draft, { sheet, sent, facts: await factsOf(office, sheet) }, [])).map((line): StampLine => {
    const code = refusals.get(String(line.line))
    return code === undefined ? line : { ...line, countedMinutes: 0, doubts: [reason('stamp.refused-by-books', line.line, code)] }
  })
  const counted = lines.filter(({ state, doubts }) => state === 'ready' || (state === 'sent' && doubts.length === 0))
  return { draft, sheet, lines, people: counted.length, minutes: counted.reduce((sum, { countedMinutes }) => sum + countedMinutes, 0) }
}

type Known = { readonly sheet: StampSheet; readonly sent: Sent; readonly facts: SheetFacts }

/** As the books and the other sheets of the event have it. */
const judged = async (
  office: Office,
  draft: Draft,
  { sheet, sent, facts }: Known,
  more: readonly string[],
): Promise<readonly StampLine[]> => {
  const elsewhere = await sentElsewhere(office, draft)
  return judgeLines(sheet, facts, sent, [...staffOf(draft), ...more]).map((line): StampLine => {
    const { action = null, entity = null } = facts.rows[line.line - 1] ?? {}
    if (line.state !== 'ready' || !elsewhere.has(action?.uri ?? inOneCase(entity ?? ''))) return line
    return { ...line, state: 'doubt', countedMinutes: 0, doubts: [reason('stamp.already-confirmed', line.line)] }
  })
}

const staffOf = ({ by, proposedBy }: Draft): readonly string[] => [by, ...(proposedBy === null ? [] : [proposedBy])]

/** What the approval of a sheet publishes: of each ready line the confirmation, of a card its action, too. The first person's and the second's own acts stay. */
export const stampsOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const { sheet, sent } = parseSheetBody(draft.body)
  const facts = await factsOf(office, sheet)
  const lines = (await judged(office, draft, { sheet, sent, facts }, [office.actor.did])).filter(({ state }) => state === 'ready')
  if (lines.length === 0) return refused('sheet.empty')
  const actions: Publication[] = []
  const confirmations: Publication[] = []
  const now: Record<string, Sent[string]> = {}
  for (const line of lines) {
    const known = facts.rows[line.line - 1]?.action ?? null
    const action = known === null ? cardAction(office, sheet, line) : null
    if (action !== null) actions.push(action)
    const subject = action === null ? subjectOf(known) : { uri: uriOf(action), cid: cidOf(action) }
    const confirmation = office.record(nsid.confirmation, confirmationOf(sheet, line, subject, known))
    confirmations.push(confirmation)
    now[String(line.line)] = { action: subject.uri, confirmation: uriOf(confirmation), minutes: line.countedMinutes }
  }
  const value: Draft = { ...draft, body: bodyOf({ sheet, sent: { ...sent, ...now } }) }
  return { ok: true, value, changes: { publish: [...actions, ...confirmations] }, detail: { lines: lines.length, cards: actions.length } }
}

const subjectOf = (action: ActionDoc | null): { readonly uri: string; readonly cid: string } => ({
  uri: action?.uri ?? '',
  cid: action?.cid ?? '',
})

/** The act of a card, in the host body's repo. */
const cardAction = ({ town, now, nextKey }: Office, sheet: StampSheet, line: StampLine): Publication =>
  publicationOf(sheet.hostBody ?? '', nsid.action, nextKey(), {
    category: line.category ?? sheet.category,
    minutes: line.countedMinutes,
    performedOn: sheet.performedOn,
    municipality: { scheme: CODE_SCHEME, code: town.code },
    giver: { card: 'card' in line.who ? line.who.card : '' },
    eventId: sheet.eventId,
    beneficiaries: [{ class: sheet.receiver }],
    nonce: nonce(),
    createdAt: now,
  })

const cidOf = ({ record }: Publication): string => cidForCbor(encodeData(jsonToData(record))).toString()

/** Whom the giver named stays named; where nobody is, the sheet says for whom it was. */
const confirmationOf = (
  { receiver }: StampSheet,
  { countedMinutes }: StampLine,
  subject: { readonly uri: string; readonly cid: string },
  known: ActionDoc | null,
) => ({
  subject,
  role: 'municipality',
  verdict: 'confirmed',
  minutes: countedMinutes,
  nonce: nonce(),
  ...(known !== null && known.beneficiaries.length > 0 ? {} : { receivers: [{ class: receiver, weight: 1 }] }),
})
