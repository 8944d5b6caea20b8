// Suspended confirming: proposed by one, approved by another, after a ruling that took an act back which the person gave or confirmed. Nobody decides about
// themself, their household or an act of their own. What was confirmed before stands; a word of the person meanwhile is refused, and they are told why.

import { isWellFormedDid } from '../../atproto/did.ts'
import { isCivilDate } from '../journal/calendar.ts'
import type { RulingDoc, Suspension } from '../journal/documents-desk.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import { throughMergers } from '../journal/mergers.ts'
import { scopeOn } from '../journal/residence.ts'
import { isRunning, MOST_RECEIVERS, refusalOfDays } from '../journal/suspensions.ts'
import { readDoc } from '../queries/deps.ts'
import type { Draft } from '../store/desk.ts'
import { approvalsOf, newDraft } from './drafts.ts'
import type { Desks, Office, Plan } from './office.ts'
import type { DeskOperations } from './operations.ts'
import { done, refused, type Outcome } from './outcome.ts'
import { isPartyTo } from './parties.ts'
import { actionAt, rulingAt, waitingDrafts } from './upheld-rulings.ts'

const TEXT_MAX = 4096

export const suspensionDeeds = (desks: Desks): Pick<DeskOperations, 'proposeSuspension' | 'proposeSuspensionEnd'> => ({
  proposeSuspension: (actor, { ruling, did, until, reason }) =>
    desks.perform(actor, { deed: 'suspension.propose', on: ruling }, async (office) => {
      if (reason === '' || reason.length > TEXT_MAX) return refused('suspension.reason-missing')
      const judged = await judge(office, { ruling, did, until })
      if (!judged.ok) return judged
      const same = (await waitingDrafts(office, 'suspension')).some(({ subject, body }) => subject === ruling && whoIn(body) === did)
      if (same) return refused('suspension.already-proposed')
      const draft = newDraft(office, { kind: 'suspension', subject: ruling, body: { did, until, reason }, isProposed: true })
      return { ok: true, value: draft, changes: { drafts: [draft] }, detail: { draft: draft.id, until } }
    }),
  proposeSuspensionEnd: (actor, { did, suspension, reason }) =>
    desks.perform(actor, { deed: 'suspension.propose', on: suspension }, async (office) => {
      if (reason === '' || reason.length > TEXT_MAX) return refused('suspension.reason-missing')
      const running = await runningOf(office, did, suspension)
      if (!running.ok) return running
      if ((await waitingDrafts(office, 'suspensionEnd')).some(({ subject }) => subject === suspension))
        return refused('suspension.already-proposed')
      const draft = newDraft(office, { kind: 'suspensionEnd', subject: suspension, body: { did, reason }, isProposed: true })
      return { ok: true, value: draft, changes: { drafts: [draft] }, detail: { draft: draft.id } }
    }),
})

const whoIn = (body: Draft['body']): string => textOf(fieldsOf(body)?.['did']) ?? ''

/** What the approval of a suspension publishes. */
export const suspensionsOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const fields = fieldsOf(draft.body)
  const [did, until, reason] = [whoIn(draft.body), textOf(fields?.['until']) ?? '', textOf(fields?.['reason']) ?? '']
  const ruling = draft.subject ?? ''
  const judged = await judge(office, { ruling, did, until })
  if (!judged.ok) return judged
  return entryOf(office, draft, 'suspension', did, { did, ruling, until, reason })
}

export const suspensionEndsOf = async (office: Office, draft: Draft): Promise<Plan<Draft>> => {
  const did = whoIn(draft.body)
  const suspension = draft.subject ?? ''
  const running = await runningOf(office, did, suspension)
  if (!running.ok) return running
  const reason = textOf(fieldsOf(draft.body)?.['reason']) ?? ''
  return entryOf(office, draft, 'suspension-end', did, { did, suspension, reason })
}

const entryOf = (
  office: Office,
  draft: Draft,
  kind: 'suspension' | 'suspension-end',
  did: string,
  facts: Readonly<Record<string, string>>,
): Plan<Draft> => {
  const payload = { ...facts, approvals: approvalsOf(office, draft), createdAt: office.now }
  const { entry, publication } = office.entry({ kind, payload, about: [did] })
  return { ok: true, value: draft, changes: { entries: [entry], publish: [publication] }, detail: { uri: entry.uri } }
}

type Asked = { readonly ruling: string; readonly did: string; readonly until: string }

/** As the books will judge it, and whether it is for whoever asks to decide. */
const judge = async (office: Office, { ruling: uri, did, until }: Asked): Promise<Outcome<RulingDoc>> => {
  const { books, actor, today } = office
  if (!isWellFormedDid(did)) return refused('suspension.did-invalid', did)
  if (!isCivilDate(until)) return refused('suspension.date-impossible', until)
  const refusal = refusalOfDays(until, today)
  if (refusal !== undefined) return refused(refusal, until)
  const ruling = await rulingAt(office, uri)
  if (ruling === null || ruling.state === 'restored') return refused('suspension.no-upheld-ruling', uri)
  if (!ruling.parties.includes(did) && !(await isMapped(office, ruling.action, did))) return refused('suspension.not-a-party', did)
  if ((await homeOf(office, did)) !== office.town.code) return refused('suspension.not-resident', did)
  const action = await actionAt(books, ruling.action)
  if ((action !== null && isPartyTo(action, actor.did)) || (await isOwnMatter(office, did))) return refused('suspension.own-matter')
  const known = (await readDoc(books, 'suspensions', `suspensions:${did}`))?.suspensions ?? []
  return known.some((one) => one.ruling === uri) ? refused('suspension.repeated', did) : done(ruling)
}

/** The register says of one of its unnamed receivers that it is this person. */
const isMapped = async ({ books }: Office, action: string, did: string): Promise<boolean> => {
  const docs = await books.load(Array.from({ length: MOST_RECEIVERS }, (_, index) => `mapped:${action}/${index}`))
  return [...docs.values()].some((doc) => doc?.kind === 'mapped' && doc.did === did)
}

const homeOf = async ({ books, mergers, today }: Office, did: string): Promise<string | undefined> => {
  const doc = await readDoc(books, 'admissions', `admissions:${did}`)
  return doc === null ? undefined : scopeOn(throughMergers(doc, mergers), today)
}

const isOwnMatter = async ({ books, actor }: Office, did: string): Promise<boolean> =>
  actor.did === did || (await readDoc(books, 'household', `household:${did}`))?.members.includes(actor.did) === true

/** One that runs, of somebody this town suspended or who is admitted here by now. */
const runningOf = async (office: Office, did: string, uri: string): Promise<Outcome<Suspension>> => {
  const doc = !isWellFormedDid(did) ? null : await readDoc(office.books, 'suspensions', `suspensions:${did}`)
  const one = doc?.suspensions.find((suspension) => suspension.uri === uri)
  const isOurs = one !== undefined && (office.codes.includes(one.town) || (await homeOf(office, did)) === office.town.code)
  if (one === undefined || !isOurs || !isRunning(one, office.today)) return refused('suspension.none-running', uri)
  return (await isOwnMatter(office, did)) ? refused('suspension.own-matter') : done(one)
}
