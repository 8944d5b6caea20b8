// Every reason why a sign-in does not begin, in the words people read.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { SIGN_INS_AT_ONCE, SIGN_INS_PER_ADDRESS } from '../../appview/auth/limits.ts'
import { createAccount } from '../../cli/xrpc-client.ts'
import { startPds } from '../../pds/pds.ts'
import { silentLog } from '../../server/log.ts'
import { seen, Visitor } from '../pages/visitor.ts'
import { eventually } from '../support/asking.ts'
import { KANAZAWA, openTown } from '../support/town.ts'
import { PASSWORD, type World } from '../support/world.ts'

let people = 0
const ROUND = 8

/** Everybody from an address of their own. */
const told = async (url: string, identifier: string): Promise<string> => {
  people++
  const headers = { 'Sec-Fetch-Site': 'same-origin', Origin: url, 'X-Forwarded-For': `10.0.${people >> 8}.${people & 255}` }
  const answer = await new Visitor(url).post('/sign-in', { identifier, next: '/me' }, headers)
  return `${answer.status} ${seen(answer)}`
}

/** An account whose server is gone. */
const orphan = async (world: World): Promise<string> => {
  const base = {
    host: '127.0.0.1',
    port: 0,
    allowLoopback: true,
    inviteRequired: false,
    adminPassword: 'operator',
    logLevel: 'silent',
  } as const
  const own = { handleDomains: ['.dead.test'], plcUrl: world.plc.url, dataDir: world.folder('dead') }
  const dead = await startPds({ ...base, ...own }, { log: silentLog, clock: world.clock })
  const { did } = await createAccount(dead.url, { handle: 'emi.dead.test', email: 'emi@example.jp', password: PASSWORD })
  await dead.close()
  return did
}

test('whoever cannot be let in is told why, and what to do', async (t) => {
  const { world, town } = await openTown()
  await using _ = world
  const { url } = world.appview
  for (const unknown of ['nobody.pds1.test', 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 'http://localhost:1', 'ftp://localhost', 'a b', ''])
    assert.match(await told(url, unknown), /^422 .*見つかりません.*つづりを確かめて/, unknown)
  assert.match(await told(url, await orphan(world)), /^502 .*つながりません/)

  // This one's https address is nowhere, so that no server can read who it is.
  const elsewhere = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'elsewhere', { publicUrl: 'https://waki.invalid' })
  assert.match(await told(`http://localhost:${elsewhere.port}`, town.did), /^502 .*受けつけませんでした/)
  await world.closeAppview(elsewhere)

  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  t.after(() => {
    silent.closeAllConnections()
    silent.close()
  })
  await once(silent, 'listening')
  const address = `http://localhost:${(silent.address() as AddressInfo).port}`
  // Some more than fill the room: one that is asked between them may take a place for a moment.
  const waiting = Array.from({ length: SIGN_INS_AT_ONCE + ROUND }, () => told(url, address))
  assert.match(
    await eventually(
      () => told(url, town.did),
      (answer) => answer.startsWith('503'),
      'no more are let in at once',
    ),
    /こみあっています/,
  )
  silent.closeAllConnections()
  silent.close()
  await Promise.all(waiting)
  assert.match(await told(url, town.did), /^303/)

  const crowd = async (from: string) =>
    fetch(`${url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ identifier: 'a b', next: '/me' }),
      headers: { 'sec-fetch-site': 'same-origin', origin: url, 'x-forwarded-for': from },
    })
  for (let count = 0; count < SIGN_INS_PER_ADDRESS; count++) assert.equal((await crowd('198.51.100.7')).status, 422)
  const late = await crowd('198.51.100.7')
  assert.equal(late.status, 429)
  assert.match(await late.text(), /つづけて多すぎます/)
  assert.ok(Number(late.headers.get('retry-after')) > 0)
  assert.equal((await crowd('198.51.100.8')).status, 422)
})
