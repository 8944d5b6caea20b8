// An account that is deleted and does not come back within thirty days: the scope's statements say what they said, to the byte, persons counted alike;
// nothing that can be asked for, and no byte of the files, holds the person any more.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import { CONTRIBUTION_ACCOUNTS, cellsOf, countOf, everybodyIn } from '../../appview/statements/cells.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books, Store } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { farewellOfA, instant, keyOfEntity, roster, rowsOf } from '../journal/fixture.ts'
import { KANAZAWA, KOMATSU, person, smallTown, towns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'

const A = keyOfEntity('A').slice(2)
const SCOPE = '172014'
/** E22b: the account is deleted on 2 April 2028, and erased a month later. */
const BEFORE = instant('2028-05-01T00:00:00+09:00')
const AFTER = instant('2028-06-01T00:00:00+09:00')
/** The last leaf before the farewell and the profile. */
const KNOWN_LEAF = 51
const YEARS = [2026, 2027, 2028]
const town = { kind: 'account', did: roster.find(({ code }) => code === SCOPE)?.did ?? '' } as const
const anyone = { kind: 'anyone' } as const

const queriesOf = (books: Books, known = roster) => {
  const clock = settableClock(Date.parse(AFTER))
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => known })
  return createQueries({ books, access, clock, roster: () => known, follow: () => status, relayUrl: 'http://localhost:1', fetch })
}

const folded = async (store: Store, rows: readonly IntakeRow[], through: string) => {
  await store.books.setRoster(roster)
  const writer = await openWriter({ books: store.books, clock: settableClock(0), roster: () => roster })
  await writer.append(rows.map(partOf))
  await writer.advance(through)
  return writer
}

/** Every statement of every scope, as the desk and as the public sees it, and how many persons stand behind each cell. */
const statementsOf = async (books: Books): Promise<readonly unknown[]> => {
  const queries = queriesOf(books)
  const all: unknown[] = []
  for (const { code: scope, did } of roster)
    for (const fiscalYear of YEARS) {
      for (const caller of [{ kind: 'account', did } as const, anyone])
        for (const kind of ['scope', 'municipality']) {
          const { statement, persons, acts } = await queries.statementFor(caller, { scope, fiscalYear, kind })
          all.push([canonicalHash({ ...statement, knownAt: null }), persons, acts])
          if (caller.kind === 'account') {
            const then = await queries.statementFor(caller, { scope, fiscalYear, kind, leaf: KNOWN_LEAF })
            all.push([then.proof.hash, then.persons, then.acts])
          }
        }
      const period = { from: `${fiscalYear}-04-01`, through: `${fiscalYear + 1}-03-31` }
      const cells = cellsOf(await books.contributions({ scope, ...period, accounts: CONTRIBUTION_ACCOUNTS }))
      all.push([everybodyIn(cells), Object.values(cells).map(countOf)])
    }
  return all
}

const profileOfA = (): IntakeRow => {
  const [row] = farewellOfA()
  assert.ok(row)
  const uri = `at://${A}/${nsid.profile}/self`
  const value = { $type: nsid.profile, displayName: 'A', statementVisibility: 'public', createdAt: row.recordedAt }
  const record = { source: 'record', action: 'create', collection: nsid.profile, rkey: 'self', uri, cid: 'bafyprofile', value } as const
  const { account: _, ...rest } = row
  return { ...rest, ...record }
}

const later = (rows: readonly IntakeRow[]): readonly IntakeRow[] => rows.map((row) => ({ ...row, leaf: row.leaf + 1 }))

