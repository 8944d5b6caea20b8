// In a demo every server has one civil time: what is killed and started again goes on in the time of the others, not where the demo once began.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startChild, type Child } from '../../cli/network/child.ts'
import { clockOf, runClock, type CivilTime } from '../../cli/network/clocks.ts'
import { freePort } from '../../bench/free-port.ts'
import { eventually } from '../support/asking.ts'

const BEGINNING = '2025-03-31T22:00:00.000Z'

test('a server of a demo that is killed comes back in the civil time of the others', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-clocks-'))
  const children: Child[] = []
  t.after(async () => {
    for (const child of children) await child.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const start = async (name: string, civilTime?: () => Promise<CivilTime>): Promise<Child> => {
    const port = await freePort()
    mkdirSync(join(dir, name))
    const env = { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(dir, name), SETTABLE_CLOCK: '1', SETTABLE_CLOCK_START: BEGINNING }
    const spec = { name, server: 'plc', url: `http://localhost:${port}`, env, logFile: join(dir, `${name}.log`) } as const
    const child = await startChild(spec, () => {}, civilTime)
    children.push(child)
    return child
  }
  const other = await start('other')
  const killed = await start('killed', () => clockOf(other.url))
  const again = async (): Promise<CivilTime> => {
    const pid = killed.pid()
    killed.signal('SIGKILL')
    return eventually(
      () => clockOf(killed.url).catch(() => undefined),
      (civil): civil is CivilTime => civil !== undefined && killed.pid() !== pid && (civil.running || civil.now > BEGINNING),
      'it is back',
    ).then((civil) => civil ?? assert.fail())
  }
  await fetch(`${other.url}/_clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: '2025-06-01T00:00:00.000Z' }),
  })
  assert.deepEqual(await again(), { now: '2025-06-01T00:00:00.000Z', running: false })
  await runClock(other.url)
  await again()
  const { now } = await eventually(
    () => clockOf(killed.url),
    ({ running }) => running,
    'it goes with real time',
  )
  assert.ok(Math.abs(Date.parse(now) - Date.parse((await clockOf(other.url)).now)) < 60_000)
})
