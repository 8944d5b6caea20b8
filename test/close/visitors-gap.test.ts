// A repo that could not be had is a gap of every town whose books its owner has part in: where they live, where they gave an act, where they confirmed one.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { brokenRepos } from '../../appview/close/gaps.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { systemClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { KAGA, KANAZAWA, KOMATSU, person, smallTown, threeTowns } from '../journal/rows.ts'

const [giver, confirmer, neighbour] = [person('v'), person('w'), person('n')]

test('what a visitor’s repo lacks is a gap where the visitor gave or confirmed', async () => {
  const log = smallTown()
  for (const one of [giver, confirmer, neighbour]) log.admit(KOMATSU, one)
  const there = { municipality: { scheme: 'jis-x-0402', code: KOMATSU.code } }
  log.confirm(person('b'), log.act(giver))
  log.confirm(confirmer, log.act(person('a')))
  log.confirm(neighbour, log.act(giver, there))
  const lost = (repo: string): IntakeRow => ({
    ...log.write(repo, 'x', null),
    source: 'resync',
    action: 'update',
    collection: '',
    rkey: '',
    uri: `at://${repo}`,
    cid: null,
    value: { unavailable: 'no' },
  })
  const folder = mkdtempSync(join(tmpdir(), 'waki-gap-'))
  const store = openSqliteStore(join(folder, 'appview.sqlite'))
  const { books } = store
  try {
    await books.setRoster(threeTowns)
    const writer = await openWriter({ books, clock: systemClock(), roster: () => threeTowns })
    await writer.append(log.rows.map(partOf))
    const gapsOf = (town: typeof KANAZAWA) => brokenRepos(books, { ...town, fromLeaf: 0 }, 2026)
    assert.deepEqual(await gapsOf(KANAZAWA), [])
    for (const repo of [giver, confirmer, neighbour])
      await writer.append([{ ...partOf(lost(repo)), head: { repo, rev: '3mlifhhkt2r22', data: 'bafyreiaa', state: 'desynchronized' } }])
    assert.deepEqual(new Set(await gapsOf(KANAZAWA)), new Set([giver, confirmer]), 'not of whoever never had part in its acts')
    assert.deepEqual(new Set(await gapsOf(KOMATSU)), new Set([giver, confirmer, neighbour]), 'all who live there')
    assert.deepEqual(await gapsOf(KAGA), [])
    const before = log.leaf
    log.write(
      KOMATSU.did,
      'municipality',
      { code: KOMATSU.code, names: { ja: '小松市' }, tier: 'municipality', successor: KAGA.code },
      { key: 'self' },
    )
    const word = { code: KAGA.code, names: { ja: '加賀市' }, tier: 'municipality', predecessors: [KOMATSU.code], validFrom: '2026-05-01' }
    log.write(KAGA.did, 'municipality', word, { key: 'self' })
    await writer.append(log.rows.filter(({ leaf }) => leaf > before).map(partOf))
    assert.deepEqual(new Set(await gapsOf(KAGA)), new Set([giver, confirmer, neighbour]), 'what has become part of it is its own')
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
