// The tree against its twin and against @atproto/repo: exhaustively where it is small, along seeded random runs where it is not.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryBlockstore, MST } from '@atproto/repo'
import { CID } from 'multiformats/cid'
import { cidBytes, cidKey } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import { emptyTree, layerOf, loadTree, MissingNode } from '../../atproto/mst.ts'
import { isRecordPath, parseRecordPath } from '../../atproto/record-path.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { seededRandom } from '../support/random.ts'
import { twinLayer, twinOf } from './mst-twin.ts'
import { checkStep, checkTree, partial, sameTree, sourceOf, treeOf, value } from './tree-checks.ts'

/** Ascending paths in exactly these layers. */
function pathsInLayers(layers: readonly number[]): RecordPath[] {
  const paths: RecordPath[] = []
  let number = 0
  for (const layer of layers) {
    while (twinLayer(pathOf(number)) !== layer) number++
    paths.push(pathOf(number++))
  }
  return paths
}

const pathOf = (number: number): RecordPath => parseRecordPath(`com.example.record/${String(number).padStart(8, '0')}`)

function subsetsOf(paths: readonly RecordPath[]): Map<RecordPath, CidBytes>[] {
  return Array.from(
    { length: 2 ** paths.length },
    (_, bits) => new Map(paths.filter((__, place) => bits & (1 << place)).map((path) => [path, value(path)])),
  )
}

