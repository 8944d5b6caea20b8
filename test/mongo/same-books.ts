// Tests that whoever stores on MongoDB passes, a replica set or a sharded cluster: from the same intake as SQLite what is folded is the same to the byte,
// before and after deletions, edits, erasures and a rebuild; and so is every statement that is asked for.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createAccess } from '../../appview/auth/access.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { settableClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { dumped } from '../appview/store-rows.ts'
import { farewellOfA, roster, rowsOf } from '../journal/fixture.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns } from '../journal/rows.ts'

export type OpenMongo = (keyFile: string) => Promise<Store>

const FAR = '2035-01-01T00:00:00.000Z'
const ORIGIN = { name: 'demo/test', key: 'did:key:z', base: 0, created: '2026-01-01T00:00:00.000Z' }
const RUNS = Number(process.env['WAKI_RUNS'] ?? 4)

/** One store on each engine, hashing what is erased under one key. */
const onBoth = async (open: OpenMongo, work: (sqlite: Store, mongo: Store) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-both-'))
  const file = join(dir, 'appview.sqlite')
  const sqlite = openSqliteStore(file)
  const mongo = await open(`${file}.erasure-key`)
  try {
    await work(sqlite, mongo)
  } finally {
    await mongo.close()
    await sqlite.close()
    rmSync(dir, { recursive: true })
  }
}

const fold = async ({ books }: Store, towns: Roster, rows: readonly IntakeRow[], size: number): Promise<void> => {
  await books.setRoster(towns)
  await books.bind(ORIGIN)
  const writer = await openWriter({ books, clock: settableClock(Date.parse(FAR)), roster: () => towns })
  for (let at = 0; at < rows.length; at += size) await writer.append(rows.slice(at, at + size).map(partOf))
  await writer.advance(FAR)
}

/** All that the books of a store answer with for these towns and years. */
const answersOf = async ({ books }: Store, towns: Roster, rows: readonly IntakeRow[], years: readonly number[]): Promise<unknown[]> => {
  const answers: unknown[] = []
  const knownAts = [rows.length, Math.floor(rows.length / 2)].map((index) => rows[index - 1]).filter((row) => row !== undefined)
  for (const { code: scope } of towns)
    for (const year of years) {
      const period = { scope, from: `${year}-04-01`, through: `${year + 1}-03-31` }
      for (const cut of [{}, ...knownAts.map(({ leaf, recordedAt }) => ({ knownAt: { leaf, instant: recordedAt } }))]) {
        answers.push(await books.sums({ ...period, ...cut }), await books.sumsByEntity({ ...period, ...cut }))
        answers.push(await books.sums({ ...period, from: `${year}-04-07`, ...cut }))
        answers.push(
          await books.contributions({ ...period, ...cut, accounts: [4110, 5110, 5120] }),
          await books.headcount({ ...period, ...cut }),
        )
        answers.push(await books.flows({ ...period, scopes: [scope], ...cut }), await books.flowPairs({ ...period, ...cut }))
        answers.push(await books.transactions({ scope, limit: 50, newestFirst: true, ...cut }))
      }
    }
  const people = [...new Set(rows.map(({ repo }) => repo))]
  for (const did of people) {
    answers.push(await books.scopesOf(`P:${did}`), await books.transactions({ entity: `P:${did}`, limit: 20 }))
    answers.push(await books.asked(did, { perGiver: 2, limit: 5 }), await books.refusals({ repo: did, limit: 20 }))
    answers.push(
      await books.rows({ repo: did, limit: 30 }),
      [...(await books.paths(did))],
      await books.sums({ scope: '172014', entity: `P:${did}`, through: '2030-03-31' }),
    )
  }
  for (const { uri } of rows) answers.push(await books.rows({ uri, limit: 5 }), await books.transactions({ action: uri, limit: 5 }))
  for (const prefix of ['action:', 'flags:', 'admissions:']) answers.push(await books.keys(prefix, null, 40))
  answers.push(await books.intake({ leaf: 0, op: 0 }, 10_000), await books.counts(), (await books.state()).cursor, await books.nextDue())
  return answers
}

