// The world of a list of records, looked up in the list each time: who lives where, which rules and rates hold, who may speak with what level, as
// of the first rows. For the second computation; slow on purpose.

import { isDeepStrictEqual } from 'node:util'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { fields, isEntry, jst, list, number, start, text, texts } from './second-fields.ts'
import { departuresIn, type Departure } from './departures.ts'
import { unionsOf, type Union } from './second-mergers.ts'

export type Placed = IntakeRow & { readonly i: number }

type Home = { readonly code: string; readonly from: string; readonly until: string }
const FOREVER = '9999-12-31'
const membersOf = (row: IntakeRow): readonly string[] => texts(fields(row.payload)['members'])

export class World {
  rows: readonly IntakeRow[]
  readonly #towns: ReadonlyMap<string, string>
  #unions: readonly Union[]
  readonly departures: readonly Departure[]
  readonly #notices: readonly Placed[]
  readonly #entries: readonly Placed[]

  constructor(rows: readonly IntakeRow[], roster: Roster, through: number) {
    this.#towns = new Map(roster.map(({ code, did }) => [did, code]))
    this.#unions = unionsOf(rows, this.#towns)
    this.rows = rows
    this.rows = this.#withBeginnings(through)
    this.#unions = unionsOf(this.rows, this.#towns).filter(({ at }) => at <= through)
    this.departures = departuresIn(this.rows)
    this.#notices = this.of('notice').filter(({ action, value }) => action === 'create' && fields(value)['kind'] === 'outage')
    this.#entries = this.of('entry')
  }

