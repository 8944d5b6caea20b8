// Years of made-up towns as rows of intake, seeded and made as they are asked for: a policy, rates, residents, and acts that neighbours confirm a day later.

import type { IntakeRow, Json, Roster } from '../appview/journal/model.ts'
import { tidFromMicros } from '../atproto/tid.ts'
import { nsid } from '../lexicons/authority.ts'

export type TownIntake = {
  readonly roster: Roster
  /** Rows in leaf order, a page at a time. */
  readonly pages: () => Generator<IntakeRow[]>
  /** DID of a resident. */
  readonly residentAt: (nth: number) => string
}

export type TownPlan = { readonly acts: number; readonly residents: number; readonly days: number; readonly seed: number }

const CODES = ['172014', '172031', '172065', '131016', '011002']
const CATEGORIES = ['health', 'elderly', 'children', 'culture', 'community', 'safety', 'environment', 'other']
const FIRST_DAY_MS = Date.UTC(2024, 3, 1)
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const DID_LETTERS = 24
const MICROS = 1_000
const CID_LETTERS = 52

export const TOWNS_OF_INTAKE = CODES

/** The same plan gives the same rows. */
export const townIntake = (plan: TownPlan): TownIntake => {
  const residentAt = (nth: number): string => `did:plc:${lettersOf(nth * 7919 + 13, DID_LETTERS)}`
  return {
    roster: CODES.map((code) => ({ code, did: townDid(code), fromLeaf: 1 })),
    pages: () => pagesOf(plan, residentAt),
    residentAt,
  }
}

const townDid = (code: string): string => `did:web:t${code}.example`

/** Letters that look like a hash; different numbers give different ones. */
const lettersOf = (number: number, length: number): string => {
  let text = ''
  let rest = number
  let state = (number * 2_654_435_761) % 4_294_967_296
  for (let place = 0; place < length; place++) {
    const digit = place < 8 ? rest % 32 : state % 32
    rest = Math.floor(rest / 32)
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    text += LETTERS[digit] ?? ''
  }
  return text
}

function* pagesOf(plan: TownPlan, residentAt: (nth: number) => string): Generator<IntakeRow[]> {
  const log = openLog()
  const codeOf = (nth: number): string => CODES[nth % CODES.length] ?? ''
  yield openingOf(log, plan, residentAt, codeOf)
  let random = plan.seed
  const below = (limit: number): number => (random = (random * 48_271) % 2_147_483_647) % limit
  let waiting: { readonly act: IntakeRow; readonly by: string }[] = []
  const confirmed = (nowMs: number): IntakeRow[] =>
    waiting.map(({ act, by }) => {
      const subject = { uri: act.uri, cid: act.cid ?? '' }
      return log(by, nsid.confirmation, { subject, role: 'beneficiary', verdict: 'confirmed' }, nowMs)
    })
  for (let day = 0; day < plan.days; day++) {
    const nowMs = FIRST_DAY_MS + day * DAY_MS
    const rows = confirmed(nowMs)
    const until = Math.floor((plan.acts * (day + 1)) / plan.days)
    const performedOn = new Date(nowMs).toISOString().slice(0, 10)
    waiting = Array.from({ length: until - Math.floor((plan.acts * day) / plan.days) }, (_, nth) => {
      const giver = (Math.floor((plan.acts * day) / plan.days) + nth) % plan.residents
      const value = {
        category: CATEGORIES[below(CATEGORIES.length)] ?? 'other',
        minutes: 20 + below(100),
        performedOn,
        municipality: { scheme: 'jis-x-0402', code: codeOf(giver) },
        nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' },
      }
      // A neighbour in the same town.
      const by = residentAt((giver + CODES.length * (1 + below(Math.floor(plan.residents / CODES.length) - 1))) % plan.residents)
      return { act: log(residentAt(giver), nsid.action, value, nowMs + 8 * HOUR_MS), by }
    })
    rows.push(...waiting.map(({ act }) => act))
    yield rows
  }
  yield confirmed(FIRST_DAY_MS + plan.days * DAY_MS)
}

type Log = (repo: string, collection: string, value: { readonly [key: string]: Json }, nowMs: number) => IntakeRow

const openLog = (): Log => {
  let leaf = 0
  return (repo, collection, value, nowMs) => {
    leaf += 1
    const rkey = tidFromMicros(nowMs * MICROS + leaf, 0)
    const recordedAt = new Date(nowMs).toISOString()
    return {
      origin: 'demo/bench',
      leaf,
      op: 0,
      recordedAt,
      source: 'record',
      action: 'create',
      repo,
      collection,
      rkey,
      uri: `at://${repo}/${collection}/${rkey}`,
      cid: `bafyrei${lettersOf(leaf, CID_LETTERS)}`,
      value: { $type: collection, ...value, createdAt: recordedAt },
    }
  }
}

const openingOf = (log: Log, plan: TownPlan, residentAt: (nth: number) => string, codeOf: (nth: number) => string): IntakeRow[] => {
  const nowMs = FIRST_DAY_MS - DAY_MS
  const rates = [{ category: '*', yenPerHour: 1828, method: 'RC-S' }]
  return [
    ...CODES.flatMap((code) => [
      log(townDid(code), nsid.policy, { mode: 'none', effectiveFrom: '2024-03-01' }, nowMs),
      log(townDid(code), nsid.rateTable, { rates, source: 'bench', validFrom: '2024-03-01' }, nowMs),
    ]),
    ...Array.from({ length: plan.residents }, (_, nth) =>
      log(townDid(codeOf(nth)), nsid.admission, { subject: residentAt(nth), from: '2024-03-01' }, nowMs),
    ),
  ]
}
