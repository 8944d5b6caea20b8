// What is deleted goes: content, uri, proof. What stays folds to the same books: a year in which people edit, withdraw, write again and leave, against a
// twin that erases nothing, and against a fold of what is left.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditBooks } from '../../appview/audit.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { hashOfFolded, rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books, Store, Sum } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { seededRandom } from '../support/random.ts'
import type { Random } from '../support/random.ts'
import { CATEGORIES, CODE, ROSTER, TOWN, openingRows, partOf, personDid, rowMaker } from './books-town.ts'

const RESIDENTS = 10
/** Nobody has admitted them (yet). */
const STRANGERS = 4
const STEPS = 300
const HOUR_MS = 3_600_000
const clock = { ...systemClock(), sleep: () => Promise.resolve() }

type Living = { readonly row: IntakeRow; readonly canary: string }

/** People write, confirm, edit, withdraw and leave by chance; `gone` are the canaries that must not be found any more. */
const restlessYear = (seed: number) => {
  const random = seededRandom(seed)
  const maker = rowMaker()
  const rows = openingRows(maker, RESIDENTS)
  const living: Living[] = []
  const gone: string[] = []
  const withdrawnUris: string[] = []
  const away = new Set<string>()
  const erased = new Set<string>()
  const canaryOf = (): string => `canary-${seed}-${rows.length}-${random.below(1e9)}`
  const push = (row: IntakeRow, canary: string): void => {
    rows.push(row)
    living.push({ row, canary })
  }
  const again = (old: IntakeRow, change: Partial<IntakeRow>): IntakeRow => {
    const fresh = maker.row(old.repo, old.collection, null, HOUR_MS * random.below(60))
    return { ...fresh, rkey: old.rkey, uri: old.uri, ...change }
  }
  for (let step = 0; step < STEPS; step++) {
    const someone = personDid(random.below(RESIDENTS + STRANGERS))
    const who = away.has(someone) ? personDid(step % RESIDENTS) : someone
    if (away.has(who)) continue
    const canary = canaryOf()
    const one = living.length === 0 ? undefined : random.pick(living)
    const act = living.findLast(({ row }) => row.collection === nsid.action && row.repo !== who && random.below(3) > 0)?.row
    const dice = random.below(100)
    if (step === STEPS / 2 || step === STEPS / 3) {
      const subject = personDid(RESIDENTS + (step === STEPS / 2 ? 0 : 1))
      rows.push(maker.row(TOWN, nsid.admission, { subject, from: '2020-01-01', createdAt: '2026-04-01T00:00:00.000Z' }))
    } else if (dice < 40 || one === undefined || act === undefined)
      push(actBy(maker.row(who, nsid.action, null, pause(random)), random, canary), canary)
    else if (dice < 70) push(wordBy(maker.row(who, nsid.confirmation, null, HOUR_MS * random.below(20)), act, random, canary), canary)
    else if (dice < 72) push({ ...maker.row(who, nsid.profile, { displayName: canary }) }, canary)
    else if (dice < 80) {
      const row = again(one.row, { action: 'update' })
      const edited =
        row.collection === nsid.action
          ? actBy(row, random, canary)
          : row.collection === nsid.confirmation
            ? wordBy(row, act, random, canary)
            : { ...row, value: { displayName: canary } }
      gone.push(one.canary)
      living.splice(living.indexOf(one), 1, { row: edited, canary })
      rows.push(edited)
    } else if (dice < 98) {
      rows.push(again(one.row, { action: 'delete', cid: null, value: null }))
      gone.push(one.canary)
      withdrawnUris.push(one.row.rkey)
      living.splice(living.indexOf(one), 1)
      if (random.below(4) === 0 && one.row.collection === nsid.action) {
        withdrawnUris.pop()
        push(actBy(again(one.row, { action: 'create' }), random, canary), canary)
      }
    } else {
      const fields = { source: 'account', action: 'update', collection: '', rkey: '', uri: `at://${who}`, cid: null, value: null } as const
      const account = (active: boolean): IntakeRow => ({
        ...maker.row(who, '', null, HOUR_MS * random.below(400)),
        ...fields,
        account: { active, status: active ? null : 'deleted' },
      })
      rows.push(account(false))
      for (const { row, canary: old } of living) if (row.repo === who) gone.push(old)
      if (random.below(3) === 0) rows.push(account(true))
      else {
        away.add(who)
        erased.add(who)
        for (const one of living.filter(({ row }) => row.repo === who)) living.splice(living.indexOf(one), 1)
      }
    }
  }
  return { rows, gone, withdrawnUris, living, erased }
}

