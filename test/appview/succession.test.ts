// A stand-by that could not take over says so before it has to: in its log at start, at /ready and in a figure; and that it is mended.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppviewProcesses } from '../support/appview-processes.ts'
import { eventually } from '../support/asking.ts'
import type { ServerProcess } from '../support/server-process.ts'

const readyOf = async ({ url }: ServerProcess): Promise<unknown> =>
  ((await (await fetch(`${url}/ready`)).json()) as { readonly roles: unknown }).roles

const figureOf = async ({ url }: ServerProcess): Promise<string | undefined> =>
  /^waki_stand_by_fit\S* (\d)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]

test('a roster file that lacks a town, or a relay of another log, is told while another process still writes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-succession-'))
  t.after(() => rmSync(folder, { recursive: true }))
  await using processes = await AppviewProcesses.open({ apart: false }, 1)
  const holder = await processes.start('ingest')
  assert.deepEqual([await readyOf(holder), await figureOf(holder)], [{ ingest: 'ready' }, '1'])
  const listed = readFileSync(processes.network.config().rosterFile, 'utf8')
  const lacking = join(folder, 'roster.json')
  writeFileSync(lacking, JSON.stringify({ towns: [{ code: '172031', did: 'did:plc:z72i7hdynmk6r22z27h6tvur' }] }))
  const unfit = await processes.start('ingest', { ROSTER_FILE: lacking })
  await unfit.marked('stand-by.unfit', 1)
  assert.deepEqual([await readyOf(unfit), await figureOf(unfit)], [{ ingest: 'unfit' }, '0'])
  const elsewhere = await processes.start('ingest', { RELAY_URL: 'http://127.0.0.1:9' })
  assert.deepEqual(await readyOf(elsewhere), { ingest: 'unfit' })
  writeFileSync(lacking, listed)
  await eventually(
    () => readyOf(unfit),
    (roles) => JSON.stringify(roles) === JSON.stringify({ ingest: 'stand-by' }),
    'the file is mended',
    30_000,
  )
  assert.equal(await figureOf(unfit), '1')
})
