// A town by hand that can be closed: books of two fiscal years without a network, and an outbox whose records come back as rows of intake, as following
// would bring them.

import assert from 'node:assert/strict'
import type { CloseDeps } from '../../appview/close/close-year.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Part } from '../../appview/follow/writer.ts'
import type { IntakeRow, Json, Roster } from '../../appview/journal/model.ts'
import type { Actor } from '../../appview/desk/outcome.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import { cidForCbor } from '../../atproto/cid.ts'
import { settableClock } from '../../server/clock.ts'
import type { SettableClock } from '../../server/clock.ts'
import { CODE, ROSTER, TOWN, actRows, openingRows, personDid, rowMaker } from '../appview/books-town.ts'
import type { RowMaker } from '../appview/books-town.ts'

export const DAY_MS = 86_400_000
export const OPENED = '2026-04-01T00:00:00.000Z'
export const RESIDENTS = 24
export const DESK: Actor = { did: TOWN, town: CODE }
/** FY2026 ends on 31 March 2027; its cut-off is this. */
export const CUT_OFF = '2027-05-31T15:00:00.000Z'

export class ClosingTown implements AsyncDisposable {
  readonly store: Store
  readonly clock: SettableClock
  readonly maker: RowMaker = rowMaker()
  readonly rows: IntakeRow[] = []
  #published = 0
  /** What the relay would say. */
  log: { leaves: number; time: string } | null = null

  readonly roster: Roster

  constructor(store: Store, clock: SettableClock, roster: Roster) {
    this.store = store
    this.clock = clock
    this.roster = roster
  }

  /** In a store of its own, or in this one. */
  static async open(
    store = openSqliteStore(':memory:'),
    clock = settableClock(Date.parse(OPENED)),
    roster: Roster = ROSTER,
  ): Promise<ClosingTown> {
    const town = new ClosingTown(store, clock, roster)
    await town.store.books.bind({ name: 'test/1', key: 'key', base: 0, created: '2026-04-01T00:00:00.000Z' })
    await town.store.books.setRoster(roster)
    await town.store.books.resetFold(await town.store.books.takeEpoch(), RULES)
    await town.take(openingRows(town.maker, RESIDENTS))
    return town
  }

  get deps(): CloseDeps {
    const { books, desk, work } = this.store
    const { roster } = this
    const askLog = async () => this.log
    return {
      books,
      desk,
      work,
      roster: () => roster,
      clock: this.clock,
      canPublish: async (did) => did === TOWN,
      askLog,
      flush: async () => {},
    }
  }

  /** Rows arrive. */
  async take(rows: readonly IntakeRow[], more: Partial<Part> = {}): Promise<void> {
    const writer = await openWriter({ books: this.store.books, clock: this.clock, roster: () => this.roster })
    for (const row of rows) {
      await writer.append([{ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row], ...more }])
      this.rows.push(row)
      if (Date.parse(row.recordedAt) > this.clock.civilMs()) this.clock.set(row.recordedAt)
    }
  }

  /** One act of an hour, confirmed by somebody else, so long after what came last. */
  async act(index: number, more: { category?: string; minutes?: number; afterMs?: number; confirmer?: number | null } = {}): Promise<void> {
    const { category = 'environment', minutes = 60, afterMs = 1_000, confirmer = (index + 1) % RESIDENTS } = more
    await this.take(actRows(this.maker, { giver: index, confirmer, minutes, category, afterMs }))
  }

  /** Twelve people with an hour each in two categories, three more with something few do. */
  async fillYear(): Promise<void> {
    for (let index = 0; index < 12; index++) await this.act(index, { afterMs: DAY_MS })
    for (let index = 0; index < 12; index++) await this.act(index, { category: 'community', minutes: 50, afterMs: DAY_MS })
    for (let index = 12; index < 15; index++) await this.act(index, { category: 'culture', minutes: 40, afterMs: DAY_MS })
  }

  /** Civil time goes on, and a record that says nothing to the books is logged then. */
  async goOn(instant: string): Promise<void> {
    const last = Date.parse(this.rows.at(-1)?.recordedAt ?? '')
    const notice = { $type: nsid.notice, title: 'x', body: 'y', createdAt: instant }
    await this.take([this.maker.row(TOWN, nsid.notice, notice, Date.parse(instant) - last)])
  }

  /** What the outbox holds is published and comes back. */
  async publish(alter: (record: Json) => Json = (record) => record): Promise<number> {
    const waiting = (await this.store.work.outbox(TOWN, 1_000)).toReversed().slice(this.#published)
    for (const { repo, collection, rkey, record } of waiting) {
      const value = alter(JSON.parse(JSON.stringify(record)))
      const bare = this.maker.row(repo, collection, value, 1_000)
      const cid = cidForCbor(encodeData(jsonToData(value))).toString()
      await this.take([{ ...bare, rkey, uri: `at://${repo}/${collection}/${rkey}`, cid }])
    }
    this.#published += waiting.length
    return waiting.length
  }

  /** One for all categories; `validFrom`: the first day of the year to be closed, where nothing else is said. */
  rateTable(yenPerHour: number, more: Json = [], validFrom = '2026-04-01'): Promise<string> {
    return this.rateTableOf([{ category: '*', yenPerHour, method: 'RC-S' }, ...(Array.isArray(more) ? more : [])], validFrom)
  }

  async rateTableOf(rates: Json, validFrom: string): Promise<string> {
    const row = this.maker.row(TOWN, nsid.rateTable, {
      $type: nsid.rateTable,
      rates,
      source: '内閣府 2027',
      validFrom,
      createdAt: CUT_OFF,
    })
    await this.take([row])
    return row.uri
  }

  resident(index: number): string {
    return personDid(index)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close()
  }
}

/** A year that can be closed now. */
export const closableTown = async (...parts: Parameters<typeof ClosingTown.open>): Promise<ClosingTown> => {
  const town = await ClosingTown.open(...parts)
  await town.fillYear()
  await town.goOn('2027-06-02T00:00:00.000Z')
  return town
}

export const codesOf = (outcome: { ok: true } | { ok: false; reasons: readonly { code: string }[] }): string =>
  outcome.ok ? 'done' : outcome.reasons.map(({ code }) => code).join(' ')

export const valueOf = <T>(outcome: { ok: true; value: T } | { ok: false; reasons: readonly { code: string }[] }): T =>
  outcome.ok ? outcome.value : assert.fail(codesOf(outcome))
