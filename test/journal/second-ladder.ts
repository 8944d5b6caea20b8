// What follows rulings, for the second computation: appeals, suspended confirming, outages. Looked up in the list of records each time; whether a ruling
// took something back is asked of what had become of its action by then.

import type { IntakeRow } from '../../appview/journal/model.ts'
import type { Booked, Booking } from './second-booking.ts'
import { scopeThen } from './second-booking.ts'
import { closes, fields, isEntry, jst, shift, start, text, texts, uriSpokenOf } from './second-fields.ts'
import type { Placed, World } from './second-world.ts'

const MOST_DAYS_OUT = 31
const OUT_TOLD_WITHIN = 30
const MOST_DAYS_SUSPENDED = 180
const APPEALED_WITHIN = 30

const approvalsIn = (row: IntakeRow): ReadonlySet<string> => new Set(texts(fields(row.payload)['approvals']))

/** Days from one date up to another that some notice, of those known, tells to be days of an outage in a municipality. */
const daysOut = (world: World, code: string, [from, end]: readonly [string, string], isKnown: (row: Placed) => boolean): number => {
  const told = world.notices.filter((row) => {
    const [first, last, day] = [text(fields(row.value)['from']), text(fields(row.value)['until']), jst(row.recordedAt)]
    const town = world.townOf(row.repo)
    const isTrue = first <= last && last < shift(first, MOST_DAYS_OUT) && first <= day && day <= shift(last, OUT_TOLD_WITHIN)
    return isTrue && isKnown(row) && (town === code || (town !== undefined && world.heir(code, day, row.i) === town))
  })
  let days = 0
  for (let day = from; told.length > 0 && day < end; day = shift(day, 1))
    if (told.some(({ value }) => text(fields(value)['from']) <= day && day <= text(fields(value)['until']))) days += 1
  return days
}

/** The first midnight by which a claim of a day has waited so many days that were no days of an outage, by what was known then. */
export const lapseOf = (world: World, code: string, day: string, claimDays: number): number => {
  for (let end = shift(day, claimDays); ; end = shift(end, 1)) {
    const isKnown = ({ recordedAt }: Placed): boolean => Date.parse(recordedAt) < start(end)
    if (shift(day, claimDays + daysOut(world, code, [day, end], isKnown)) <= end) return start(end)
  }
}

export const isTooLongAgo = (world: World, code: string, [on, day]: readonly [string, string], actDays: number, i: number): boolean =>
  on < shift(day, -actDays) && shift(on, actDays + daysOut(world, code, [on, day], (row) => row.i < i)) < day

/** What was booked as it is booked again at row `i`. */
const again = (world: World, giver: string, what: Booked, i: number): Booked => {
  const at = world.rows[i]?.recordedAt ?? ''
  if (Date.parse(at) < closes(what.date)) return what
  const date = jst(at)
  const parts = what.parts.map((part) => ({ ...part, scope: scopeThen(world, part.entity, part.scope, date, i) }))
  return { ...what, date, prior: true, giverScope: scopeThen(world, giver, what.giverScope, date, i), parts }
}

/** Appeals against the last ruling that took an action back. */
export class Appeals {
  readonly #world: World
  readonly #act: IntakeRow
  #ruling: IntakeRow | null = null
  #state: 'none' | 'open' | 'decided' = 'none'

  constructor(world: World, act: IntakeRow) {
    this.#world = world
    this.#act = act
  }

  ruled(row: IntakeRow): void {
    this.#ruling = row
    this.#state = 'none'
  }