const shuffler = (seed: number): (<T>(list: readonly T[]) => T[]) => {
  const random = seededRandom(seed)
  return (list) =>
    list
      .map((item) => ({ item, order: random.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item)
}

async function referenceRoot(entries: Iterable<readonly [string, CidBytes]>): Promise<string> {
  let tree = await MST.create(new MemoryBlockstore())
  for (const [path, cid] of entries) tree = await tree.add(path, CID.decode(cid) as never)
  return (await tree.getPointer()).toString()
}

describe('exhaustively, on small trees', () => {
  const shapes = { mixed: [0, 1, 0, 2, 0, 1, 3, 0], tall: [0, 3, 0, 0, 4, 1, 0, 3], flat: [0, 0, 0, 0, 0, 1, 0] }
  for (const [name, layers] of Object.entries(shapes)) {
    const paths = pathsInLayers(layers)
    const shuffle = shuffler(7)

    test(`${name}: every content, put in any order, equals the twin and the reference`, async () => {
      for (const entries of subsetsOf(paths)) {
        const tree = treeOf(shuffle([...entries]))
        checkTree(tree, entries)
        assert.equal(await referenceRoot(shuffle([...entries])), CID.decode(tree.root()).toString())
      }
    })

    test(`${name}: every put, replacement and removal of one key from every content`, () => {
      for (const before of subsetsOf(paths)) {
        const tree = treeOf(before)
        for (const path of paths) {
          const removed = new Map(before)
          removed.delete(path)
          checkStep(tree, tree.remove(path), before, removed, shuffle)
          const put = new Map(before).set(path, value('other'))
          checkStep(tree, tree.put(path, value('other')), before, put, shuffle)
        }
        checkTree(tree, before)
      }
    })
  }

  test('every way from every content of six keys to every other', () => {
    const shuffle = shuffler(8)
    const contents = subsetsOf(pathsInLayers([0, 2, 0, 1, 0, 3]))
    const trees = contents.map((entries) => treeOf(entries))
    for (const [from, before] of contents.entries()) {
      for (const [to, after] of contents.entries()) checkStep(trees[from] ?? emptyTree(), trees[to] ?? emptyTree(), before, after, shuffle)
    }
  })
})

for (const seed of [11, 12, 13]) {
  test(`a random run of writes, seed ${seed}`, async () => {
    const random = seededRandom(seed)
    const shuffle = shuffler(seed)
    let entries = new Map<string, CidBytes>()
    let tree = emptyTree()
    for (let step = 0; step < 120; step++) {
      const next = new Map(entries)
      let changed = tree
      for (let writes = random.below(12); writes >= 0; writes--) {
        const path = random.below(3) === 0 && next.size > 0 ? (random.pick([...next.keys()]) as RecordPath) : pathOf(random.below(400))
        if (random.below(100) < (step < 80 ? 35 : 65)) {
          changed = changed.remove(path)
          next.delete(path)
        } else {
          const cid = value(random.below(1000))
          changed = changed.put(path, cid)
          next.set(path, cid)
        }
      }
      checkTree(changed, next)
      checkStep(tree, changed, entries, next, shuffle)
      // From here on, as if read from disk: nothing shared in memory with what came before.
      if (step % 3 === 0) changed = partial(changed, [...changed.nodes()])
      if (step % 40 === 39) assert.equal(await referenceRoot(next), CID.decode(changed.root()).toString())
      entries = next
      tree = changed
    }
  })
}

test('layers are those of the definition', () => {
  for (let number = 0; number < 3000; number++) assert.equal(layerOf(pathOf(number)), twinLayer(pathOf(number)))
})

test('putting what is there and removing what is not give the same tree', () => {
  const tree = treeOf([...Array(50).keys()].map((number) => [pathOf(number), value(number)]))
  assert.equal(tree.put(pathOf(7), value(7)), tree)
  assert.equal(tree.remove(pathOf(77)), tree)
  assert.deepEqual(tree.diffNodes(tree), { created: [], removed: [] })
})

test('a tree does not change when another is made from it', () => {
  const entries = new Map([...Array(50).keys()].map((number) => [pathOf(number), value(number)]))
  const tree = treeOf(entries)
  tree.put(pathOf(99), value(99)).remove(pathOf(3))
  checkTree(tree, entries)
})

test('entries begin behind a path, whether it is in the tree or not', () => {
  const numbers = [...Array(200).keys()].map((number) => number * 2)
  const tree = treeOf(numbers.map((number) => [pathOf(number), value(number)]))
  for (let after = 0; after < 400; after += 7) {
    const expected = numbers.filter((number) => number > after).map(pathOf)
    assert.deepEqual(
      Array.from(tree.entries(pathOf(after)), ({ path }) => path),
      expected,
    )
  }
})

test('nodes come in pre-order: each is linked from one that came before', () => {
  const tree = treeOf([...Array(300).keys()].map((number) => [pathOf(number), value(number)]))
  const order = Array.from(tree.nodes(), ({ cid }) => cidKey(cid))
  assert.equal(order[0], cidKey(tree.root()))
  assert.equal(new Set(order).size, order.length)
  const bytesByCid = new Map(Array.from(tree.nodes(), ({ cid, bytes }) => [cidKey(cid), Buffer.from(bytes).toString('latin1')]))
  for (const [place, key] of order.entries())
    if (place > 0) assert.ok(order.slice(0, place).some((earlier) => bytesByCid.get(earlier)?.includes(key)))
})

test('a stored tree is read no further than the path asked for', () => {
  const entries = new Map([...Array(3000).keys()].map((number) => [pathOf(number), value(number)]))
  const whole = treeOf(entries)
  const source = sourceOf(whole.nodes())
  let reads = 0
  const counted = loadTree((cid) => (reads++, source(cid)), whole.root())
  assert.equal(reads, 1)
  assert.deepEqual(counted.get(pathOf(1234)), value(1234))
  assert.ok(reads <= 12, `${reads} reads for one path`)
  const readsSoFar = reads
  assert.deepEqual(counted.get(pathOf(1234)), value(1234))
  assert.equal(reads, readsSoFar)
  const changed = counted.put(pathOf(5000), value('new'))
  assert.ok(sameTree(changed, whole.put(pathOf(5000), value('new'))))
  assert.ok(changed.diffNodes(counted).created.length > 0)
  assert.ok(reads <= 40, `${reads} reads in all`)
})

test('what a partial tree lacks is named', () => {
  const whole = treeOf([...Array(500).keys()].map((number) => [pathOf(number), value(number)]))
  const proof = whole.proof([pathOf(100)])
  const part = partial(whole, proof)
  assert.deepEqual(part.get(pathOf(100)), value(100))
  assert.ok(isRecordPath(pathOf(400)))
  const missing = [...whole.nodes()].filter(({ cid }) => !proof.some((node) => cidKey(node.cid) === cidKey(cid)))
  const named = (error: unknown): boolean => error instanceof MissingNode && missing.some(({ cid }) => cidKey(cid) === cidKey(error.cid))
  assert.throws(() => [...part.entries()], named)
  assert.throws(() => part.remove(pathOf(400)), named)
  assert.throws(() => loadTree(() => undefined, whole.root()), MissingNode)
})

test('the empty tree', () => {
  const { root } = twinOf(new Map())
  assert.deepEqual(Buffer.from(emptyTree().root()), Buffer.from(root))
  assert.deepEqual(
    Buffer.from(
      treeOf([[pathOf(1), value(1)]])
        .remove(pathOf(1))
        .root(),
    ),
    Buffer.from(root),
  )
  assert.deepEqual([...loadTree(sourceOf(emptyTree().nodes()), emptyTree().root()).entries()], [])
  assert.ok(cidBytes(CID.decode(root)).length === 36)
})