const statementsOf = async ({ books }: Store): Promise<string> => {
  const clock = settableClock(Date.parse(FAR))
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => roster })
  const queries = createQueries({ books, access, clock, roster: () => roster, follow: () => status, relayUrl: 'http://localhost:1', fetch })
  const all: unknown[] = []
  for (const { code: scope, did } of roster)
    for (const fiscalYear of [2026, 2027, 2028])
      for (const caller of [{ kind: 'account', did } as const, { kind: 'anyone' } as const])
        for (const kind of ['scope', 'municipality'])
          for (const leaf of caller.kind === 'account' ? [undefined, 51, 20] : [undefined])
            all.push(await queries.statementFor(caller, { scope, fiscalYear, kind, ...(leaf === undefined ? {} : { leaf }) }))
  return JSON.stringify(all)
}

const [TOWN] = roster.map(({ code }) => code)

/** Papers of the desk that name a person. */
const deedsAbout = async ({ desk }: Store, did: string): Promise<void> => {
  const town = TOWN ?? ''
  const audit = { at: FAR, by: did, deed: 'confirm.privately', on: did, outcome: 'done', code: null, detail: { did } } as const
  const entry = { uri: 'at://x/y/k', kind: 'dispute', commitment: 'c', payload: { by: did }, salt: 'salt', about: [did] }
  const resident = { id: '7', name: '青井', did, from: '2026-04-01', until: null, household: null, isProtected: false }
  const draft = { id: 'd', kind: 'stamps', state: 'draft', version: 1, subject: null, proposedBy: null, approvedBy: null } as const
  await desk.persist({
    town,
    audit: [audit],
    entries: [entry],
    residents: [resident],
    drafts: [{ ...draft, by: did, createdAt: FAR, changedAt: FAR, body: { did } }],
    roles: [{ did, role: 'clerk', from: FAR, until: null, grantedBy: did, endedBy: null }],
    publish: [{ repo: 'did:web:town.example', collection: 'c', rkey: 'r', verb: 'create', record: { subject: did } }],
  })
}

const deskOf = async ({ desk, work }: Store): Promise<readonly unknown[]> => {
  const town = TOWN ?? ''
  const all = { limit: 9 }
  const papers = [await desk.trail(town, all), await desk.drafts(town, all), await desk.entries(town, all), await desk.register(town, all)]
  return [...papers, await desk.roles(town), await work.outbox('did:web:town.example', 9)]
}

const randomTowns = async (open: OpenMongo): Promise<void> => {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(steps(60), fc.integer({ min: 1, max: 30 }), async (plan, size) => {
      const { rows } = townOf(plan)
      await onBoth(open, async (sqlite, mongo) => {
        await fold(sqlite, threeTowns, rows, size)
        await fold(mongo, threeTowns, rows, size)
        const lines = await dumped(sqlite)
        assert.deepEqual(await dumped(mongo), lines)
        const [found, expected] = [await answersOf(mongo, threeTowns, rows, [2026]), await answersOf(sqlite, threeTowns, rows, [2026])]
        assert.deepEqual(found, expected)
        await rebuildBooks(mongo.books)
        assert.deepEqual(await dumped(mongo), lines)
        seen += lines.length
      })
    }),
    { seed: 20260403, numRuns: RUNS, endOnFailure: true },
  )
  assert.ok(seen > RUNS * 100, `${seen} lines`)
}

const fixturesTown = (open: OpenMongo): Promise<void> =>
  onBoth(open, async (sqlite, mongo) => {
    const rows = [...rowsOf('town'), ...farewellOfA()]
    for (const store of [sqlite, mongo]) {
      await deedsAbout(store, rows[rows.length - 1]?.repo ?? '')
      await fold(store, roster, rows, 7)
    }
    assert.deepEqual(await deskOf(mongo), await deskOf(sqlite))
    assert.ok(!JSON.stringify(await deskOf(mongo)).includes(rows.at(-1)?.repo ?? ''))
    const lines = await dumped(sqlite)
    assert.ok(lines.some((line) => line.includes('did:erased:1')))
    assert.deepEqual(await dumped(mongo), lines)
    const statements = await statementsOf(sqlite)
    assert.equal(await statementsOf(mongo), statements)
    assert.ok(statements.length > 20_000, `${statements.length} characters`)
    assert.deepEqual(await answersOf(mongo, roster, rows, [2026, 2027]), await answersOf(sqlite, roster, rows, [2026, 2027]))
  })

export const sameBooks = (name: string, open: OpenMongo): void => {
  test(`${name}: random towns give the same books as on SQLite, also folded anew`, () => randomTowns(open))
  test(`${name}: the fixture's town gives the same statements as on SQLite, before and after an account is erased`, () =>
    fixturesTown(open))
}