test('E22b: every scope statement stays as it was, persons counted alike; a fold of what is left says the same', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-erasure-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const store = openSqliteStore(join(dir, 'appview.sqlite'))
  const { books } = store
  const has = (text: string): boolean => readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text))
  const writer = await folded(store, [...rowsOf('town'), profileOfA()], BEFORE)
  const entry = {
    uri: `at://${town.did}/${nsid.entry}/k`,
    kind: 'dispute',
    commitment: 'c',
    payload: { by: A, reason: 'reason-of-A' },
    salt: 'salt-of-A',
  }
  const resident = { id: '7', name: 'name-of-A', did: A, from: '2026-04-01', until: null, household: null, isProtected: false }
  const audit = { at: BEFORE, by: A, deed: 'confirm.privately', on: A, outcome: 'done', code: null, detail: { did: A } } as const
  const publication = { repo: town.did, collection: nsid.admission, rkey: 'k', verb: 'create', record: { subject: A } } as const
  await store.desk.persist({
    town: SCOPE,
    entries: [{ ...entry, about: [A] }],
    residents: [resident],
    audit: [audit],
    publish: [publication],
  })
  const queries = queriesOf(books)
  const own = await queries.statementFor(anyone, { scope: SCOPE, entity: A, fiscalYear: 2026 })
  const known = await statementsOf(books)
  await writer.append(later(farewellOfA()).map(partOf))
  await writer.advance(BEFORE)
  for (const text of [A, 'reason-of-A', 'salt-of-A', 'name-of-A']) assert.ok(has(text), text)
  await assert.rejects(queries.statementFor(anyone, { scope: SCOPE, entity: A, fiscalYear: 2026 }), { error: 'NotFound' })

  await writer.advance(AFTER)
  await books.purge()
  for (const text of [A, 'reason-of-A', 'salt-of-A', 'name-of-A']) assert.ok(!has(text), `no byte of ${text}`)
  assert.deepEqual(
    (await store.desk.entries(SCOPE, { limit: 5 })).map(({ payload, salt, about }) => [payload, salt, about]),
    [[null, null, []]],
  )
  assert.equal((await store.desk.trail(SCOPE, { limit: 5 }))[0]?.by, 'did:erased:1')
  assert.deepEqual((await store.work.outbox(town.did, 1))[0]?.record, { subject: 'did:erased:1' })
  assert.deepEqual(await statementsOf(books), known)
  const sums = await books.sums({ scope: SCOPE, entity: `X:${SCOPE}#1`, from: '2026-04-01', through: '2027-03-31' })
  const given = sums.filter(({ account, unit }) => account === 4110 && unit === 'MIN').reduce((sum, { amount }) => sum + amount, 0)
  assert.equal(given, -360)
  assert.ok(own.acts.given > 0)
  assert.deepEqual(await books.sums({ scope: SCOPE, entity: `P:${A}`, through: '2030-03-31' }), [])
  for (const caller of [anyone, town])
    for (const entity of [A, `P:${A}`, `X:${SCOPE}#1`, 'P:did:erased:1', 'did:erased:1'])
      await assert.rejects(queries.statementFor(caller, { scope: SCOPE, entity, fiscalYear: 2026 }), { error: 'NotFound' }, entity)

  const lines = await Array.fromAsync(books.dump())
  assert.ok(!lines.some((line) => line.includes(A)))
  await rebuildBooks(books)
  assert.deepEqual(await Array.fromAsync(books.dump()), lines)
  assert.deepEqual(await statementsOf(books), known)
  await store.close()
})

/** Rows by which towns take admissions out of their repos. */
const takenOut = async (books: Books, of: readonly string[], from: IntakeRow): Promise<readonly IntakeRow[]> => {
  const naming = (await Promise.all(of.map((name) => books.naming(name)))).flat()
  const isTheirs = ({ collection, subject, named }: IntakeRow): boolean =>
    collection === nsid.admission ||
    collection === nsid.hostBody ||
    (collection === nsid.confirmation && subject?.startsWith(`at://${named ?? ''}/`) === true)
  const uris = new Set(naming.filter(isTheirs).map(({ uri }) => uri))
  return Promise.all(
    [...uris].map(async (uri, index) => {
      const [row = assert.fail(uri)] = await books.rows({ uri, limit: 1 })
      const at = { leaf: from.leaf + index + 1, op: 0, recordedAt: from.recordedAt }
      const { residue: _, named: __, ...rest } = row
      return { ...rest, ...at, action: 'delete' as const, cid: null, value: null }
    }),
  )
}