/** Mostly a crowded day, now and then some quiet weeks. */
const pause = (random: Random): number => (random.below(12) === 0 ? 30 * 24 * HOUR_MS : (HOUR_MS * random.below(4)) / 2)

const actBy = (row: IntakeRow, random: Random, canary: string): IntakeRow => {
  const performedOn = new Date(Date.parse(row.recordedAt) - HOUR_MS * random.below(40)).toISOString().slice(0, 10)
  const value: Json = {
    $type: nsid.action,
    category: random.below(9) === 0 ? canary : random.pick(CATEGORIES),
    minutes: random.below(20) === 0 ? 999 : 20 + random.below(400),
    performedOn,
    municipality: { scheme: 'jis-x-0402', code: CODE },
    note: `${canary} ${'言葉 '.repeat(random.below(80))}`,
    nonce: { $bytes: Buffer.from(canary).toString('base64') },
    ...(random.below(3) === 0 ? { eventId: `event-${random.below(6)}` } : {}),
    ...(random.below(6) === 0 ? { beneficiaries: [{ class: 'person', did: personDid(random.below(RESIDENTS)), weight: 1 }] } : {}),
    createdAt: row.recordedAt,
  }
  return { ...row, cid: `bafyrei${String(row.leaf).padStart(52, 'a')}`, value }
}

const wordBy = (row: IntakeRow, act: IntakeRow, random: Random, canary: string): IntakeRow => ({
  ...row,
  cid: `bafyrei${String(row.leaf).padStart(52, 'a')}`,
  value: {
    $type: nsid.confirmation,
    subject: { uri: act.uri, cid: act.cid ?? '' },
    role: random.below(3) === 0 ? 'witness' : 'beneficiary',
    verdict: random.below(8) === 0 ? 'rejected' : 'confirmed',
    note: canary,
    ...(random.below(4) === 0 ? { minutes: 1 + random.below(60) } : {}),
    createdAt: row.recordedAt,
  },
})

const END = '2029-01-01T00:00:00.000Z'

const fold = async (books: Books, rows: readonly IntakeRow[], how: 'append' | 'refold', batch: number): Promise<void> => {
  await books.setRoster(ROSTER)
  const writer = await openWriter({ books, clock, roster: () => ROSTER })
  for (let at = 0; at < rows.length; at += batch) await writer[how](rows.slice(at, at + batch).map(partOf))
  await writer.advance(END)
}

/** Books that keep no intake, and read it as it was written. */
const withoutErasure = (books: Books, rows: readonly IntakeRow[]): Books => ({
  ...books,
  rows: async ({ uri, before }) => rows.filter((row) => row.uri === uri && row.leaf < (before?.leaf ?? 0)).slice(-1),
  intake: async ({ leaf, op }, limit) => rows.filter((row) => row.leaf > leaf || (row.leaf === leaf && row.op > op)).slice(0, limit),
})

/** What every statement is added up from, at several known-ats; and what each entry is, but for the uris in it. */
const booksOf = async ({ books }: Store, rows: readonly IntakeRow[]): Promise<unknown> => {
  const sums: Sum[] = []
  for (const part of [0.3, 0.6, 1]) {
    const { leaf, recordedAt } = rows[Math.floor(rows.length * part) - 1] ?? assert.fail('rows')
    const knownAt = { leaf, instant: part === 1 ? END : recordedAt }
    sums.push(...(await books.sumsByEntity({ scope: CODE, through: '2030-03-31', knownAt })))
  }
  const lines = (await books.transactions({ limit: 10_000 })).map(({ leaf, op, kind, effectiveDate, recordedAt, lines: of }) =>
    JSON.stringify([recordedAt, leaf, op, kind, effectiveDate, of]),
  )
  return [sums, lines.toSorted()]
}

