// A private confirmation: who received says so to the appview, and the municipality publishes that somebody did, without saying who. The person's own
// statement shows it, since an entry maps the nameless line to them; its payload stays in the town's register.
// Checks, in order: confirm/refusals.ts. Durable when it resolves: confirmation, entry and audit trail are kept together, then published.

import { toDatetime } from '../../atproto/datetime.ts'
import { nonce } from '../../atproto/nonce.ts'
import type { TidClock } from '../../atproto/tid.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Clock } from '../../server/clock.ts'
import { hiddenOf } from '../auth/access.ts'
import { makeEntry, publicationOf, uriOf } from '../desk/entry.ts'
import { inTurn, lookAgain } from '../desk/turns.ts'
import { dayOf } from '../journal/calendar.ts'
import type { ActionDoc, AdmissionsDoc } from '../journal/documents.ts'
import { successorOn } from '../journal/mergers.ts'
import type { Roster } from '../journal/model.ts'
import { isAdmitted, scopeOn } from '../journal/residence.ts'
import { isRunning } from '../journal/suspensions.ts'
import type { Seen } from '../store/desk.ts'
import type { Books, Desk } from '../store/store.ts'
import { voiceOf, type Voice } from './voice.ts'
import type { ConfirmCode } from './refusals.ts'

export type ConfirmDeps = {
  readonly books: Books
  readonly desk: Desk
  readonly roster: () => Roster
  /** Whether this appview can write in the repo of that DID. */
  readonly canPublish: (did: string) => Promise<boolean>
  /** Sets the outbox going. */
  readonly flush: () => Promise<void>
  readonly clock: Clock
  readonly tids: TidClock
}

export type Verdict = 'confirmed' | 'rejected'

/** `minutes` only where fewer were received than recorded; `hasCode`: the giver showed the act's code. */
export type ConfirmInput = {
  readonly uri: string
  readonly cid: string
  readonly verdict: Verdict
  readonly minutes?: number
  readonly hasCode: boolean
}

/** `uri` of the confirmation that will stand in the town's repo. */
export type ConfirmOutcome =
  | { readonly ok: true; readonly uri: string; readonly town: string }
  | { readonly ok: false; readonly code: ConfirmCode }

export type ConfirmPrivately = (by: string, input: ConfirmInput) => Promise<ConfirmOutcome>

/** Of one act one at a time, so that pressing twice answers once. */
export const createConfirm =
  (deps: ConfirmDeps): ConfirmPrivately =>
  (by, input) =>
    inTurn(deps.desk, input.uri, () => lookAgain(deps.clock, () => confirm(deps, by, input)))

/**
 * `seen`: the lines of the town's trail on the act, as they were before it was looked whether the person has answered. `isShare`: nothing is confirmed
 * any more, only the person's part made theirs.
 */
type Heard = {
  readonly voice: Voice
  readonly town: { readonly code: string; readonly did: string }
  readonly seen: Seen
  readonly isShare: boolean
}

const confirm = async (deps: ConfirmDeps, by: string, input: ConfirmInput): Promise<ConfirmOutcome> => {
  const heard = await hear(deps, by, input)
  if (typeof heard === 'string') return { ok: false, code: heard }
  const { voice, town, seen, isShare } = heard
  const createdAt = toDatetime(deps.clock.civilMs())
  const { uri, cid, verdict, minutes } = input
  const confirmation = publicationOf(town.did, nsid.confirmation, deps.tids.next(), {
    subject: { uri, cid },
    role: 'municipality',
    onBehalf: voice.role,
    verdict,
    ...(minutes === undefined ? {} : { minutes }),
    ...(voice.receivers === null ? {} : { receivers: voice.receivers }),
    nonce: nonce(),
    createdAt,
  })
  const { index } = voice
  const mapping =
    index === null || verdict === 'rejected'
      ? null
      : makeEntry(
          { repo: town.did, kind: 'receiver', payload: { action: uri, cid, index, did: by }, about: [by] },
          { rkey: deps.tids.next(), createdAt },
        )
  await deps.desk.persist({
    town: town.code,
    seen,
    audit: [{ at: createdAt, by, deed: 'confirm.privately', on: uri, outcome: 'done', code: null, detail: { cid, verdict } }],
    entries: mapping === null ? [] : [mapping.entry],
    publish: [...(isShare ? [] : [confirmation]), ...(mapping === null ? [] : [mapping.publication])],
  })
  void deps.flush()
  return { ok: true, uri: uriOf(isShare && mapping !== null ? mapping.publication : confirmation), town: town.code }
}

const hear = async (deps: ConfirmDeps, by: string, input: ConfirmInput): Promise<Heard | ConfirmCode> => {
  const keys = [`action:${input.uri}`, `admissions:${by}`]
  const docs = await deps.books.load(keys)
  const action = docs.get(keys[0] ?? '') ?? null
  if (action?.kind !== 'action' || (await hiddenOf(deps.books, [action.repo, by])).size > 0) return 'confirm.not-found'
  if (action.cid !== input.cid) return 'confirm.changed'
  if (action.repo === by || action.giver === `P:${by}`) return 'confirm.own-act'
  const admissions = docs.get(keys[1] ?? '') ?? null
  return hearOf(deps, { by, input, action, admissions: admissions?.kind === 'admissions' ? admissions : null })
}

