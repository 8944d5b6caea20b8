// How long a statement takes as the books grow, asked of the queries themselves: of persons and of towns, each time another question, so that nothing is
// answered from memory; and of a town to the public, right after something was booked.
//   npm run bench:statements [-- --quick]

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { createAccess } from '../appview/auth/access.ts'
import { ANYONE } from '../appview/auth/caller.ts'
import type { Caller } from '../appview/auth/caller.ts'
import { openWriter } from '../appview/follow/writer.ts'
import type { IntakeRow } from '../appview/journal/model.ts'
import type { StatementQuery } from '../appview/queries/statement.ts'
import { createQueries } from '../appview/queries/queries.ts'
import { openSqliteStore } from '../appview/store/sqlite-store.ts'
import { settableClock } from '../server/clock.ts'
import { either } from './mode.ts'
import { percentile, publish, type Row } from './report.ts'
import { scratchDir } from './servers.ts'
import { TOWNS_OF_INTAKE, townIntake } from './town-intake.ts'

const POSTING_LEVELS = either([10_000, 100_000], [10_000, 100_000, 1_000_000])
const POSTINGS_OF_AN_ACT = 12
const RESIDENTS = 500
const DAYS = 700
const SEED = 3
const CALLS = either(200, 1_000)
const WARM_UP = 30
const BATCH = 2_000
const AIM_MS = 10
const YEARS = [2024, 2025]

type Ask = {
  readonly what: string
  readonly ask: (nth: number) => readonly [Caller, StatementQuery]
  readonly before?: () => Promise<void>
}

const partOf = (row: IntakeRow) => ({ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row] })

const measure = async (level: number): Promise<Row[]> => {
  const store = openSqliteStore(join(scratchDir(`statements-${level}`), 'appview.sqlite'))
  const { books } = store
  const acts = Math.ceil(level / POSTINGS_OF_AN_ACT)
  const { roster, pages, residentAt } = townIntake({ acts, residents: RESIDENTS, days: DAYS, seed: SEED })
  const rows = [...pages()].flat()
  const last = rows.at(-1) ?? assert.fail('there are rows')
  const clock = settableClock(Date.parse(last.recordedAt) + 1)
  await books.bind({ name: 'bench/1', key: 'did:key:z', base: 1, created: '2024-03-01T00:00:00.000Z' })
  await books.setRoster(roster)
  const writer = await openWriter({ books, clock, roster: () => roster })
  for (let at = 0; at < rows.length; at += BATCH) await writer.append(rows.slice(at, at + BATCH).map(partOf))
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => roster })
  const queries = createQueries({ books, access, clock, roster: () => roster, follow: () => status, relayUrl: 'http://localhost:1', fetch })

  const scopeAt = (nth: number): string => TOWNS_OF_INTAKE[nth % TOWNS_OF_INTAKE.length] ?? ''
  const yearAt = (nth: number): number => YEARS[nth % YEARS.length] ?? 0
  const deskOf = (scope: string): Caller => ({ kind: 'account', did: roster.find(({ code }) => code === scope)?.did ?? '' })
  const leafAt = (nth: number): number => 1 + ((nth * 7_919) % last.leaf)
  let leaf = last.leaf
  const bookOne = async (): Promise<void> => {
    leaf += 1
    clock.set(new Date(clock.civilMs() + 1).toISOString())
    const act = rows.find(({ collection }) => collection.endsWith('.action')) ?? assert.fail('there are acts')
    const recordedAt = new Date(clock.civilMs()).toISOString()
    const value = { ...Object(act.value), performedOn: recordedAt.slice(0, 10), minutes: 1 }
    await writer.append([partOf({ ...act, leaf, recordedAt, rkey: `n${leaf}`, uri: `${act.uri}${leaf}`, value })])
  }
  const asks: readonly Ask[] = [
    { what: 'of a person, own, the year, now', ask: (nth) => personAt(nth, {}) },
    { what: 'of a person, own, the year, as known at a leaf', ask: (nth) => personAt(nth, { leaf: leafAt(nth) }) },
    {
      what: 'of a town, its desk, the year, as known at a leaf',
      ask: (nth) => [deskOf(scopeAt(nth)), { scope: scopeAt(nth), fiscalYear: yearAt(nth), leaf: leafAt(nth) }],
    },
    {
      what: 'of a town, its desk, the running year, after something was booked',
      ask: (nth) => [deskOf(scopeAt(nth)), { scope: scopeAt(nth), fiscalYear: yearAt(1) }],
      before: bookOne,
    },
    { what: 'of a town, anyone, the year', ask: (nth) => [ANYONE, { scope: scopeAt(nth), fiscalYear: yearAt(nth) }] },
  ]
  const personAt = (nth: number, known: Pick<StatementQuery, 'leaf'>): readonly [Caller, StatementQuery] => {
    const did = residentAt(nth % RESIDENTS)
    return [
      { kind: 'account', did },
      { scope: scopeAt(nth % RESIDENTS), entity: did, fiscalYear: yearAt(Math.floor(nth / RESIDENTS)), ...known },
    ]
  }
  const { postings } = await books.counts()
  const table: Row[] = []
  for (const { what, ask, before } of asks) {
    const times: number[] = []
    for (let nth = -WARM_UP; nth < CALLS; nth++) {
      await before?.()
      const [caller, query] = ask(nth + WARM_UP)
      const begun = performance.now()
      await queries.statementFor(caller, query)
      if (nth >= 0) times.push(performance.now() - begun)
    }
    table.push({ what, postings, 'p50 ms': percentile(times, 0.5), 'p99 ms': percentile(times, 0.99), 'max ms': Math.max(...times) })
  }
  await store.close()
  return table
}

const rows: Row[] = []
for (const level of POSTING_LEVELS) rows.push(...(await measure(level)))
const sorted = rows.toSorted((a, b) => String(a['what']).localeCompare(String(b['what'])))
const slowest = Math.max(...rows.map((row) => Number(row['p99 ms'])))
publish({
  name: 'statements',
  tables: [
    {
      title: `Statements as the books grow: ${RESIDENTS} residents of ${TOWNS_OF_INTAKE.length} towns, ${CALLS} questions each`,
      rows: sorted,
    },
  ],
  aims: [
    {
      what: `appview, statement p99 at up to ${POSTING_LEVELS.at(-1)?.toLocaleString('en') ?? ''} postings`,
      aim: `≤ ${AIM_MS} ms`,
      seen: `${slowest.toFixed(1)} ms`,
      holds: slowest <= AIM_MS,
    },
  ],
})
