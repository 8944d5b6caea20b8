// A store moved from SQLite to MongoDB and back: books to the byte, also what was erased; the desk, what waits to be published, who is signed in.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { copyStore, StartError } from '../../appview/copy-store.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { dropBook } from '../../appview/store/mongo-drop.ts'
import { openBoundStore, openStore } from '../../appview/store/open-store.ts'
import type { StoreAddress } from '../../appview/store/open-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { settableClock, systemClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { dumped } from '../appview/store-rows.ts'
import { farewellOfA, roster, rowsOf } from '../journal/fixture.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const FAR = '2030-01-01T00:00:00.000Z'
const HOST = 'did:web:host.example'
const ORIGIN = { name: 'demo/test', key: 'did:key:z', base: 0, created: '2026-01-01T00:00:00.000Z' }
const town = roster[0]?.code ?? ''
const did = roster[0]?.did ?? ''

const fill = async ({ books, desk, work }: Store): Promise<void> => {
  await books.resetFold(await books.takeEpoch(), RULES)
  await books.setRoster(roster)
  await books.bind(ORIGIN)
  const writer = await openWriter({ books, clock: settableClock(Date.parse(FAR)), roster: () => roster })
  await writer.append([...rowsOf('town'), ...farewellOfA()].map(partOf))
  await writer.advance(FAR)
  const at = '2026-05-10T09:00:00.000Z'
  const line = { at, by: did, deed: 'role.add', on: null, outcome: 'done', code: null, detail: {} } as const
  const resident = { id: '0001', name: '青井', did: null, from: '2026-04-01', until: null, household: null, isProtected: false }
  const draft = { id: 'd', kind: 'stamps', subject: null, by: did, approvedBy: null, createdAt: at, changedAt: at, body: {} } as const
  await desk.persist({
    town,
    audit: [line, line],
    residents: [resident],
    drafts: [{ ...draft, state: 'draft', version: 1, proposedBy: null }],
  })
  await desk.persist({ town, audit: [], drafts: [{ ...draft, state: 'proposed', version: 2, proposedBy: did }] })
  const publication = { repo: did, collection: 'org.waki.policy', verb: 'create', record: { mode: 'none' } } as const
  await work.settle(await work.enqueue({ ...publication, rkey: '3k' }), { state: 'done', cid: 'bafy', error: null })
  await work.enqueue({ ...publication, rkey: '3m' })
  // Of a host body, which is in no roster.
  await work.settle(await work.enqueue({ ...publication, repo: HOST, rkey: '3k' }), { state: 'failed', cid: null, error: 'no' })
  await work.keep({ kind: 'session', name: 's', owner: 'o', sealed: Uint8Array.of(1, 2), expiresMs: Date.parse(FAR) })
}

const deskOf = async ({ desk, work }: Store) => ({
  trail: await desk.trail(town, { limit: 9 }),
  register: await desk.register(town, { limit: 9 }),
  drafts: await desk.drafts(town, { limit: 9 }),
  outbox: [...(await work.outbox(did, 9)), ...(await work.outbox(HOST, 9))],
  kept: (await work.keptAfter({ kind: '', name: '' }, 9)).map((kept) => ({ ...kept, sealed: [...kept.sealed] })),
})

test('from SQLite to MongoDB and back, all is as it was', { skip }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-copy-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const set = await sharedReplicaSet()
  const [first, middle, last] = [join(dir, 'first.sqlite'), set.uri('copied'), join(dir, 'last.sqlite')].map((address) => ({
    address,
    folder: dir,
  }))
  assert.ok(first && middle && last)
  const source = await openStore(first)
  await fill(source)
  const [lines, desk, intake] = [await dumped(source), await deskOf(source), await source.books.intake({ leaf: 0, op: 0 }, 1_000)]
  assert.ok(lines.some((line) => line.includes('did:erased:1')))
  await source.close()
  const seen: string[] = []
  const there = await copyStore(first, middle, (what, done, total) => seen.push(`${what} ${done}/${total}`))
  assert.ok(seen.includes(`rows ${intake.length}/${intake.length}`) && seen.at(-1)?.startsWith('folded'))
  const back = await copyStore(middle, last)
  assert.equal(back.statementsHash, there.statementsHash)
  for (const where of [middle, last]) {
    const copy = await openStore(where)
    assert.deepEqual(await dumped(copy), lines)
    assert.deepEqual(await deskOf(copy), desk)
    assert.deepEqual(await copy.books.intake({ leaf: 0, op: 0 }, 1_000), intake)
    await copy.close()
  }
  await assert.rejects(copyStore(first, middle), /holds books already/)
  await assert.rejects(copyStore({ address: join(dir, 'none.sqlite'), folder: dir }, middle), /there is no store/)
})

