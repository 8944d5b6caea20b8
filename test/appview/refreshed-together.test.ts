// Several processes over one store renew what a person's server granted: a token to do so is good
// once, and some servers end what they granted when it comes twice.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import { createDidResolver } from '../../atproto/resolve-did.ts'
import { clientMetadataOf } from '../../appview/auth/client-metadata.ts'
import { createKeep } from '../../appview/auth/keep.ts'
import { createOAuthClient } from '../../appview/auth/oauth-client.ts'
import { openSignInKeys } from '../../appview/auth/sign-in-keys.ts'
import { leaseLock } from '../../appview/roles/lease-lock.ts'
import { takeSeat } from '../../appview/roles/seat.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { createSealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets } from '../../server/secret-file.ts'
import { Visitor } from '../pages/visitor.ts'
import { openTown, residents } from '../support/town.ts'

const PROCESSES = 3
const ROUNDS = 4

test('what is granted outlives being renewed by several processes at one moment', async () => {
  const { world, town } = await openTown()
  await using stack = new AsyncDisposableStack()
  stack.use(world)
  const [aoi = assert.fail()] = await residents(town, ['aoi'])
  await world.settled()
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(aoi.session.handle)
  const folder = world.folder('appview')
  const file = join(folder, 'appview.sqlite')
  const sealer = createSealer(...deriveKeys(readOrCreateSecrets(join(folder, 'secret')), 'waki appview: seal sign-in'))
  const keys = openSignInKeys(join(folder, 'sign-in-keys'), sealer)
  const metadata = clientMetadataOf(world.appview.url) ?? assert.fail('people can sign in here')
  const clock = systemClock()
  const sentBy = new Map<string, Set<number>>()
  /** As a process has it: handles, lock and memory of its own. */
  const clientOf = (_: unknown, process: number) => {
    const watched: typeof fetch = async (input, init) => {
      const request = new Request(input, init)
      const token = new URLSearchParams(await request.clone().text()).get('refresh_token')
      if (token !== null) sentBy.set(token, (sentBy.get(token) ?? new Set()).add(process))
      return fetch(request)
    }
    const { work, leases } = stack.adopt(openSqliteStore(file), (one) => one.close())
    const seat = stack.use(takeSeat(folder))
    return createOAuthClient({
      metadata,
      keys,
      keep: createKeep({ work, sealer, nameKey: keys.nameKey, clock }),
      lock: leaseLock({ leases, seat, clock, log: silentLog, ttlMs: 5_000 }, 'sign-in'),
      identities: createIdentityCache({
        resolveDid: createDidResolver({ fetch, plcUrl: world.plc.url, allowLoopback: true }),
        nowMs: () => clock.realMs(),
      }),
      resolveHandle: () => Promise.reject(new Error('no handle is asked')),
      fetch: watched,
      allowLoopback: true,
    })
  }
  const clients = await Promise.all(Array.from({ length: PROCESSES }, clientOf))
  for (let round = 0; round < ROUNDS; round++) {
    const found = await Promise.allSettled(clients.map((client) => client.restore(aoi.did, true)))
    assert.deepEqual(
      found.map((one) => (one.status === 'rejected' ? String(one.reason) : one.status)),
      clients.map(() => 'fulfilled'),
    )
  }
  assert.equal(sentBy.size, PROCESSES * ROUNDS, 'each was asked to renew it')
  for (const processes of sentBy.values()) assert.equal(processes.size, 1, 'a token to renew by is spent by one process alone')
  assert.equal((await visitor.get('/me')).status, 200, 'and signed in here')
})