type Hearing = {
  readonly by: string
  readonly input: ConfirmInput
  readonly action: ActionDoc
  readonly admissions: AdmissionsDoc | null
}

const hearOf = async (deps: ConfirmDeps, { by, input, action, admissions }: Hearing): Promise<Heard | ConfirmCode> => {
  const today = dayOf(new Date(deps.clock.civilMs()).toISOString())
  const home = scopeOn(admissions, action.performedOn) ?? scopeOn(admissions, today)
  const voice = voiceOf(action, by, home ?? null)
  const isRejection = input.verdict === 'rejected'
  if (voice === null || !(voice.isNamed || (input.hasCode && !isRejection))) return 'confirm.not-entitled'
  if (!isAdmitted(admissions, today)) return 'confirm.not-admitted'
  if (await isSuspended(deps.books, by, today)) return 'confirm.suspended'
  if (await isOneHousehold(deps.books, by, action.repo)) return 'confirm.same-household'
  const { minutes } = input
  // Whoever else is named makes their part theirs once it is booked.
  const isShare =
    action.state === 'recognised' && !isRejection && minutes === undefined && voice.isNamed && (await isFree(deps.books, action, voice))
  if (!(action.state === 'open' || isShare || (action.state === 'recognised' && isRejection))) return 'confirm.closed'
  if (minutes !== undefined && !(Number.isInteger(minutes) && minutes >= 1 && minutes <= action.minutes)) return 'confirm.minutes'
  if (voice.role === 'witness' && minutes !== undefined && minutes < action.minutes) return 'confirm.witness-minutes'
  const codes = await codesOf(deps.books, isShare && home !== undefined ? [home] : partsOf(action), today)
  const towns = townsOf(deps.roster(), codes, home ?? null)
  const town = await firstOf(towns, ({ did }) => deps.canPublish(did))
  const part = { on: action.uri }
  const version = town === undefined ? 0 : await deps.desk.version(town.code, part)
  for (const { code } of towns) if (await hasAnswered(deps.desk, code, by, action)) return 'confirm.already-answered'
  return town === undefined ? 'confirm.town-cannot-publish' : { voice, town, seen: { part, version }, isShare }
}

/** Whether a part of what is booked is nobody's yet. */
const isFree = async (books: Books, { leaf, op }: ActionDoc, { index }: Voice): Promise<boolean> => {
  const key = `mapped:${leaf}/${op}/${index ?? ''}`
  return index !== null && ((await books.load([key])).get(key) ?? null) === null
}

/** By what the books know now: who has spoken to the town has spoken. */
const isSuspended = async (books: Books, did: string, today: string): Promise<boolean> => {
  const doc = (await books.load([`suspensions:${did}`])).get(`suspensions:${did}`) ?? null
  return doc?.kind === 'suspensions' && doc.suspensions.some((one) => isRunning(one, today))
}

/** Known to the desk alone; the log cannot see who stands behind a private word. */
const isOneHousehold = async (books: Books, one: string, other: string): Promise<boolean> => {
  const doc = (await books.load([`household:${one}`])).get(`household:${one}`) ?? null
  return doc?.kind === 'household' && doc.members.includes(other)
}

const firstOf = async <T>(items: readonly T[], fits: (item: T) => Promise<boolean>): Promise<T | undefined> => {
  for (const item of items) if (await fits(item)) return item
  return undefined
}

/** Those whose word on the act counts: where it was done and where its giver belongs. */
const partsOf = ({ municipality, memo, recognised }: ActionDoc): readonly string[] => [
  municipality,
  recognised?.giverScope ?? memo?.scope ?? municipality,
]

/** Municipalities, or what they have become part of. */
const codesOf = async (books: Books, codes: readonly string[], today: string): Promise<ReadonlySet<string>> => {
  const doc = (await books.load(['mergers:all'])).get('mergers:all') ?? null
  const mergers = doc?.kind === 'mergers' ? doc.mergers : []
  return new Set(codes.map((code) => successorOn(mergers, code, today)))
}

/** The person's own first. */
const townsOf = (roster: Roster, codes: ReadonlySet<string>, home: string | null) =>
  roster.filter(({ code }) => codes.has(code)).toSorted((a, b) => Number(b.code === home) - Number(a.code === home))

const LINES_READ = 100

const hasAnswered = async (desk: Desk, town: string, by: string, action: ActionDoc): Promise<boolean> => {
  for (let before: number | undefined; ;) {
    const lines = await desk.trail(town, { on: action.uri, limit: LINES_READ, ...(before === undefined ? {} : { before }) })
    if (lines.some((line) => line.by === by && line.deed === 'confirm.privately' && cidIn(line.detail) === action.cid)) return true
    before = lines.at(-1)?.seq
    if (before === undefined || lines.length < LINES_READ) return false
  }
}

const cidIn = (detail: unknown): unknown => (typeof detail === 'object' && detail !== null && 'cid' in detail ? detail.cid : undefined)