test('what names somebody erased goes out of public repos, admissions and confirmations: no figure changes, in no scope and no year, and a fold of it all says the same', async () => {
  const store = openSqliteStore(':memory:')
  const { books } = store
  const gone = later(farewellOfA())
  const writer = await folded(store, [...rowsOf('town'), profileOfA(), ...gone], AFTER)
  const known = await statementsOf(books)
  const sums = async () => Promise.all(roster.map(({ code }) => books.sumsByEntity({ scope: code, through: '2030-03-31' })))
  const figures = await sums()
  const rows = await takenOut(books, ['did:erased:1'], { ...(gone.at(-1) ?? assert.fail()), recordedAt: AFTER })
  const kinds = new Set(rows.map(({ collection }) => collection))
  assert.ok(kinds.has(nsid.admission) && kinds.has(nsid.confirmation), 'of both kinds')
  await writer.append(rows.map(partOf))
  assert.deepEqual(await statementsOf(books), known)
  assert.deepEqual(await sums(), figures)
  const lines = await Array.fromAsync(books.dump())
  await rebuildBooks(books)
  assert.deepEqual(await Array.fromAsync(books.dump()), lines)
  await store.close()
})

test('a move to come of somebody erased stays booked when both towns take their admissions out', async () => {
  const log = smallTown()
  const mover = person('x')
  log.at('2026-06-01').admit(KANAZAWA, mover, '2026-04-01')
  log.confirm(person('a'), log.act(mover, { minutes: 50, performedOn: '2026-06-01' }))
  log.at('2026-06-02').admit(KOMATSU, mover, '2027-04-01')
  log.at('2026-06-04').account(mover, 'deleted')
  const store = openSqliteStore(':memory:')
  const { books } = store
  await books.setRoster(towns)
  const writer = await openWriter({ books, clock: settableClock(0), roster: () => towns })
  await writer.append(log.rows.map(partOf))
  await writer.advance('2026-08-01T00:00:00.000Z')
  const sums = async () => Promise.all(towns.map(({ code }) => books.sumsByEntity({ scope: code, through: '2030-03-31' })))
  const figures = await sums()
  assert.ok(JSON.stringify(figures[1]).includes(`X:${KOMATSU.code}#1`), 'they would have moved')
  const last = { ...(log.rows.at(-1) ?? assert.fail()), recordedAt: '2026-08-01T00:00:00.000Z' }
  const rows = await takenOut(books, ['did:erased:1'], last)
  assert.equal(rows.length, 3, 'two admissions, and the word of a neighbour')
  await writer.append(rows.map(partOf))
  assert.deepEqual(await sums(), figures)
  const lines = await Array.fromAsync(books.dump())
  await rebuildBooks(books)
  assert.deepEqual(await Array.fromAsync(books.dump()), lines)
  await store.close()
})

