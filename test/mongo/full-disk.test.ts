// Disks of 512 MB fill up while a town is folded on three real nodes: that of the primary, that of a secondary, and those of a majority. What was acknowledged
// is there, folding goes on when another node is primary or room comes back, and the books are those of SQLite, to the byte.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { openStore } from '../../appview/store/open-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { dumped } from '../appview/store-rows.ts'
import { eventually } from '../support/asking.ts'
import { mongoSet } from '../support/mongo-set.ts'
import { skipUnless } from '../support/needs.ts'
import { mountSmallDisk, mountsHere } from '../support/small-disk.ts'
import type { SmallDisk } from '../support/small-disk.ts'
import { BATCHES, batchAt, expectedLines, finish, follow, rows, town, writerOf } from './followed-town.ts'

const DISK_MB = 512
/** What is written is taken from memory to the data files each second, as it would be each minute. */
const QUICK_CHECKPOINTS = ['--syncdelay', '1', '--oplogSize', '64']
const NOTICED_MS = 60_000
const disks: SmallDisk[] = []
const {
  skip,
  folder,
  nodes: set,
} = mongoSet('full-disk', {
  skip: skipUnless(mountsHere(), 'leave to mount a disk of 512 MB (root on Linux)'),
  plan: (folder) => {
    for (const index of [0, 1, 2]) disks.push(mountSmallDisk(join(folder, String(index)), DISK_MB))
    return { folderOf: (index) => diskOf(index).folder, settings: QUICK_CHECKPOINTS }
  },
  ended: () => {
    for (const disk of disks) disk.unmount()
  },
})
let expected: readonly string[] = []
let databases = 0

before(async () => {
  if (skip === false) expected = await expectedLines()
})

const diskOf = (index: number): SmallDisk => disks[index] ?? assert.fail('no disk')

const opened = (): Promise<Store> => openStore({ address: set().uri(`full${databases}`), folder })

const fresh = (): Promise<Store> => {
  databases += 1
  return opened()
}

const gone = (index: number): Promise<boolean> =>
  eventually(
    async () => !set().isRunning(index),
    (isGone) => isGone,
    `node ${index} has ended, since its disk is full`,
    NOTICED_MS,
  )

const comeBack = async (index: number): Promise<void> => {
  diskOf(index).clear()
  await set().start(index)
}

const healthy = (): Promise<unknown> =>
  eventually(
    () => set().command({ replSetGetStatus: 1 }),
    ({ members }) => members.every(({ stateStr }: { stateStr: string }) => stateStr === 'PRIMARY' || stateStr === 'SECONDARY'),
    'all nodes are members',
    NOTICED_MS,
  )

for (const which of ['primary', 'secondary'] as const)
  test(`the disk of the ${which} fills up while the town is folded`, { skip }, async (t) => {
    const store = await fresh()
    t.after(() => store.close())
    let full = -1
    const longest = await follow(store, (batch) => {
      if (batch !== 4) return undefined
      return (async () => {
        const primary = await set().primary()
        full = which === 'primary' ? primary : (primary + 1) % 3
        diskOf(full).fill()
        await gone(full)
      })()
    })
    t.diagnostic(`longest batch ${Math.round(longest)} ms`)
    assert.notEqual(await set().primary(), full)
    assert.deepEqual(await dumped(store), expected)
    await comeBack(full)
    await healthy()
    assert.deepEqual(await dumped(store), expected)
  })

test(
  'with the disks of two of three full nothing is acknowledged; when room comes back, all that was acknowledged is there',
  { skip },
  async (t) => {
    const store = await fresh()
    t.after(() => store.close())
    await store.books.setRoster(town.roster)
    const writer = await writerOf(store)
    for (let batch = 0; batch < 3; batch++) await writer.append(batchAt(batch))
    for (const index of [0, 1]) diskOf(index).fill()
    await Promise.all([gone(0), gone(1)])
    let acknowledged = 3
    let outcome = 'the writer waited'
    const writing = (async () => {
      for (; acknowledged < BATCHES; acknowledged++) await writer.append(batchAt(acknowledged))
    })().catch((error: unknown) => void (outcome = `the writer gave up: ${error instanceof Error ? error.message : 'no error'}`))
    assert.equal(
      await Promise.race([writing.then(() => 'ended'), new Promise((resolve) => void setTimeout(resolve, 5_000, 'waiting'))]),
      'waiting',
    )
    assert.equal(acknowledged, 3)
    for (const index of [0, 1]) await comeBack(index)
    await writing
    t.diagnostic(outcome)
    // Whoever follows begins again where the store stands.
    const again = await opened()
    t.after(() => again.close())
    const { leaf } = (await again.books.state()).cursor.read
    assert.ok(leaf >= (batchAt(acknowledged - 1).at(-1)?.leaf ?? 0), 'nothing acknowledged is lost')
    const next = await writerOf(again)
    await next.append(rows.filter((row) => row.leaf > leaf).map((row) => ({ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row] })))
    await finish(next)
    assert.deepEqual(await dumped(again), expected)
  },
)