  /** What is booked again by a row, if it is. */
  hear(row: IntakeRow, i: number, giver: string, what: Booked): Booking | undefined {
    const { ruling: uri, action, outcome } = fields(row.payload)
    const ruling = this.#ruling
    if (ruling === null || uri !== ruling.uri || action !== this.#act.uri || !this.#isAtHome(ruling, row, i)) return undefined
    if (isEntry(row, 'appeal') && this.#state === 'none' && jst(row.recordedAt) <= shift(jst(ruling.recordedAt), APPEALED_WITHIN))
      this.#state = 'open'
    const [first, second] = [approvalsIn(ruling), approvalsIn(row)]
    if (!isEntry(row, 'appeal-ruling') || this.#state !== 'open' || second.size < 2 || !second.isDisjointFrom(first)) return undefined
    this.#state = 'decided'
    return outcome === 'restored' ? { sign: 1, late: false, index: i, what: again(this.#world, giver, what, i) } : undefined
  }

  #isAtHome(ruling: IntakeRow, row: IntakeRow, i: number): boolean {
    const heirOf = ({ repo }: IntakeRow): string => this.#world.heir(this.#world.townOf(repo) ?? '', jst(row.recordedAt), i)
    return heirOf(ruling) === heirOf(row)
  }
}

/** What had become of the versions of an action before row `i`. */
type Before = (uri: string, i: number) => readonly { readonly row: IntakeRow; readonly booked: readonly Booking[] }[]

/** Whether what a person writes at row `i` comes while their confirming is suspended. */
export const isSuspended = (world: World, before: Before, did: string, i: number): boolean => {
  const day = jst(world.rows[i]?.recordedAt ?? '')
  const standing: Placed[] = []
  for (const row of world.entries('suspension'))
    if (row.i < i && fields(row.payload)['did'] === did && stands(world, before, row, standing)) standing.push(row)
  return standing.some((row) => day <= text(fields(row.payload)['until']) && !hasEnded(world, before, row, i))
}

/** The ruling of an entry as it stood before row `i`: whom it concerns, and whether it was taken back. */
const rulingOf = (world: World, before: Before, row: Placed, i: number): { parties: readonly string[]; isBack: boolean } | undefined => {
  const ruling = world.entries('ruling').find(({ uri }) => uri === fields(row.payload)['ruling'])
  const dispute = world.rows.find(({ uri }) => ruling !== undefined && uri === uriOf(ruling.payload))
  if (ruling === undefined || dispute === undefined) return undefined
  const spoken = isEntry(dispute, 'dispute') ? uriOf(dispute.payload) : uriSpokenOf(dispute)
  for (const { row: act, booked } of before(spoken, i)) {
    const at = booked.findIndex(({ sign, index }) => sign === -1 && index === ruling.i)
    const by = booked[at]?.parties
    if (by !== undefined) return { parties: [act.repo, ...by], isBack: booked.slice(at + 1).some(({ sign }) => sign === 1) }
  }
  return undefined
}

const uriOf = (payload: IntakeRow['payload']): string => text(fields(fields(payload)['subject'])['uri'])

const stands = (world: World, before: Before, row: Placed, earlier: readonly Placed[]): boolean => {
  const { did, until, ruling: of } = fields(row.payload)
  const [town, day] = [world.townOf(row.repo), jst(row.recordedAt)]
  const ruling = rulingOf(world, before, row, row.i)
  if (town === undefined || approvalsIn(row).size < 2 || ruling === undefined || ruling.isBack) return false
  if (!ruling.parties.includes(text(did)) || world.home(text(did), day, row.i) !== world.heir(town, day, row.i)) return false
  if (text(until) < day || text(until) >= shift(day, MOST_DAYS_SUSPENDED)) return false
  return !earlier.some(({ payload }) => fields(payload)['ruling'] === of)
}

const hasEnded = (world: World, before: Before, row: Placed, i: number): boolean => {
  const { did, until } = fields(row.payload)
  const own = world.townOf(row.repo) ?? ''
  const isEnd = (end: Placed): boolean => {
    const [town, day] = [world.townOf(end.repo), jst(end.recordedAt)]
    if (end.i <= row.i || end.i >= i || town === undefined || approvalsIn(end).size < 2 || text(until) < day) return false
    if (fields(end.payload)['suspension'] !== row.uri || fields(end.payload)['did'] !== did) return false
    return [world.heir(own, day, end.i), world.home(text(did), day, end.i)].includes(world.heir(town, day, end.i))
  }
  return world.entries('suspension-end').some(isEnd) || rulingOf(world, before, row, i)?.isBack === true
}