test('a host body whose account is erased is offered to nobody any more; what it confirmed stands', async () => {
  const log = smallTown()
  const act = log.at('2026-06-01').act(person('a'), { minutes: 50, performedOn: '2026-06-01' })
  log.confirm(person('h'), act, { role: 'hostBody' })
  log.at('2026-06-04').account(person('h'), 'deleted')
  const store = openSqliteStore(':memory:')
  const { books } = store
  await books.setRoster(towns)
  const writer = await openWriter({ books, clock: settableClock(0), roster: () => towns })
  await writer.append(log.rows.map(partOf))
  const [{ hostBodiesOf }, sums] = [queriesOf(books, towns), () => books.sumsByEntity({ scope: KANAZAWA.code, through: '2030-03-31' })]
  const figures = JSON.stringify(await sums())
  assert.ok(figures.includes('50'))
  assert.equal((await hostBodiesOf(KANAZAWA.code, '2026-06-05')).length, 1)
  await writer.advance('2026-08-01T00:00:00.000Z')
  assert.deepEqual(await hostBodiesOf(KANAZAWA.code, '2026-06-05'), [])
  assert.equal(JSON.stringify(await sums()), figures)
  // Its registration goes out of the town's repo.
  const last = { ...(log.rows.at(-1) ?? assert.fail()), recordedAt: '2026-08-01T00:00:00.000Z' }
  const rows = await takenOut(books, ['did:erased:1'], last)
  assert.ok(rows.some(({ collection }) => collection === nsid.hostBody))
  await writer.append(rows.map(partOf))
  assert.equal(JSON.stringify(await sums()), figures)
  const lines = await Array.fromAsync(books.dump())
  await rebuildBooks(books)
  assert.deepEqual(await Array.fromAsync(books.dump()), lines)
  await store.close()
})

test('whoever comes back within thirty days is not erased', async () => {
  const store = openSqliteStore(':memory:')
  const back = farewellOfA().map((row) => ({ ...row, leaf: row.leaf + 1, account: { active: true, status: null } }))
  await folded(store, [...rowsOf('town'), ...farewellOfA(), ...back], AFTER)
  const lines = await Array.fromAsync(store.books.dump())
  assert.ok(lines.some((line) => line.includes(`"P:${A}"`)))
  assert.ok(!lines.some((line) => line.includes('did:erased')))
  await store.close()
})

test('who gave to a town from two municipalities is one person in its figures, before and after', async () => {
  const log = smallTown()
  const mover = person('x')
  const elsewhere = { municipality: { scheme: 'jis-x-0402', code: KOMATSU.code } }
  const give = (giver: string, minutes: number): void =>
    void log.confirm(KOMATSU.did, log.act(giver, { ...elsewhere, minutes, performedOn: '2026-06-01' }), { role: 'municipality' })
  log.at('2026-06-01').admit(KANAZAWA, mover, '2026-04-01')
  for (const name of ['a', 'b', 'h']) give(person(name), 30)
  give(mover, 41)
  log.at('2026-06-02').admit(KOMATSU, mover, '2026-06-02')
  const late = log.at('2026-06-03').act(mover, { ...elsewhere, minutes: 17, performedOn: '2026-06-03' })
  log.confirm(KOMATSU.did, late, { role: 'municipality' })
  const known = log.leaf
  const store = openSqliteStore(':memory:')
  const { books } = store
  await books.setRoster(towns)
  const writer = await openWriter({ books, clock: settableClock(0), roster: () => towns })
  await writer.append(log.rows.map(partOf))
  const asDesk = { kind: 'account', did: KOMATSU.did } as const
  const ask = () => queriesOf(books, towns).statementFor(asDesk, { scope: KOMATSU.code, fiscalYear: 2026, leaf: known })
  const query = { scope: KOMATSU.code, from: '2026-04-01', through: '2027-03-31', accounts: CONTRIBUTION_ACCOUNTS }
  const peopleIn = async () => everybodyIn(cellsOf(await books.contributions(query)))
  const [before, people] = [await ask(), await peopleIn()]
  assert.equal(before.persons, 4)
  log.at('2026-06-04').account(mover, 'deleted')
  await writer.append(log.rows.slice(-1).map(partOf))
  await writer.advance('2026-08-01T00:00:00.000Z')
  for (const scope of [KANAZAWA.code, KOMATSU.code])
    assert.ok(
      (await books.sumsByEntity({ scope, through: '2027-03-31' })).some(({ entity }) => entity === `X:${scope}#1`),
      scope,
    )
  assert.deepEqual(
    [await ask(), await peopleIn()].map((one) => JSON.stringify(one)),
    [before, people].map((one) => JSON.stringify(one)),
  )
  await store.close()
})
