// Statements asked of the queries themselves, each time another question, so that nothing is answered from memory: of persons and of towns; and of a town
// to the public, right after something was booked. On whichever store a town's intake is folded into.

import assert from 'node:assert/strict'
import { createAccess } from '../appview/auth/access.ts'
import { ANYONE } from '../appview/auth/caller.ts'
import type { Caller } from '../appview/auth/caller.ts'
import { BATCH_MAX_LEAVES, BATCH_MAX_LEAVES_AWAY } from '../appview/follow/limits.ts'
import { openWriter } from '../appview/follow/writer.ts'
import type { Part, Writer } from '../appview/follow/writer.ts'
import type { IntakeRow } from '../appview/journal/model.ts'
import { createQueries } from '../appview/queries/queries.ts'
import type { StatementQuery } from '../appview/queries/statement.ts'
import type { Store } from '../appview/store/store.ts'
import { settableClock } from '../server/clock.ts'
import type { SettableClock } from '../server/clock.ts'
import { percentile, type Row } from './report.ts'
import { TOWNS_OF_INTAKE, townIntake } from './town-intake.ts'
import type { TownIntake } from './town-intake.ts'

const POSTINGS_OF_AN_ACT = 12
export const RESIDENTS = 500
const DAYS = 700
const SEED = 3
/** Asked of each kind before any is timed, as of a server that has been up: its code is compiled, what is read ever again is at hand. */
const WARM_UP = 200
const YEARS = [2024, 2025]

/** `writer`: absent where nothing is to be booked. */
export type Filled = {
  readonly store: Store
  readonly town: TownIntake
  readonly rows: readonly IntakeRow[]
  readonly writer?: Writer
  readonly clock: SettableClock
}

const partOf = (row: IntakeRow): Part => ({ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row] })

export type Intake = { readonly acts: number; readonly town: TownIntake; readonly rows: readonly IntakeRow[] }

/** The intake that comes to so many postings. */
export const intakeOf = (postings: number): Intake => {
  const acts = Math.ceil(postings / POSTINGS_OF_AN_ACT)
  const town = townIntake({ acts, residents: RESIDENTS, days: DAYS, seed: SEED })
  return { acts, town, rows: [...town.pages()].flat() }
}

/** Folds an intake into an empty store, in batches as following does; `onBatch` is told the last leaf of each. */
export const fillStore = async (
  store: Store,
  intake: Intake,
  onBatch: (leaf: number) => void = () => {},
  batch?: number,
): Promise<Filled> => {
  const { books } = store
  const { town, rows } = intake
  const filled = storedFill(store, intake)
  const { clock } = filled
  await books.bind({ name: 'bench/1', key: 'did:key:z', base: 1, created: '2024-03-01T00:00:00.000Z' })
  await books.setRoster(town.roster)
  const writer = await openWriter({ books, clock, roster: () => town.roster })
  const isAtHand = (await (await books.folding()).documents()) !== null
  const size = batch ?? (isAtHand ? BATCH_MAX_LEAVES : BATCH_MAX_LEAVES_AWAY)
  let before: Promise<void> = Promise.resolve()
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size)
    // The next batch is decided while this one is stored.
    const stored = writer.append(part.map(partOf)).then(() => onBatch(part.at(-1)?.leaf ?? 0))
    stored.catch(() => {})
    await before
    before = stored
  }
  await before
  return { ...filled, writer }
}

/** A store that was filled with this intake before. */
export const storedFill = (store: Store, { town, rows }: Intake): Filled => {
  const last = rows.at(-1) ?? assert.fail('there are rows')
  return { store, town, rows, clock: settableClock(Date.parse(last.recordedAt) + 1) }
}

export type Ask = {
  readonly what: string
  readonly ask: (nth: number) => Promise<unknown>
  readonly before?: () => Promise<void>
}

const scopeAt = (nth: number): string => TOWNS_OF_INTAKE[nth % TOWNS_OF_INTAKE.length] ?? ''
const yearAt = (nth: number): number => YEARS[nth % YEARS.length] ?? 0