test('a year of edits, withdrawals and farewells: the same books as if nothing had been erased, and a rebuild says the same', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { rows, gone, withdrawnUris } = restlessYear(seed)
    assert.ok(gone.length > 30 && withdrawnUris.length > 10, `${gone.length}, ${withdrawnUris.length}`)
    const twin = openSqliteStore(':memory:')
    await fold(withoutErasure(twin.books, rows), rows, 'refold', 50)
    const hashes = new Set<string>()
    for (const batch of [1, 9, 1000]) {
      const store = openSqliteStore(':memory:')
      await fold(store.books, rows, 'append', batch)
      assert.deepEqual(await booksOf(store, rows), await booksOf(twin, rows), `seed ${seed}`)
      const before = await Array.fromAsync(store.books.dump())
      hashes.add(await hashOfFolded(store.books))
      const rebuilt = await rebuildBooks(store.books)
      assert.deepEqual(await Array.fromAsync(store.books.dump()), before, `seed ${seed}, batch ${batch}`)
      assert.equal(hashes.has(rebuilt.statementsHash), true)
      assert.deepEqual(await booksOf(store, rows), await booksOf(twin, rows), `seed ${seed}, rebuilt`)
      const audit = await auditBooks(store.books)
      assert.deepEqual(
        audit.problems.filter(({ what }) => what !== 'its rows have no proof'),
        [],
      )
      assert.ok((audit.checked['residues'] ?? 0) > 0)
      await store.close()
    }
    assert.equal(hashes.size, 1, 'the key beside the store decides nothing, nor do the batches')
    await twin.close()
  }
})

test('what is erased is in no file after a checkpoint', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-erased-'))
  try {
    const file = join(folder, 'appview.sqlite')
    const { rows, gone, withdrawnUris, living, erased } = restlessYear(7)
    assert.ok(erased.size > 1)
    const store = openSqliteStore(file)
    await fold(store.books, rows, 'append', 11)
    const inFiles = () => readdirSync(folder).map((name) => readFileSync(join(folder, name)))
    const has = (text: string): boolean => inFiles().some((bytes) => bytes.includes(text))
    const speaksOfErased = (row: IntakeRow): boolean => [...erased].some((did) => JSON.stringify(row).includes(did))
    const kept = living.filter(({ row, canary }) => !gone.includes(canary) && !speaksOfErased(row))
    assert.ok(kept.length > 20)
    for (const { row, canary } of kept) assert.ok(has(canary), JSON.stringify(row))
    await store.books.purge()
    for (const canary of gone) {
      assert.ok(!has(canary), canary)
      assert.ok(!has(Buffer.from(canary).toString('base64')), `nonce of ${canary}`)
    }
    for (const did of erased) assert.ok(!has(did), `${did} is in a file`)
    for (const { row } of kept) assert.ok(has(row.repo), row.repo)
    const left = (await store.books.intake({ leaf: 0, op: 0 }, 10_000)).filter(({ residue }) => residue !== undefined)
    assert.ok(left.length > withdrawnUris.length)
    const words = new Set(left.flatMap((row) => JSON.stringify(row).split(/[^a-z0-9]/)))
    for (const rkey of withdrawnUris) assert.ok(!words.has(rkey), rkey)
    assert.equal(statSync(`${file}.erasure-key`).mode & 0o777, 0o600)
    await store.close()
    const again = openSqliteStore(file)
    const before = await hashOfFolded(again.books)
    assert.equal((await rebuildBooks(again.books)).statementsHash, before)
    await again.close()
    rmSync(`${file}.erasure-key`)
    assert.throws(() => openSqliteStore(file), /erasure-key is not the key/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
