// Whoever is erased goes out of the public repos of the town and its host bodies, too: once, whatever crashed, also when erased before anybody looked; as a deed in the trail that names
// nobody. The same on every engine.

import assert from 'node:assert/strict'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Writer } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { ERASED_DEED, openErasedAdmissions } from '../../appview/publish/erased-admissions.ts'
import type { PublishAccount } from '../../appview/publish/publish-file.ts'
import type { Store } from '../../appview/store/store.ts'
import { AUTHORITY, nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { partOf } from '../appview/books-town.ts'
import { KANAZAWA, KOMATSU, person, smallTown, towns } from '../journal/rows.ts'
import type { Log } from '../journal/rows.ts'

const AFTER = '2026-09-01T00:00:00.000Z'
const ACCOUNT: PublishAccount = { pds: 'http://127.0.0.1:9', identifier: 'town', appPassword: 'x' }

const [X, Y, H, LATE] = [person('x'), person('y'), person('h'), person('late')]
const HOST_ACCOUNT: PublishAccount = { ...ACCOUNT, identifier: 'host' }

/**
 * Two of three are erased; one of them has moved from one town to the other. Of that one's acts town, host body and neighbour have confirmed one each, and of
 * another the town's word was refused. Somebody else's act, whose giver is not admitted yet, was for the other.
 */
const townsWithErased = async (store: Store): Promise<{ readonly writer: Writer; readonly log: Log }> => {
  const log = smallTown()
  log.at('2026-06-01').admit(KANAZAWA, X, '2026-04-01')
  log.admit(KANAZAWA, Y, '2026-04-01')
  log.host(KANAZAWA, Y)
  const by = { role: 'municipality', verdict: 'confirmed' }
  log.confirm(KANAZAWA.did, log.act(X, { minutes: 30 }), by)
  log.confirm(H, log.act(X, { minutes: 20 }), { role: 'hostBody' })
  log.confirm(person('b'), log.act(X, { minutes: 10 }))
  log.confirm(KANAZAWA.did, log.act(X, { minutes: 50 }), { ...by, onBehalf: 'witness', minutes: 20 })
  log.at('2026-06-02').admit(KOMATSU, X, '2026-06-02')
  log.at('2026-06-04').account(X, 'deleted')
  log.at('2026-06-05').account(Y, 'deleted')
  const waiting = log.at('2026-06-20').act(LATE, { minutes: 15, beneficiaries: [{ class: 'person', did: Y }] })
  log.confirm(KANAZAWA.did, waiting, { ...by, receivers: [{ class: 'person', did: Y, weight: 1 }] })
  await store.books.setRoster(towns)
  const writer = await openWriter({ books: store.books, clock: settableClock(0), roster: () => towns })
  await writer.append(log.rows.map(partOf))
  await writer.advance(AFTER)
  return { writer, log }
}

export const recordsGoOnce = async (store: Store): Promise<void> => {
  const { writer, log: written } = await townsWithErased(store)
  const accounts = new Map([
    [KANAZAWA.did, ACCOUNT],
    [H, HOST_ACCOUNT],
  ])
  const failures: unknown[] = []
  const log = { ...silentLog, warn: (_event: string, facts: unknown) => failures.push(facts) }
  const clock = settableClock(Date.parse(AFTER))
  const open = (desk: Store['desk'] = store.desk) =>
    openErasedAdmissions({
      store: { books: store.books, desk },
      roster: () => towns,
      accounts,
      clock,
      log,
      areBooksFit: async () => true,
      wake: () => {},
    })
  const look = async (desk?: Store['desk']): Promise<void> => {
    const one = open(desk)
    await one.look()
    await one.close()
  }
  const outbox = async (repo: string) =>
    (await store.work.outbox(repo, 50)).map(({ verb, collection, state }) => `${verb} ${collection} ${state}`)
  const lines = async (town: string) => (await store.desk.trail(town, { limit: 50 })).filter(({ deed }) => deed === ERASED_DEED)

  // A store that goes away before the deed is kept, and one that answers nothing though it is kept.
  await look({ ...store.desk, persist: () => Promise.reject(new Error('no primary')) })
  assert.deepEqual(await outbox(KANAZAWA.did), [])
  let kept = 0
  await look({
    ...store.desk,
    persist: async (deed) => {
      await store.desk.persist(deed)
      kept += 1
      throw new Error('the line was cut')
    },
  })
  assert.equal(kept, 1)
  await Promise.all([look(), look()])
  await look()
  const [gone, unsaid, ended] = [nsid.admission, nsid.confirmation, nsid.hostBody].map((collection) => `delete ${collection} pending`)
  const sorted = async (repo: string) => (await outbox(repo)).toSorted()
  assert.deepEqual(await sorted(KANAZAWA.did), [gone, gone, unsaid, unsaid, ended])
  assert.deepEqual(await sorted(H), [unsaid])
  const trail = await lines(KANAZAWA.code)
  assert.deepEqual(
    trail.map(({ on, by, detail }) => [on, by, detail]),
    [
      ['did:erased:2', KANAZAWA.did, { records: 2 }],
      ['did:erased:1', KANAZAWA.did, { records: 4 }],
    ],
  )
  // As the other town nothing can be published here; once it can, its record goes, too.
  assert.deepEqual([await outbox(KOMATSU.did), await lines(KOMATSU.code)], [[], []])
  accounts.set(KOMATSU.did, ACCOUNT)
  await look()
  await look()
  assert.deepEqual([await outbox(KOMATSU.did), (await lines(KOMATSU.code)).length], [[gone], 1])
  // What somebody else's open claim rests on waits until that is recognised, as it would have been.
  const more = async (row: IntakeRow): Promise<void> => writer.append([partOf(row)])
  await more(written.at('2026-09-02').admit(KANAZAWA, LATE))
  const given = async (): Promise<unknown> => store.books.sums({ scope: KANAZAWA.code, through: '2027-03-31' })
  const known = await given()
  assert.match(JSON.stringify(known), /4110[^}]*"amount":-75\b/)
  await Promise.all([look(), look()])
  assert.deepEqual(await sorted(KANAZAWA.did), [gone, gone, unsaid, unsaid, unsaid, ended])
  assert.equal(failures.length, 2)

  // Once all of it has gone, nobody who was erased is named, and every figure is as it was.
  const rows = (await Promise.all([KANAZAWA.did, KOMATSU.did, H].map((repo) => store.work.outbox(repo, 50)))).flat()
  for (const { repo, collection, rkey } of rows)
    await more(written.write(repo, collection.slice(AUTHORITY.length + 1), null, { key: rkey, action: 'delete' }))
  assert.deepEqual(await given(), known)
  await look()
  assert.equal((await sorted(KANAZAWA.did)).length, 6)
  const left = (await Promise.all(['did:erased:1', 'did:erased:2'].map((name) => store.books.naming(name)))).flat()
  const offices = [KANAZAWA.did, KOMATSU.did, H]
  const standing = await Promise.all(
    left.filter(({ repo }) => offices.includes(repo)).map(({ uri }) => store.books.rows({ uri, limit: 1 })),
  )
  assert.ok(standing.length >= 8)
  assert.ok(standing.every(([newest]) => newest?.action === 'delete'))
}
