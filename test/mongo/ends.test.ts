// Processes that are asked to end while no node of their store answers: they leave within the time a container is given, and the lease runs out by itself.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppviewProcesses } from '../support/appview-processes.ts'
import { mongoSet } from '../support/mongo-set.ts'

const { skip, nodes: set } = mongoSet('ends', { plan: () => ({ count: 1 }) })
/** `stop_grace_period` of deploy/compose.yaml. */
const CONTAINERS_PATIENCE_MS = 30_000

test('asked to end while the store is gone, ingest, web and jobs are gone within thirty seconds', { skip, timeout: 240_000 }, async (t) => {
  await using processes = await AppviewProcesses.open({ store: set().uri('ends'), apart: true }, 1)
  const started = [await processes.start('ingest'), await processes.start('web'), await processes.start('jobs')]
  await started[0]?.marked('lease.held', 1)
  set().signal(0, 'SIGSTOP')
  t.after(() => set().signal(0, 'SIGCONT'))
  await started[0]?.marked('lease.late', 1)
  const begun = performance.now()
  await Promise.all(started.map((one) => one.stop('SIGTERM')))
  const tookMs = performance.now() - begun
  t.diagnostic(`gone after ${Math.round(tookMs)} ms`)
  assert.ok(tookMs < CONTAINERS_PATIENCE_MS, `${tookMs} ms`)
})
