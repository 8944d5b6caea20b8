// The books a second time, slowly and otherwise: no state and no documents. Each version of an action is followed on its own through the whole list
// of records; whatever it must know of the world (who lives where, which rules hold) is looked up in the list again. Gives what must stand on the
// revenue, expense and contribution accounts by date, the open memos, and where each person's clearing must end.

import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { addBooking, bookOf, differs, giverOf, isCard, isConcerned, type Booked, type Booking } from './second-booking.ts'
import { closes, fields, isEntry, isSameVoice, jst, number, shift, start, text, uriSpokenOf } from './second-fields.ts'
import { Appeals, isSuspended, isTooLongAgo, lapseOf } from './second-ladder.ts'
import { openingsOf } from './second-openings.ts'
import { goesTooFar } from './second-voices.ts'
import { World, type Placed } from './second-world.ts'

type Version = { readonly row: IntakeRow; readonly start: number; readonly end: number }
type Fate = {
  readonly state: string
  readonly memoScope: string
  readonly memoDate: string
  readonly booked: readonly Booking[]
  readonly endedAt: number
}

export class SecondComputation {
  readonly #world: World
  readonly #through: number
  readonly #fates = new Map<string, Fate | null>()

  constructor(rows: readonly IntakeRow[], roster: Roster, through: string) {
    this.#through = Date.parse(through)
    this.#world = new World(rows, roster, this.#through)
  }

  versions(): readonly Version[] {
    const acts = this.#world.of('action')
    return acts
      .filter(({ action }) => action !== 'delete')
      .map((row) => ({
        row,
        start: row.i,
        end: acts.find((other) => other.i > row.i && other.uri === row.uri)?.i ?? this.#world.rows.length,
      }))
  }

  /** What had become of a version before row `i`; null when it was refused. */
  fate(whole: Version, i = this.#world.rows.length): Fate | null {
    const fate = this.#fates.get(`${whole.start} ${i}`) ?? this.#follow({ ...whole, end: Math.min(whole.end, i) }, i)
    this.#fates.set(`${whole.start} ${i}`, fate)
    return fate
  }

