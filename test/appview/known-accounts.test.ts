// Whose account's end counts: everybody whom anything in the store names, though they never wrote a record. And what it takes with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCar } from '../../atproto/car.ts'
import { parseDid } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { followLeaves } from '../../appview/follow/continuity.ts'
import type { ReadLeaf } from '../../appview/follow/continuity.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { KANAZAWA, person, smallTown, towns } from '../journal/rows.ts'
import { createTestRepo } from '../support/frames.ts'
import { partOf } from './books-town.ts'

const ENDED = '2026-06-01T00:00:00.000Z'
const AFTER = '2026-08-01T00:00:00.000Z'
const ADMITTED = person('admitted')
const HOST = person('host')
const RECEIVER = person('receiver')
const PRIVATE = person('private')
const REGISTERED = person('registered')

const accountLeaf = (leaf: number, did: string, active = false): ReadLeaf => ({
  place: { origin: 'demo/test', leaf, recordedAt: ENDED },
  event: { kind: 'account', seq: leaf, did: parseDid(did), time: ENDED, active, ...(active ? {} : { status: 'deleted' }) },
  verdict: null,
})

test('the end of an account counts for whomever the store names, and erases them; of a stranger’s nothing is kept', async (t) => {
  const store = openSqliteStore(':memory:')
  t.after(() => store.close())
  const log = smallTown()
  log.admit(KANAZAWA, ADMITTED)
  log.host(KANAZAWA, HOST)
  const act = log.act(person('a'), { beneficiaries: [{ class: 'person', did: RECEIVER }] })
  log.entry(KANAZAWA, 'receiver', { action: act.uri, cid: act.cid, index: 0, did: PRIVATE })
  const { books, desk } = store
  await books.setRoster(towns)
  const writer = await openWriter({ books, clock: settableClock(0), roster: () => towns })
  await writer.append(log.rows.map(partOf))
  const resident = { id: '7', name: '名', did: REGISTERED, from: '2026-04-01', until: null, household: null, isProtected: false }
  await desk.persist({ town: KANAZAWA.code, audit: [], residents: [resident] })

  const known = [ADMITTED, HOST, RECEIVER, PRIVATE, REGISTERED]
  const strangers = [person('stranger'), person('other')]
  const ends = [...known, ...strangers].map((did, index) => accountLeaf(log.leaf + 1 + index, did))
  const begins = accountLeaf(log.leaf + 1 + ends.length, strangers[0] ?? '', true)
  const deps = { books, fetchRepo: async () => 'not-found' as const, laterOf: async () => [] }
  const found = await followLeaves(deps, [...ends, begins])
  assert.deepEqual(
    found.flatMap(({ rows }) => rows.map(({ repo, account }) => [repo, account?.status])),
    known.map((did) => [did, 'deleted']),
  )
  const parts = found.map(({ place, rows }) => ({ leaf: place.leaf, recordedAt: place.recordedAt, rows }))
  await writer.append(parts)
  await writer.advance(AFTER)
  for (const did of [...known, ...strangers]) assert.equal(await books.knows(did), false, did)
  const left = JSON.stringify([await books.intake({ leaf: 0, op: 0 }, 1000), await Array.fromAsync(books.dump())])
  for (const did of known) assert.ok(!left.includes(did), did)
  assert.equal(await desk.resident(KANAZAWA.code, '7'), null)
})

/** The first commit of a repo whose record says this, believed. */
const commitLeaf = (leaf: number, text: string): ReadLeaf => {
  const keypair = createKeypair()
  const repo = createTestRepo(parseDid(person('writer')), keypair)
  const { event, commitCid, dataCid } = repo.write([{ action: 'create', path: `${nsid.action}/3m2tidwriter2`, value: { text } }])
  const { commit } = repo.head ?? assert.fail('it was signed')
  const { blocks } = readCar(event.blocks, { maxBytes: 1_000_000, maxBlocks: 100 })
  return {
    place: { origin: 'demo/test', leaf, recordedAt: ENDED },
    event,
    verdict: { ok: true, commit, commitCid, dataCid, blocks, didKey: keypair.didKey, evidence: '{}' },
  }
}

test('also for whom a record right before it names, and not for whose name only begins like that', async (t) => {
  const store = openSqliteStore(':memory:')
  t.after(() => store.close())
  const [named, alike] = ['did:web:town.example:hana', 'did:web:town.example']
  const deps = { books: store.books, fetchRepo: async () => 'not-found' as const, laterOf: async () => [] }
  const found = await followLeaves(deps, [commitLeaf(1, `with ${named}, 和記`), accountLeaf(2, alike), accountLeaf(3, named)])
  assert.deepEqual(
    found.map(({ rows }) => rows.map(({ source, repo }) => [source, repo])),
    [[['record', person('writer')]], [], [['account', named]]],
  )
})
