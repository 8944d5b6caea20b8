// Many readers at once on one set of nodes, with pools of different sizes: how many statements a second, and how long the slowest hundredth takes.

import { openStore } from '../appview/store/open-store.ts'
import type { Nodes } from '../test/support/mongo-nodes.ts'
import { either } from './mode.ts'
import { percentile, type Row } from './report.ts'
import { asksOf, intakeOf, storedFill } from './statement-asks.ts'

export const POOL_SIZES = [5, 10, 20, 50]
const READERS = 40
const STATEMENTS = either(400, 2_000)
/** Which of the questions: of a person now, of a person and a town as known at a leaf, of a town to anyone. */
const KINDS = [0, 1, 2, 4]

/** `level`: the name of a database that was filled. */
export const measurePools = async (nodes: Nodes, database: string, folder: string): Promise<Row[]> => {
  const intake = intakeOf(Number(database.replace('level', '')))
  const table: Row[] = []
  for (const size of POOL_SIZES) {
    const store = await openStore({ address: `${nodes.uri(database)}&maxPoolSize=${size}`, folder })
    const asks = asksOf(storedFill(store, intake))
    const times: number[] = []
    let next = 0
    const read = async (isTimed: boolean, until: number): Promise<void> => {
      while (next < until) {
        const nth = next++
        const begun = performance.now()
        await asks[KINDS[nth % KINDS.length] ?? 0]?.ask(nth)
        if (isTimed) times.push(performance.now() - begun)
      }
    }
    const readAll = (isTimed: boolean, until: number) => Promise.all(Array.from({ length: READERS }, () => read(isTimed, until)))
    await readAll(false, READERS * KINDS.length)
    const begun = performance.now()
    await readAll(true, next + STATEMENTS)
    const seconds = (performance.now() - begun) / 1_000
    table.push({
      'pool size': size,
      readers: READERS,
      'statements/s': times.length / seconds,
      'p50 ms': percentile(times, 0.5),
      'p99 ms': percentile(times, 0.99),
    })
    await store.close()
  }
  return table
}