  #fatesOf(uri: string, i: number): readonly { readonly row: IntakeRow; readonly booked: readonly Booking[] }[] {
    const versions = this.versions().filter(({ row, start: at }) => row.uri === uri && at < i)
    return versions.map((version) => ({ row: version.row, booked: this.fate(version, i)?.booked ?? [] }))
  }

  #follow(version: Version, before: number): Fate | null {
    const { row } = version
    const act = fields(row.value)
    const minutes = number(act['minutes'], 0)
    const performedOn = text(act['performedOn'])
    const claimed = text(fields(act['municipality'])['code'])
    const day = jst(row.recordedAt)
    const memoDate = Date.parse(row.recordedAt) >= closes(performedOn) ? day : performedOn
    const stated = this.#world.heir(claimed, memoDate, version.start)
    const memoScope =
      isCard(row) || this.#world.home(row.repo, performedOn, version.start) === undefined
        ? stated
        : (this.#world.bookHome(row.repo, memoDate, version.start) ?? stated)
    const { claimDays, actDays, perAct, perDay } = this.#world.rule(memoScope, day, version.start)
    if (performedOn > day || minutes > perAct) return null
    if (isTooLongAgo(this.#world, memoScope, [performedOn, day], actDays, version.start)) return null
    if (isCard(row) && !this.#world.isHost(row.repo, performedOn, version.start)) return null
    if (act['hostBody'] !== undefined && !this.#world.isHost(text(act['hostBody']), performedOn, version.start)) return null
    const sameDay = this.versions().filter(
      (other) =>
        other.start < version.start &&
        giverOf(other.row) === giverOf(row) &&
        fields(other.row.value)['performedOn'] === performedOn &&
        other.end > version.start,
    )
    const taken = sameDay.reduce((sum, other) => sum + this.#minutesHeld(other, version.start), 0)
    if (taken + minutes > perDay) return null
    return this.#live(version, { memoScope, memoDate, lapsesAt: lapseOf(this.#world, memoScope, day, claimDays) }, before)
  }

  /** Minutes a version still takes of its day just before row `i`. */
  #minutesHeld(version: Version, i: number): number {
    const fate = this.fate(version, i)
    if (fate === null || (['lapsed', 'rejected', 'reversed', 'died'].includes(fate.state) && fate.endedAt <= this.#time(i, fate))) return 0
    return number(fields(version.row.value)['minutes'], 0)
  }

  // Lapses end at an instant, everything else at a row.
  #time(i: number, fate: Fate): number {
    return fate.state === 'lapsed' ? Date.parse(this.#world.rows[i]?.recordedAt ?? '') : i - 1
  }

  #live(version: Version, memo: { memoScope: string; memoDate: string; lapsesAt: number }, before: number): Fate {
    const booked: Booking[] = []
    const appeals = new Appeals(this.#world, version.row)
    const held: Placed[] = []
    let state = 'open'
    let dispute: string | null = null
    let endedAt = this.#world.rows.length
    // Whose admission the claim waits for.
    const awaited = new Set<string>()
    const recognise = (index: number): void => {
      const level = this.#world.required(version.row, memo.memoScope, index)
      const at = held.findIndex((note) => level !== undefined && this.#world.level(note, index) >= level)
      const note = held[at]
      if (note === undefined) {
        if (!isCard(version.row) && this.#world.home(version.row.repo, text(fields(version.row.value)['performedOn']), index) === undefined)
          awaited.add(version.row.repo)
        for (const other of held) if (this.#world.level(other, index) === 0) awaited.add(other.repo)
        return
      }
      state = 'recognised'
      const what = bookOf(this.#world, { row: version.row, memoScope: memo.memoScope }, note, index)
      booked.push({ sign: 1, late: false, index, what })
      const other = held.slice(at + 1).find((later) => this.#world.level(later, index) > 0 && differs(version.row, what, later))
      if (other !== undefined) dispute = other.uri
    }
    const hear = (note: Placed, index: number): void => {
      if (!this.#maySpeak(version, note, memo.memoScope, booked.at(-1)?.what, index)) return
      const what = booked.at(-1)?.what
      if (state === 'open') {
        if (fields(note.value)['verdict'] === 'rejected') {
          state = 'rejected'
          endedAt = index
          return
        }
        // The newest word of an author stands.
        const earlier = held.findIndex((other) => isSameVoice(other, note))
        if (earlier >= 0) held.splice(earlier, 1)
        held.push(note)
        recognise(index)
      } else if (state === 'recognised' && what !== undefined && this.#world.level(note, index) > 0) {
        // The word that stood when it was recognised stays.
        for (const earlier of held.filter((other) => isSameVoice(other, note)).slice(1)) held.splice(held.indexOf(earlier), 1)
        held.push(note)
        if (dispute === null && differs(version.row, what, note)) dispute = note.uri
      }
    }
    for (const early of this.#parked(version)) hear(early, version.start)
    const erasedAt = this.#erasedAt(version.row.repo)
    for (let i = version.start + 1; i < version.end; i += 1) {
      const row = this.#world.rows[i]
      if (row === undefined) continue
      const isErased = Date.parse(row.recordedAt) >= erasedAt
      if (state === 'open' && isErased) break
      if (state === 'open' && Date.parse(row.recordedAt) >= memo.lapsesAt) break
      if (
        isEntry(row, 'death') &&
        state === 'open' &&
        this.#world.isDeath(row, i) &&
        fields(row.payload)['did'] === giverOf(version.row).slice(2)
      ) {
        state = 'died'
        endedAt = i
      }
      const isAdmitting = row.collection.endsWith('.admission') || row.collection === 'beginning'
      const subject = text(fields(row.value)['subject'])
      // An admission to come changes nothing until it begins.
      if (isAdmitting && state === 'open' && !this.#world.isToCome(subject, i) && awaited.delete(subject)) {
        for (const note of held.filter(({ repo }) => repo === subject))
          if (this.#isAtHome(version, note, i)) held.splice(held.indexOf(note), 1)
        recognise(i)
      }
      if (row.collection.endsWith('.confirmation') && row.action === 'delete') {
        const gone = held.findIndex((note) => note.uri === row.uri)
        if (gone >= 0) held.splice(gone, 1)
      } else if (row.collection.endsWith('.confirmation') && !isErased && this.#speaksOf(row, version)) hear({ ...row, i }, i)
      const last = booked.at(-1)?.what
      if (state === 'reversed' && last !== undefined) {
        const restored = appeals.hear(row, i, giverOf(version.row), last)
        if (restored !== undefined) {
          booked.push(restored)
          state = 'recognised'
        }
      }
      if (row.collection.endsWith('.entry') && state === 'recognised' && isConcerned(this.#world, row, version.row, last, i)) {
        const subject = fields(fields(row.payload)['subject'])
        const kind = fields(row.value)['kind']
        if (kind === 'dispute' && !isErased && subject['uri'] === version.row.uri && subject['cid'] === version.row.cid && dispute === null)
          dispute = row.uri
        else if (kind === 'ruling' && subject['uri'] === dispute) {
          dispute = null
          if (fields(row.payload)['outcome'] === 'upheld' && last !== undefined) {
            const said = held.filter(({ value }) => fields(value)['verdict'] === 'confirmed' && fields(value)['role'] !== 'municipality')
            const parties = said.map(({ repo }) => repo)
            booked.push({ sign: -1, late: Date.parse(row.recordedAt) >= closes(last.date), index: i, what: last, parties })
            appeals.ruled(row)
            state = 'reversed'
            endedAt = i
          }
        }
      }
    }
    const next = this.#world.rows[version.end]
    const gone = version.end < before ? next : undefined
    const lastInstant = next === undefined ? this.#through : Date.parse(next.recordedAt)
    if (state === 'open' && lastInstant >= memo.lapsesAt) {
      state = 'lapsed'
      endedAt = memo.lapsesAt
    }
    if (state === 'open' && lastInstant >= erasedAt) state = 'withdrawn'
    const what = booked.at(-1)?.what
    if (gone !== undefined && state === 'recognised' && what !== undefined)
      booked.push({ sign: -1, late: Date.parse(gone.recordedAt) >= closes(what.date), index: version.end, what })
    if (gone !== undefined && state === 'open') state = 'withdrawn'
    return { state, memoScope: memo.memoScope, memoDate: memo.memoDate, booked, endedAt }
  }

  #isAtHome({ row }: Version, note: IntakeRow, i: number): boolean {
    const isOffice = ['hostBody', 'municipality'].includes(text(fields(note.value)['role']))
    return !isOffice && !isCard(row) && this.#world.isHousehold(row.repo, note.repo, i)
  }

  #speaksOf(row: IntakeRow, { row: act }: Version): boolean {
    const subject = fields(fields(row.value)['subject'])
    return subject['uri'] === act.uri && subject['cid'] === act.cid
  }

  /** Confirmations that came before any version of the action was there, and are still waiting. */
  #parked(version: Version): readonly Placed[] {
    const acts = this.#world.of('action').filter(({ uri, i }) => uri === version.row.uri && i < version.start)
    const words = this.#world.of('confirmation').filter(({ action }) => action !== 'delete')
    return words.filter((note) => {
      if (note.i > version.start || !this.#speaksOf(note, version)) return false
      const seen = acts.findLast(({ i }) => i < note.i)
      if (seen !== undefined && seen.action !== 'delete') return false
      if (acts.some(({ i }) => i > note.i)) return false
      if (this.#world.rows.some((row, i) => i < version.start && row.uri === note.uri && row.action === 'delete')) return false
      if (
        words.some(
          (other) => other.i > note.i && other.i < version.start && isSameVoice(other, note) && uriSpokenOf(other) === version.row.uri,
        )
      )
        return false
      return Date.parse(version.row.recordedAt) < start(shift(jst(note.recordedAt), 90))
    })
  }

  #maySpeak(version: Version, note: Placed, memoScope: string, booked: Booked | undefined, i: number): boolean {
    const [{ row }, value] = [version, fields(note.value)]
    if (goesTooFar(this.#world, row, note)) return false
    if (note.repo === row.repo || isSuspended(this.#world, (uri, at) => this.#fatesOf(uri, at), note.repo, note.i)) return false
    if (value['role'] === 'municipality') {
      const code = this.#world.townOf(note.repo)
      const scopes = [text(fields(fields(row.value)['municipality'])['code']), booked?.giverScope ?? memoScope]
      return scopes.some((scope) => code === scope || code === this.#world.heir(scope, jst(note.recordedAt), i))
    }
    if (this.#world.level(note, i) > 0 && this.#isAtHome(version, note, i)) return false
    if (value['role'] === 'hostBody') {
      return this.#world.isHost(note.repo, text(fields(row.value)['performedOn']), note.i)
    }
    return value['verdict'] !== 'rejected' && value['onBehalf'] === undefined
  }

  /** Sums by "entity scope account unit date", zero ones left out. */
  books(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>()
    const add = (key: string, amount: number): void => void sums.set(key, (sums.get(key) ?? 0) + amount)
    for (const version of this.versions()) {
      const fate = this.fate(version)
      if (fate === null) continue
      const minutes = number(fields(version.row.value)['minutes'], 0)
      if (fate.state === 'open') add(`${giverOf(version.row)} ${fate.memoScope} 9110 MIN any`, minutes)
      for (const { sign, late, index, what } of fate.booked) addBooking(this.#world, version.row, { sign, late, index, what }, add)
    }
    for (const { holder, town, date, minutes } of openingsOf(this.#world)) {
      add(`P:${holder} ${town} 3210 MIN ${date}`, -minutes)
      add(`X:${town} ${town} 3210 MIN ${date}`, minutes)
    }
    for (const [key, sum] of sums) if (sum === 0) sums.delete(key)
    return new Map([...sums].map(([key, sum]) => [this.#asErased(key), sum]))
  }

  /** An erased person stands as a slot of the pool wherever they stood. */
  #asErased(key: string): string {
    const [entity = '', scope = '', ...rest] = key.split(' ')
    const gone = this.#world.departures.find(({ did, at }) => entity === `P:${did}` && at <= this.#through)
    return gone === undefined ? key : [`X:${scope}#${gone.nth}`, scope, ...rest].join(' ')
  }

  #erasedAt(did: string): number {
    return this.#world.departures.find((one) => one.did === did)?.at ?? Number.POSITIVE_INFINITY
  }

  /** What a municipality has become. */
  lastOf(code: string): string {
    return this.#world.heir(code, '9999-12-31', this.#world.rows.length)
  }

  /** The last municipality of a person, where the whole clearing must end. */
  lastHome(did: string): string | undefined {
    const last = this.#world.homes(did, this.#world.rows.length).at(-1)?.code
    return last === undefined ? undefined : this.lastOf(last)
  }
}