test('a store on MongoDB is not moved while a process is at work on it, wherever that runs', { skip }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-atwork-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const from = { address: (await sharedReplicaSet()).uri('atwork'), folder: dir }
  const store = await openStore(from)
  t.after(() => store.close())
  await fill(store)
  const { epoch } = await store.books.state()
  assert.ok(await store.leases.take('jobs', 'elsewhere', null))
  const clock = systemClock()
  const beats = clock.every(50, () => void store.leases.renew('jobs', 'elsewhere', '').catch(() => {}))
  const to = { address: join(dir, 'moved.sqlite'), folder: dir }
  await assert.rejects(copyStore(from, to), refused(/its process elsewhere holds the lease jobs\. Stop all .* --to-folder$/))
  assert.equal((await store.books.state()).epoch, epoch, 'nobody was fenced off')
  await copyStore(from, { ...to, address: join(dir, 'b', 'moment.sqlite'), folder: join(dir, 'b') })
  beats[Symbol.dispose]()
  await store.leases.release('jobs', 'elsewhere')
  await copyStore(from, to)
})

test('what the desk does meanwhile is missing in the copy, which then counts for nothing', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-meanwhile-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const from = { address: join(dir, 'first.sqlite'), folder: dir }
  const store = await openStore(from)
  t.after(() => store.close())
  await fill(store)
  const late = { did, role: 'clerk', from: FAR, until: null, grantedBy: did, endedBy: null } as const
  const written: Promise<void>[] = []
  const meanwhile = (what: string): void => {
    if (what === 'folded' && written.length === 0) written.push(store.desk.persist({ town, audit: [], roles: [late] }))
  }
  const to = { address: join(dir, 'last.sqlite'), folder: dir }
  await assert.rejects(copyStore(from, to, meanwhile), refused(/the copy has 0 rows of roles and its source has 1, or others/))
  await assert.rejects(openBoundStore(to), refused(/is under way or was broken off/))
  await Promise.all(written)
})

const COPIER = pathToFileURL(join(import.meta.dirname, '..', '..', 'appview', 'copy-store.ts')).href

/** A copy in a process of its own, which dies at its first word of this kind. */
const killedAt = async (what: 'rows' | 'folded', from: StoreAddress, to: StoreAddress): Promise<void> => {
  const dies = `(what) => { if (what === '${what}') process.kill(process.pid, 'SIGKILL') }`
  const code = `import { copyStore } from '${COPIER}'; await copyStore(${JSON.stringify(from)}, ${JSON.stringify(to)}, ${dies})`
  await assert.rejects(promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]), { signal: 'SIGKILL' })
}

/** One sentence, which says what to do. */
const refused =
  (words: RegExp) =>
  (error: unknown): boolean =>
    error instanceof StartError && words.test(error.message) && !error.message.includes('\n')

const isMoment = (name: string): boolean => name.startsWith('moment-')

type Drill = { readonly to: StoreAddress; readonly words: RegExp; readonly clear: () => Promise<unknown> }

const brokenOff = async (t: TestContext, drillIn: (folder: string) => Promise<Drill>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-broken-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const folder = join(dir, 'source')
  const from = { address: join(folder, 'first.sqlite'), folder }
  const source = await openStore(from)
  await fill(source)
  await source.close()
  const { to, words, clear } = await drillIn(join(dir, 'copy'))
  for (const what of ['rows', 'folded'] as const) {
    await killedAt(what, from, to)
    assert.equal(readdirSync(to.folder).filter(isMoment).length, 1)
    await assert.rejects(openBoundStore(to), refused(words))
    await assert.rejects(copyStore(from, to), refused(words))
    assert.deepEqual(readdirSync(to.folder).filter(isMoment), [])
    await assert.rejects(copyStore(to, { ...from, folder: join(dir, 'further') }), refused(words))
    await clear()
  }
  const failed = copyStore(from, to, () => {
    throw new Error('no room')
  })
  await assert.rejects(failed, /no room/)
  await assert.rejects(openBoundStore(to), refused(words))
  await clear()
  const elsewhere = { ...to, folder: join(dir, 'elsewhere') }
  const ends = await Promise.allSettled([copyStore(from, to), copyStore(from, to), copyStore(from, elsewhere)])
  const lost = ends.filter((end) => end.status === 'rejected').map(({ reason }): unknown => reason)
  assert.equal(lost.length, 2, String(lost))
  for (const reason of lost)
    assert.ok(refused(/in use by a running appview or another copy|is under way or was broken off|holds books already/)(reason))
  await (await openStore(to)).close()
}

test('a copy into a file that is broken off is no store, and is deleted before the next', (t) =>
  brokenOff(t, async (folder) => {
    const file = join(folder, 'appview.sqlite')
    const clear = async (): Promise<void> => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
    }
    return {
      to: { address: file, folder },
      words: /is under way or was broken off: wait for it, or delete .*appview\.sqlite-shm, and/,
      clear,
    }
  }))

test('a copy into a MongoDB that is broken off is no store, and is dropped before the next', { skip }, (t) =>
  brokenOff(t, async (folder) => {
    const address = (await sharedReplicaSet()).uri('brokenoff')
    const clear = (): Promise<unknown> => dropBook(address, 'half')
    return { to: { address, folder, book: 'half' }, words: /broken off: .* store drop --store mongodb:\/\/… --book half --yes half/, clear }
  }),
)
