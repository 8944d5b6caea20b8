// Whoever is erased goes out of the town's public repo, too: once, whatever crashed, also when erased before anybody looked; as a deed in the trail that names
// nobody. The same on every engine.

import assert from 'node:assert/strict'
import { openWriter } from '../../appview/follow/writer.ts'
import { ERASED_DEED, openErasedAdmissions } from '../../appview/publish/erased-admissions.ts'
import type { PublishAccount } from '../../appview/publish/publish-file.ts'
import type { Store } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { partOf } from '../appview/books-town.ts'
import { KANAZAWA, KOMATSU, person, smallTown, towns } from '../journal/rows.ts'

const AFTER = '2026-09-01T00:00:00.000Z'
const ACCOUNT: PublishAccount = { pds: 'http://127.0.0.1:9', identifier: 'town', appPassword: 'x' }

/** Two of three are erased; one of them has moved from one town to the other. */
const townsWithErased = async (store: Store): Promise<void> => {
  const log = smallTown()
  const [x, y] = [person('x'), person('y')]
  log.at('2026-06-01').admit(KANAZAWA, x, '2026-04-01')
  log.admit(KANAZAWA, y, '2026-04-01')
  log.at('2026-06-02').admit(KOMATSU, x, '2026-06-02')
  log.at('2026-06-04').account(x, 'deleted')
  log.at('2026-06-05').account(y, 'deleted')
  await store.books.setRoster(towns)
  const writer = await openWriter({ books: store.books, clock: settableClock(0), roster: () => towns })
  await writer.append(log.rows.map(partOf))
  await writer.advance(AFTER)
}

export const admissionsGoOnce = async (store: Store): Promise<void> => {
  await townsWithErased(store)
  const accounts = new Map([[KANAZAWA.did, ACCOUNT]])
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
  const gone = `delete ${nsid.admission} pending`
  assert.deepEqual(await outbox(KANAZAWA.did), [gone, gone])
  const trail = await lines(KANAZAWA.code)
  assert.deepEqual(
    trail.map(({ on, by, detail }) => [on, by, detail]),
    ['did:erased:2', 'did:erased:1'].map((name) => [name, KANAZAWA.did, { records: 1 }]),
  )
  // As the other town nothing can be published here; once it can, its record goes, too.
  assert.deepEqual([await outbox(KOMATSU.did), await lines(KOMATSU.code)], [[], []])
  accounts.set(KOMATSU.did, ACCOUNT)
  await look()
  await look()
  assert.deepEqual([await outbox(KOMATSU.did), (await lines(KOMATSU.code)).length], [[gone], 1])
  assert.equal(failures.length, 2)
}
