// `waki export` over a running network: the file that the appview gives, for whom it concerns, and sentences where it gives none.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CommandRefused } from '../../cli/command.ts'
import { exportCommand } from '../../cli/commands/export.ts'
import { XrpcRefused } from '../../cli/xrpc-client.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { PASSWORD, World } from '../support/world.ts'

const world = await World.start()
const dir = mkdtempSync(join(tmpdir(), 'waki-export-'))
after(async () => {
  await world[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})
const town = await world.member('kanazawa')
await town.openBooks(KANAZAWA, '2026-04-01')
await world.openAppview([{ code: KANAZAWA, did: town.did }])
const [aoi, ben] = await residents(town, ['aoi', 'ben'])
if (aoi === undefined || ben === undefined) throw new Error('the town has people')
await ben.confirm(await aoi.act(KANAZAWA, { minutes: 75 }))
await world.settled()

const out = join(dir, 'file')
const run = (values: Readonly<Record<string, string>>): Promise<void> =>
  exportCommand.run({ values: { appview: world.appview.url, out, ...values }, positionals: [] })
const as = (handle: string) => ({ as: `${handle}.pds1.test`, password: PASSWORD, pds: world.pds[0]?.url ?? '' })

test('a published statement, without signing in', async () => {
  await run({ town: KANAZAWA, year: '2026', format: 'csv' })
  assert.match(readFileSync(out, 'utf8'), /人数が少ないため載せていません/)
})

test('one’s own journal, and the town’s for its desk', async () => {
  await run({ ...as('aoi'), kind: 'journal', format: 'hledger' })
  const own = readFileSync(out, 'utf8')
  assert.match(own, /収益:4110和の提供 {2}-75 "WA\.MIN"/)
  assert.doesNotMatch(own, /5110和の享受 {2}75/)
  await run({ ...as('kanazawa'), town: KANAZAWA, kind: 'journal', format: 'beancount', year: '2026' })
  assert.match(readFileSync(out, 'utf8'), /費用:5110和の享受 {2}75 WA\.MIN/)
  await run({ ...as('kanazawa'), town: KANAZAWA, year: '2026', format: 'csv' })
  assert.match(readFileSync(out, 'utf8'), /和の提供,Contributions given,分,75,/, 'the desk sees it whole')
})

test('sentences for what cannot be had', async () => {
  await assert.rejects(run({ format: 'csv', year: '2026' }), CommandRefused)
  await assert.rejects(run({ town: KANAZAWA, format: 'csv' }), /--year 2026 or --month/)
  await assert.rejects(run({ town: KANAZAWA, year: '2026' }), /--format is missing/)
  const isRefused = (code: string) => (error: unknown) => error instanceof XrpcRefused && error.code === code
  await assert.rejects(run({ town: KANAZAWA, year: '2026', format: 'doc' }), isRefused('UnknownFormat'))
  await assert.rejects(run({ town: KANAZAWA, kind: 'journal', format: 'csv' }), isRefused('NotFound'))
  await assert.rejects(run({ ...as('ben'), town: KANAZAWA, kind: 'journal', format: 'csv' }), isRefused('NotFound'))
})
