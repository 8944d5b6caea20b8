// The primary is killed while acts are folded: how long no batch was acknowledged, and whether every row that was acknowledged is in the books.

import { openStore } from '../appview/store/open-store.ts'
import type { Nodes } from '../test/support/mongo-nodes.ts'
import { either } from './mode.ts'
import type { Row } from './report.ts'
import { fillStore, intakeOf } from './statement-asks.ts'

const POSTINGS = either(12_000, 60_000)
const BATCH = 100
const PAGE = 5_000

export const measureStall = async (nodes: Nodes, folder: string): Promise<Row> => {
  const store = await openStore({ address: nodes.uri('stall'), folder })
  const intake = intakeOf(POSTINGS)
  const killAt = Math.floor(intake.rows.length / BATCH / 2) * BATCH
  let [killed, longest, last, acknowledged] = [-1, 0, performance.now(), 0]
  let dying: Promise<void> | undefined
  await fillStore(
    store,
    intake,
    (leaf) => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      ;[last, acknowledged] = [now, leaf]
      if (leaf < killAt || dying !== undefined) return
      dying = nodes.primary().then((index) => {
        killed = index
        return nodes.kill(index)
      })
    },
    BATCH,
  )
  await dying
  const stored = new Set<number>()
  for (let after = { leaf: 0, op: 0 }; ;) {
    const page = await store.books.intake(after, PAGE)
    for (const { leaf } of page) stored.add(leaf)
    const end = page.at(-1)
    if (end === undefined) break
    after = { leaf: end.leaf, op: end.op }
  }
  const lost = intake.rows.filter(({ leaf }) => leaf <= acknowledged && !stored.has(leaf)).length
  await nodes.start(killed)
  await store.close()
  return {
    'rows a batch': BATCH,
    rows: intake.rows.length,
    'longest stall ms': longest,
    'rows acknowledged': acknowledged,
    'rows lost': lost,
  }
}