  /** With a row of their own for the first days of admissions that are yet to begin when they are written. */
  #withBeginnings(through: number): readonly IntakeRow[] {
    const all = this.rows.slice()
    for (const [i, row] of this.rows.entries()) {
      const { subject } = fields(row.value)
      if (!row.collection.endsWith('.admission') || isDeepStrictEqual(this.homes(text(subject), i), this.homes(text(subject), i - 1)))
        continue
      const begins = start(this.homes(text(subject), i).at(-1)?.from ?? '')
      if (begins <= Date.parse(row.recordedAt) || begins > through) continue
      const later = all.findIndex((other) => Date.parse(other.recordedAt) >= begins)
      const beginning = { ...row, collection: 'beginning', repo: '', recordedAt: new Date(begins).toISOString() }
      all.splice(later < 0 ? all.length : later, 0, beginning)
    }
    return all
  }

  /** Notices of outages. */
  get notices(): readonly Placed[] {
    return this.#notices
  }

  entries(kind: string): readonly Placed[] {
    return this.#entries.filter((row) => isEntry(row, kind))
  }

  townOf(did: string): string | undefined {
    return this.#towns.get(did)
  }

  of(name: string, repo?: string): readonly Placed[] {
    return this.rows.flatMap((row, i) =>
      row.collection.endsWith(`.${name}`) && (repo === undefined || row.repo === repo) ? [{ ...row, i }] : [],
    )
  }

  /** Admissions among the first `i + 1` rows, with their ends, as they were written. */
  homes(did: string, i: number): readonly Home[] {
    const homes: Home[] = []
    for (const [at, row] of this.rows.slice(0, i + 1).entries()) {
      const code = this.#towns.get(row.repo)
      const day = jst(row.recordedAt)
      const now = (one: string | undefined, date: string): string | undefined => (one === undefined ? undefined : this.heir(one, date, at))
      if (code === undefined) continue
      let before = homes.at(-1)
      if (row.collection.endsWith('.admission') && fields(row.value)['subject'] === did) {
        const stated = text(fields(row.value)['from'])
        // One that has not begun gives way to one that begins before it.
        const pending = before
        const isReplaced = pending !== undefined && pending.from > day && pending.from > stated
        if (isReplaced) before = homes.at(-2)
        const from = before === undefined ? stated : ([stated, day, before.from].toSorted().at(-1) ?? stated)
        const isThere = before !== undefined && before.until >= from && now(before.code, from) === now(code, from)
        if (!isThere) homes.splice(isReplaced ? -1 : homes.length, isReplaced ? 1 : 0, { code, from, until: FOREVER })
      } else if (isEntry(row, 'death') && fields(row.payload)['did'] === did && before !== undefined) {
        const on = text(fields(row.payload)['on'])
        if (now(belongsTo(homes, day)?.code, day) !== now(code, day)) continue
        const ended = (home: Home): Home => ({ ...home, until: [home.until, [on, home.from].toSorted().at(-1) ?? on].toSorted()[0] ?? on })
        homes.splice(0, Infinity, ...homes.filter(({ from }) => from <= day).map(ended))
      }
    }
    return homes
  }

  /** Whether the town that tells of a death at row `i` is the one the person belongs to. */
  isDeath(row: IntakeRow, i: number): boolean {
    const code = this.#towns.get(row.repo)
    const day = jst(row.recordedAt)
    const home = belongsTo(this.homes(text(fields(row.payload)['did']), i - 1), day)
    return code !== undefined && home !== undefined && this.heir(home.code, day, i) === this.heir(code, day, i)
  }

  /** Where a person is admitted on a date. */
  home(did: string, date: string, i: number): string | undefined {
    const home = this.homes(did, i).findLast(({ from }) => from <= date)
    return home === undefined || home.until < date ? undefined : this.heir(home.code, date, i)
  }

  /** Where a person’s books are on a date: also after the admission has ended. */
  bookHome(did: string, date: string, i: number): string | undefined {
    const home = this.homes(did, i).findLast(({ from }) => from <= date)
    return home === undefined ? undefined : this.heir(home.code, date, i)
  }

  /** Whether the last admission begins after row `i`. */
  isToCome(did: string, i: number): boolean {
    return start(this.homes(did, i).at(-1)?.from ?? '') > this.#at(i)
  }

  isAdmitted(did: string, day: string, i: number): boolean {
    return (this.homes(did, i).findLast(({ from }) => from <= day)?.until ?? '') >= day
  }

  /** What has become of a municipality by a date, as far as it had happened with the first `i + 1` rows. */
  heir(code: string, date: string, i: number): string {
    let heir = code
    for (const one of this.#unions) {
      const hasHappened = one.i === null ? one.at <= this.#at(i) : one.i <= i
      if (hasHappened && one.from === heir && one.on <= date) heir = one.into
    }
    return heir
  }

  #at(i: number): number {
    return i >= this.rows.length ? Number.POSITIVE_INFINITY : Date.parse(this.rows[i]?.recordedAt ?? '')
  }

  /** Whether two people live together as of the first `i + 1` rows. */
  isHousehold(one: string, other: string, i: number): boolean {
    const groupOf = (did: string): number | undefined => {
      const last = this.rows.findLastIndex(
        (row, at) => at <= i && isEntry(row, 'household') && membersOf(row).includes(did) && this.#isOfHere(row, at),
      )
      const row = this.rows[last]
      return row === undefined || membersOf(row).length === 1 ? undefined : last
    }
    return one !== other && groupOf(one) !== undefined && groupOf(one) === groupOf(other)
  }

  /** Whether a town says so, of nobody who belongs to another. */
  #isOfHere(row: IntakeRow, i: number): boolean {
    const [town, day] = [this.#towns.get(row.repo), jst(row.recordedAt)]
    if (town === undefined) return false
    const here = this.heir(town, day, i)
    return membersOf(row).every((did) => (this.home(did, day, i) ?? here) === here)
  }

  rule(code: string, date: string, i: number): { claimDays: number; actDays: number; perAct: number; perDay: number; level: number } {
    const policy = this.of('policy').findLast(
      (row) => row.i <= i && this.#towns.get(row.repo) === code && text(fields(row.value)['effectiveFrom']) <= date,
    )
    const said = fields(policy?.value)
    return {
      claimDays: number(said['claimDays'], 90),
      actDays: number(said['actDays'], 90),
      perAct: number(said['minutesPerAct'], 720),
      perDay: number(said['minutesPerDay'], 960),
      level: number(said['timeLevel'], 1),
    }
  }

  yen(code: string, date: string, category: string, minutes: number, i: number): number {
    const tables = this.of('rateTable').filter(
      (row) => row.i <= i && this.#towns.get(row.repo) === code && text(fields(row.value)['validFrom']) <= date,
    )
    const table = tables.toSorted((a, b) => (text(fields(a.value)['validFrom']) < text(fields(b.value)['validFrom']) ? -1 : 1)).at(-1)
    const rates = list(fields(table?.value)['rates'])
    const rate = rates.find((entry) => entry['category'] === category) ?? rates.find((entry) => entry['category'] === '*')
    return Math.floor((minutes * number(rate?.['yenPerHour'], 0) * 2 + 60) / 120)
  }

  isHost(did: string, on: string, i: number, by?: string): boolean {
    return this.of('hostBody').some(
      (host) =>
        host.i <= i &&
        fields(host.value)['did'] === did &&
        text(fields(host.value)['validFrom']) <= on &&
        (by === undefined || this.townOf(host.repo) === by),
    )
  }

  /** The level at which an act is recognised; undefined while its giver is not admitted. */
  required(row: IntakeRow, memoScope: string, i: number): number | undefined {
    const { performedOn, giver } = fields(row.value)
    const scope = fields(giver)['card'] === undefined ? this.home(row.repo, text(performedOn), i) : memoScope
    return scope === undefined ? undefined : this.rule(scope, text(performedOn), i).level
  }

  level(note: IntakeRow, i: number): number {
    const value = fields(note.value)
    const role = text(value['onBehalf']) || text(value['role'])
    if (value['role'] === 'municipality' || value['role'] === 'hostBody') return role === 'municipality' ? 3 : role === 'hostBody' ? 2 : 1
    return this.isAdmitted(note.repo, jst(this.rows[i]?.recordedAt ?? ''), i) ? 1 : 0
  }
}

/** Where somebody belongs on a day: where they were admitted last, else where they will be first. */
const belongsTo = (homes: readonly Home[], day: string): Home | undefined => homes.findLast(({ from }) => from <= day) ?? homes[0]
