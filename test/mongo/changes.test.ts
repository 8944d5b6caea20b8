// Waiting for a change through an election on three real nodes: the change stream was open when the primary stepped down, and whoever waits is woken in time
// by what another process commits on the new one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStore } from '../../appview/store/open-store.ts'
import { LOOK_EVERY_MS, openChanges } from '../../appview/store/mongo-changes.ts'
import { connectMongo } from '../../appview/store/mongo-connect.ts'
import { DEFAULT_BOOK } from '../../appview/store/mongo-keys.ts'
import { tablesOf } from '../../appview/store/mongo-tables.ts'
import { commitLeaf, untilLeaf } from '../appview/changes-contract.ts'
import { eventually } from '../support/asking.ts'
import { mongoSet } from '../support/mongo-set.ts'

/** A look, what it costs on a busy machine, and one that met the election. */
const MOST_LATE_MS = 3 * LOOK_EVERY_MS
const MOST_LEAVES = 10
const { skip, folder, nodes } = mongoSet('changes')

test('who waits is woken by another process, before an election, through it and after it', { skip }, async (t) => {
  const set = nodes()
  const where = { address: set.uri('changes'), folder }
  const [writing, reading] = [await openStore(where), await openStore(where)]
  t.after(async () => {
    await writing.close()
    await reading.close()
  })
  const commitAndTell = async (leaf: number): Promise<number> => {
    const waiting = untilLeaf(reading, leaf)
    await commitLeaf(writing, leaf)
    const startMs = performance.now()
    await waiting
    return performance.now() - startMs
  }
  // Somebody waits all the while, so that the stream stays open.
  const all = untilLeaf(reading, 6)
  const before = await commitAndTell(1)
  await set.command({ replSetStepDown: 3, force: true })
  const late = [await commitAndTell(2), await commitAndTell(3)]
  await set.command({ replSetStepDown: 3, force: true })
  late.push(await commitAndTell(4), await commitAndTell(5), await commitAndTell(6))
  await all
  t.diagnostic(`woken ${[before, ...late].map(Math.round).join(', ')} ms after the commit`)
  for (const one of late) assert.ok(one < MOST_LATE_MS, `${one} ms`)
})

test('a stream that has fallen silent is made up for by looking, and opened anew', { skip }, async (t) => {
  const uri = nodes().uri('silence')
  const writing = await openStore({ address: uri, folder })
  const { client, db } = await connectMongo(uri)
  t.after(async () => {
    await writing.close()
    await client.close()
  })
  const tables = tablesOf(client, db, DEFAULT_BOOK)
  const streams = { opened: 0 }
  const silent = new Proxy(tables.state, {
    get: (state, name): unknown => {
      if (name === 'watch') return () => state.watch([{ $match: { 'documentKey._id': `nobody ${(streams.opened += 1)}` } }])
      const value: unknown = Reflect.get(state, name)
      return typeof value === 'function' ? value.bind(state) : value
    },
  })
  const changes = openChanges({ ...tables, state: silent }, () => {})
  const over = new AbortController()
  t.after(() => over.abort())
  const leaves: number[] = []
  const waiting = (async () => {
    for await (const _ of changes.changed(over.signal)) leaves.push((await writing.books.state()).cursor.read.leaf)
  })()
  // A stream that is opened tells, too, so that not each leaf needs a look.
  for (let leaf = 1; streams.opened < 3; leaf += 1) {
    assert.ok(leaf <= MOST_LEAVES, `opened ${streams.opened} times`)
    await commitLeaf(writing, leaf)
    await eventually(
      async () => leaves.at(-1),
      (last) => last === leaf,
      `leaf ${leaf} is told`,
      MOST_LATE_MS,
    )
  }
  over.abort()
  await waiting
})