export const asksOf = (filled: Filled): readonly Ask[] => {
  const { store, town, rows, clock } = filled
  const { books } = store
  const { roster, residentAt } = town
  const last = rows.at(-1) ?? assert.fail('there are rows')
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => roster })
  const queries = createQueries({ books, access, clock, roster: () => roster, follow: () => status, relayUrl: 'http://localhost:1', fetch })
  const deskOf = (scope: string): Caller => ({ kind: 'account', did: roster.find(({ code }) => code === scope)?.did ?? '' })
  const leafAt = (nth: number): number => 1 + ((nth * 7_919) % last.leaf)
  const ofPerson = (nth: number, known: Pick<StatementQuery, 'leaf'>): readonly [Caller, StatementQuery] => {
    const did = residentAt(nth % RESIDENTS)
    const fiscalYear = yearAt(Math.floor(nth / RESIDENTS))
    return [
      { kind: 'account', did },
      { scope: scopeAt(nth % RESIDENTS), entity: did, fiscalYear, ...known },
    ]
  }
  const ask =
    (questionAt: (nth: number) => readonly [Caller, StatementQuery]) =>
    (nth: number): Promise<unknown> =>
      queries.statementFor(...questionAt(nth))
  return [
    { what: 'of a person, own, the year, now', ask: ask((nth) => ofPerson(nth, {})) },
    { what: 'of a person, own, the year, as known at a leaf', ask: ask((nth) => ofPerson(nth, { leaf: leafAt(nth) })) },
    {
      what: 'of a town, its desk, the year, as known at a leaf',
      ask: ask((nth) => [deskOf(scopeAt(nth)), { scope: scopeAt(nth), fiscalYear: yearAt(nth), leaf: leafAt(nth) }]),
    },
    {
      what: 'of a town, its desk, the running year, after something was booked',
      ask: ask((nth) => [deskOf(scopeAt(nth)), { scope: scopeAt(nth), fiscalYear: yearAt(1) }]),
      before: openBooking(filled),
    },
    { what: 'of a town, anyone, the year', ask: ask((nth) => [ANYONE, { scope: scopeAt(nth), fiscalYear: yearAt(nth) }]) },
  ]
}

/** Books one act more each time. */
export const openBooking = ({ rows, clock, writer }: Filled): (() => Promise<void>) => {
  let leaf = rows.at(-1)?.leaf ?? 0
  const act = rows.find(({ collection }) => collection.endsWith('.action')) ?? assert.fail('there are acts')
  return async () => {
    leaf += 1
    clock.set(new Date(clock.civilMs() + 1).toISOString())
    const recordedAt = new Date(clock.civilMs()).toISOString()
    const value = { ...Object(act.value), performedOn: recordedAt.slice(0, 10), minutes: 1 }
    await writer?.append([partOf({ ...act, leaf, recordedAt, rkey: `n${leaf}`, uri: `${act.uri}${leaf}`, value })])
  }
}

/**
 * How long each kind of question takes, asked so often; and what of it the process itself computes, whatever else the
 * machine is busy with, as a kernel counts it: by ticks of some milliseconds.
 */
export const timeAsks = async (filled: Filled, calls: number): Promise<Row[]> => {
  const { postings } = await filled.store.books.counts()
  const table: Row[] = []
  for (const { what, ask, before } of asksOf(filled)) {
    const times: number[] = []
    const computed: number[] = []
    for (let nth = -WARM_UP; nth < calls; nth++) {
      await before?.()
      const [begun, cpu] = [performance.now(), process.threadCpuUsage()]
      await ask(nth + WARM_UP)
      if (nth < 0) continue
      times.push(performance.now() - begun)
      computed.push(cpuMsSince(cpu))
    }
    table.push({
      what,
      postings,
      'p50 ms': percentile(times, 0.5),
      'p99 ms': percentile(times, 0.99),
      'max ms': Math.max(...times),
      'CPU ms each': computed.reduce((sum, ms) => sum + ms, 0) / computed.length,
      'p99 CPU ms': percentile(computed, 0.99),
    })
  }
  return table
}

const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
