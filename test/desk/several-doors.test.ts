// Three processes that answer over one SQLite file, asked the same at one moment over real sockets: it is done once.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { procedure, query } from '../../cli/xrpc-client.ts'
import type { Session } from '../../cli/xrpc-client.ts'
import { deskMethod } from '../../lexicons/authority.ts'
import { CODE, SmallNetwork } from '../appview/small-network.ts'
import { eventually, getJson, listIn, type Json } from '../support/asking.ts'
import { ServerProcess } from '../support/server-process.ts'

type Method = keyof typeof deskMethod

test('three doors of one appview', { timeout: 120_000 }, async (t) => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const clerk = await network.join('aoi')
  const folder = join(network.dir, 'doors')
  mkdirSync(folder, { mode: 0o700 })
  const { relayUrl, plcUrl, rosterFile, handleHosts } = network.config()
  const start = async (roles: string): Promise<ServerProcess> => {
    const known = { RELAY_URL: relayUrl, PLC_URL: plcUrl, ROSTER_FILE: rosterFile, HANDLE_HOSTS: JSON.stringify(handleHosts) }
    const process = await ServerProcess.start('appview', { ...known, ROLES: roles, DATA_DIR: folder })
    t.after(async () => {
      if (process.isRunning) await process.stop('SIGKILL')
    })
    return process
  }
  await start('ingest')
  const doors = [await start('web'), await start('web'), await start('web')]
  const { leaves } = await getJson(`${network.relay.url}/log/origin`)
  for (const { url } of doors)
    await eventually(
      () => getJson(`${url}/network.json`),
      ({ leaf }) => Number(leaf) >= Number(leaves),
      'the books have all',
    )
  const at = async ({ url }: ServerProcess, who: Session, name: Method, input: Json = {}): Promise<Json> => {
    const aud = `did:web:${encodeURIComponent(new URL(url).host)}`
    const token = String(
      (await query(who.service, 'com.atproto.server.getServiceAuth', { aud, lxm: deskMethod[name] }, who.accessJwt))['token'],
    )
    return name.startsWith('list') || name.startsWith('get')
      ? query(url, deskMethod[name], { town: CODE }, token)
      : procedure(url, deskMethod[name], { town: CODE, ...input }, token)
  }
  const atOnce = async (name: Method, input: Json): Promise<number> =>
    (await Promise.allSettled(doors.map((door) => at(door, town, name, input)))).filter(({ status }) => status === 'fulfilled').length
  const [first = assert.fail()] = doors

  for (let round = 0; round < 4; round++) {
    assert.equal(await atOnce('addRole', { did: clerk.did, role: 'auditor' }), 1)
    for (const door of doors) assert.ok(listIn(await at(door, clerk, 'listTrail'), 'rows').length > 0)
    assert.equal(await atOnce('removeRole', { did: clerk.did, role: 'auditor' }), 1)
    for (const door of doors) await assert.rejects(at(door, clerk, 'listTrail'), /desk\.no-role/)
    assert.equal(await atOnce('startJob', { kind: 'auditSample', month: `2026-0${round + 1}` }), 1)
  }
  assert.equal(listIn(await at(first, town, 'listJobs'), 'jobs').length, 4)
  assert.equal(listIn(await at(first, town, 'listRoles'), 'roles').length, 4)
})
