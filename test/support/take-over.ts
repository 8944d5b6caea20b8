// What several processes of an appview do when one of them dies, stalls or is restarted, for either engine.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../server/clock.ts'
import { AppviewProcesses, CODE, TTL_MS } from './appview-processes.ts'
import type { Where } from './appview-processes.ts'
import { eventually, getJson } from './asking.ts'
import type { ServerProcess } from './server-process.ts'

const RESIDENTS = 3
const ACTS = 60
const NOTICES = 30
/** Between two visits of somebody who never stops looking. */
const VISIT_MS = 20
const clock = systemClock()
const TIMEOUT = { timeout: 240_000 }
/** A take-over costs a lease's time, one look and beginning to follow. */
const MOST_MS = 8 * TTL_MS

type Opening = { readonly name: string; readonly where: () => Promise<Where> }

const readyOf = async ({ url }: ServerProcess): Promise<{ status: number; roles: unknown }> => {
  const response = await fetch(`${url}/ready`)
  return { status: response.status, roles: ((await response.json()) as { roles: unknown }).roles }
}

export const takeOver = ({ name, where }: Opening): void => {
  test(
    `${name}: of two that ingest one stands by; the first is killed while people write, the second goes on, nothing is lost and nothing twice`,
    TIMEOUT,
    async (t) => {
      await using processes = await AppviewProcesses.open(await where(), RESIDENTS)
      const first = await processes.start('ingest')
      const second = await processes.start('ingest')
      const web = await processes.start('web')
      assert.deepEqual(await readyOf(first), { status: 200, roles: { ingest: 'ready' } })
      assert.deepEqual(await readyOf(second), { status: 503, roles: { ingest: 'stand-by' } })
      assert.equal((await fetch(`${second.url}/health`)).status, 200)
      assert.match(await (await fetch(`${second.url}/metrics`)).text(), /waki_lease_held\{[^}]*lease="ingest"[^}]*\} 0/)
      const writing = processes.write(ACTS)
      await first.marked('batch.committing', 5)
      await first.stop('SIGKILL')
      const startMs = performance.now()
      await second.marked('batch.committed', 1)
      const tookMs = performance.now() - startMs
      t.diagnostic(`taken over and the first batch stored ${Math.round(tookMs)} ms after the kill`)
      assert.ok(tookMs < MOST_MS, `${tookMs} ms`)
      assert.deepEqual(await readyOf(second), { status: 200, roles: { ingest: 'ready' } })
      await writing
      const status = await processes.reached(web, await processes.leaves())
      assert.equal(status['state'], 'following')
      await processes.stop()
      assert.deepEqual(await processes.dump(), await processes.dumpOfOne())
    },
  )

  test(
    `${name}: one that was stopped and wakes again writes nothing more, stands by, and takes over when the other dies`,
    TIMEOUT,
    async (t) => {
      await using processes = await AppviewProcesses.open(await where(), RESIDENTS)
      const first = await processes.start('ingest')
      const second = await processes.start('ingest')
      const web = await processes.start('web')
      await processes.write(RESIDENTS)
      await processes.reached(web, await processes.leaves())
      first.signal('SIGSTOP')
      const startMs = performance.now()
      await second.marked('lease.held', 1)
      t.diagnostic(`taken over ${Math.round(performance.now() - startMs)} ms after the first was stopped`)
      await processes.write(RESIDENTS)
      await processes.reached(web, await processes.leaves())
      first.signal('SIGCONT')
      await first.marked('lease.lost', 1)
      await first.marked('lease.waiting', 1)
      await processes.write(RESIDENTS)
      await processes.reached(web, await processes.leaves())
      assert.deepEqual(await readyOf(first), { status: 503, roles: { ingest: 'stand-by' } })
      await second.stop('SIGKILL')
      await first.marked('lease.held', 2)
      await processes.write(RESIDENTS)
      await processes.reached(web, await processes.leaves())
      await processes.stop()
      assert.deepEqual(await processes.dump(), await processes.dumpOfOne())
    },
  )

  test(
    `${name}: of two that do jobs one sends; killed amid sending, the other sends the rest, and each record stands once`,
    TIMEOUT,
    async (t) => {
      await using processes = await AppviewProcesses.open(await where(), 1)
      // Who takes over sends what is left once the books have come to where the log stands.
      await processes.start('ingest')
      const first = await processes.start('jobs')
      const second = await processes.start('jobs')
      assert.deepEqual(await readyOf(second), { status: 503, roles: { jobs: 'stand-by' } })
      await processes.enqueue(NOTICES)
      await first.marked('record.published', 2)
      await first.stop('SIGKILL')
      const startMs = performance.now()
      await second.marked('record.published', 1)
      t.diagnostic(`the other sent ${Math.round(performance.now() - startMs)} ms after the kill`)
      await processes.enqueue(1)
      const found = await eventually(
        () => processes.notices(),
        ({ waiting }) => waiting === 0,
        'all is sent',
      )
      assert.equal(found.inRepo.length, NOTICES + 1)
      assert.equal(new Set(found.inRepo).size, NOTICES + 1)
    },
  )

  test(`${name}: two that serve say the same bytes while every other process is restarted`, TIMEOUT, async () => {
    await using processes = await AppviewProcesses.open(await where(), RESIDENTS)
    const [ingest, here, there, ...doors] = await processes.startAll(['ingest', 'pages', 'pages,xrpc', 'xrpc', 'static', 'jobs'])
    assert.ok(ingest !== undefined && here !== undefined && there !== undefined)
    const others = [...doors, ingest]
    await processes.write(ACTS / 2)
    const leaves = await processes.leaves()
    await processes.reached(here, leaves)
    await processes.reached(there, leaves)
    const path = `/m/${CODE}`
    const pageOf = async ({ url }: ServerProcess): Promise<string> => {
      const response = await fetch(`${url}${path}`)
      assert.equal(response.status, 200)
      // Behind one proxy they would have one address.
      return (await response.text()).replaceAll(url, 'https://example.jp')
    }
    const before = await pageOf(here)
    assert.equal(await pageOf(there), before)
    const style = /\/static\/[^"]+\.css/.exec(before)?.[0] ?? assert.fail('the page names its style')
    const over = new AbortController()
    let served = 0
    const visiting = Promise.all(
      [here, there].map(async (one) => {
        for (; !over.signal.aborted; served++) {
          assert.equal(await pageOf(one), before)
          await clock.sleep(VISIT_MS)
        }
      }),
    )
    for (const one of others) {
      await one.stop('SIGTERM')
      if (one === ingest)
        await eventually(
          () => getJson(`${here.url}/network.json`),
          (status) => status['state'] === 'away',
          'nobody follows',
        )
      await one.startAgain()
      assert.equal((await fetch(`${one.url}/health`)).status, 200)
    }
    over.abort()
    await visiting
    assert.ok(served > 20, `${served} pages`)
    assert.equal((await fetch(`${others[1]?.url}${style}`)).status, 200)
    assert.equal((await fetch(`${others[1]?.url}${path}`)).status, 404)
    assert.equal((await fetch(`${others[0]?.url}${path}`)).status, 404)
    const description = `/xrpc/org.waki.getMunicipality?code=${CODE}`
    const answers = await Promise.all([others[0], there].map(async (one) => (await fetch(`${one?.url}${description}`)).text()))
    assert.equal(answers[0], answers[1])
    await processes.write(RESIDENTS)
    await processes.reached(there, await processes.leaves())
  })
}
