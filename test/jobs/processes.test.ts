// Long work where an appview is several processes: asked for at one door, done by whoever has the role, also after a SIGKILL amid; its file taken at the door.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { deskMethod } from '../../lexicons/authority.ts'
import { procedure, query, queryFile } from '../../cli/xrpc-client.ts'
import { CODE, SmallNetwork } from '../appview/small-network.ts'
import { at, eventually, getJson, type Json } from '../support/asking.ts'
import { ServerProcess } from '../support/server-process.ts'

const TTL_MS = 1_000

test('jobs of an appview in processes survive the death of whoever does them', { timeout: 180_000 }, async (t) => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const [aoi, ren] = [await network.join('aoi'), await network.join('ren')]
  for (const one of [aoi, ren]) await network.admit(town, one)
  for (let n = 0; n < 5; n++) await network.confirm(ren, await network.act(aoi))
  const folder = join(network.dir, 'processes')
  mkdirSync(folder, { mode: 0o700 })
  const { relayUrl, plcUrl, rosterFile, handleHosts } = network.config()
  const start = async (roles: string): Promise<ServerProcess> => {
    const known = { RELAY_URL: relayUrl, PLC_URL: plcUrl, ROSTER_FILE: rosterFile, HANDLE_HOSTS: JSON.stringify(handleHosts) }
    const process = await ServerProcess.start('appview', { ...known, ROLES: roles, DATA_DIR: folder, LEASE_TTL_MS: String(TTL_MS) })
    t.after(async () => {
      if (process.isRunning) await process.stop('SIGKILL')
    })
    return process
  }
  const [ingest, door, jobs] = [await start('ingest'), await start('web'), await start('jobs')]
  const { leaves } = await getJson(`${network.relay.url}/log/origin`)
  await eventually(
    () => getJson(`${door.url}/network.json`),
    ({ leaf }) => Number(leaf) >= Number(leaves),
    'the books have all',
  )
  const token = async (lxm: string): Promise<string> => {
    const aud = `did:web:${encodeURIComponent(new URL(door.url).host)}`
    return String((await query(town.service, 'com.atproto.server.getServiceAuth', { aud, lxm }, town.accessJwt))['token'])
  }
  const ask = async (input: Json): Promise<string> =>
    String((await procedure(door.url, deskMethod.startJob, { town: CODE, ...input }, await token(deskMethod.startJob)))['id'])
  const look = async (id: string): Promise<Json> =>
    query(door.url, deskMethod.getJob, { town: CODE, id }, await token(deskMethod.getJob)).catch((error: unknown) => ({
      state: String(error),
    }))
  const done = (id: string): Promise<Json> =>
    eventually(
      () => look(id),
      ({ state }) => state === 'done',
      `job ${id} is done`,
    )

  // Nobody does jobs: it waits. As if somebody had died amid it: it is gone on with.
  await jobs.stop('SIGKILL')
  const [first, second] = [await ask({ kind: 'export', what: 'intake' }), await ask({ kind: 'auditSample', month: '2026-05' })]
  assert.equal((await look(first))['state'], 'waiting')
  const store = openSqliteStore(join(folder, 'appview.sqlite'))
  const waiting = (await store.work.job(CODE, first)) ?? assert.fail('no job')
  assert.equal(await store.work.changeJob({ ...waiting, state: 'running', version: 2, attempts: 1, holder: 'dead' }), 'kept')
  await store.close()
  await start('jobs')
  const exported = await done(first)
  assert.equal(exported['attempts'], 2)
  await done(second)
  const asked = { town: CODE, id: first }
  const { bytes } = await queryFile(door.url, deskMethod.getJobFile, asked, await token(deskMethod.getJobFile))
  assert.equal(createHash('sha256').update(bytes).digest('hex'), at(exported, 'file')['sha256'])

  // A rebuild is done by whoever ingests, also when that one is killed as soon as it was asked.
  const third = await ask({ kind: 'rebuild' })
  await ingest.stop('SIGKILL')
  await start('ingest')
  const { rows } = at(await done(third), 'result')
  assert.ok(Number(rows) >= 12, String(rows))
  await network.confirm(ren, await network.act(aoi))
  await eventually(
    () => getJson(`${door.url}/network.json`),
    ({ leaf }) => Number(leaf) >= Number(leaves) + 2,
    'following goes on',
  )
})
