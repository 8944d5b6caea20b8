// Many readers at once on one set of nodes, with pools of different sizes, in rounds one behind the other, so that what else goes on on the machine falls on
// all of them: how many statements a second, how long the slowest hundredth takes, and what a statement costs the appview and the nodes.

import { openStore } from '../appview/store/open-store.ts'
import type { Store } from '../appview/store/store.ts'
import type { Nodes } from '../test/support/mongo-nodes.ts'
import { either } from './mode.ts'
import { ownCpuSeconds } from './process-figures.ts'
import { median, percentile, type Row } from './report.ts'
import { asksOf, intakeOf, storedFill } from './statement-asks.ts'

export const POOL_SIZES = [5, 10, 20, 50]
const READERS = 40
const ROUNDS = either(3, 5)
/** Of each size in each round. */
const STATEMENTS = either(240, 400)
/** Which of the questions: of a person now, of a person and a town as known at a leaf, of a town to anyone. */
const KINDS = [0, 1, 2, 4]

type Round = { readonly perSecond: number; readonly times: readonly number[]; readonly ownMs: number; readonly nodesMs: number }
type Pool = { readonly size: number; readonly store: Store; readonly ask: (nth: number) => Promise<unknown>; readonly rounds: Round[] }

/** `level`: the name of a database that was filled; `nodesCpu`: seconds the nodes have taken so far. */
export const measurePools = async (nodes: Nodes, database: string, folder: string, nodesCpu: () => number): Promise<Row[]> => {
  const intake = intakeOf(Number(database.replace('level', '')))
  const pools: Pool[] = []
  for (const size of POOL_SIZES) {
    const store = await openStore({ address: `${nodes.uri(database)}&maxPoolSize=${size}`, folder })
    const asks = asksOf(storedFill(store, intake))
    const ask = async (nth: number): Promise<unknown> => asks[KINDS[nth % KINDS.length] ?? 0]?.ask(nth)
    await readAll(ask, 0, READERS * KINDS.length)
    pools.push({ size, store, ask, rounds: [] })
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { ask, rounds } of pools) {
      const [begun, own, theirs] = [performance.now(), ownCpuSeconds(), nodesCpu()]
      const times = await readAll(ask, READERS * KINDS.length + round * STATEMENTS, STATEMENTS)
      const seconds = (performance.now() - begun) / 1_000
      const each = 1_000 / STATEMENTS
      rounds.push({
        perSecond: STATEMENTS / seconds,
        times,
        ownMs: (ownCpuSeconds() - own) * each,
        nodesMs: (nodesCpu() - theirs) * each,
      })
    }
  for (const { store } of pools) await store.close()
  return pools.map(({ size, rounds }) => ({
    'pool size': size,
    readers: READERS,
    rounds: ROUNDS,
    'statements/s': median(rounds.map(({ perSecond }) => perSecond)),
    'slowest round': Math.min(...rounds.map(({ perSecond }) => perSecond)),
    'p50 ms': median(rounds.flatMap(({ times }) => times)),
    'p99 ms': percentile(
      rounds.flatMap(({ times }) => times),
      0.99,
    ),
    'appview CPU ms each': median(rounds.map(({ ownMs }) => ownMs)),
    'nodes CPU ms each': median(rounds.map(({ nodesMs }) => nodesMs)),
  }))
}

/** How long each of so many questions took, asked by all readers at once. */
const readAll = async (ask: (nth: number) => Promise<unknown>, from: number, count: number): Promise<number[]> => {
  const times: number[] = []
  let next = from
  const read = async (): Promise<void> => {
    while (next < from + count) {
      const nth = next++
      const begun = performance.now()
      await ask(nth)
      times.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: READERS }, read))
  return times
}
