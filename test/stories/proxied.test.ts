// A resident's app asks the municipality's appview through the resident's own PDS: ours and the official one, with the address named and, on ours,
// without. The appview answers all of them alike, and knows who asks.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { procedure, query, type Session } from '../../cli/xrpc-client.ts'
import { AUTHORITY, method } from '../../lexicons/authority.ts'
import { startPds } from '../../pds/pds.ts'
import type { Json } from '../support/asking.ts'
import { referencePdsDir, skipUnless } from '../support/needs.ts'
import { startReferencePds } from '../support/reference-pds.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'
import { ADMIN_PASSWORD, PASSWORD } from '../support/world.ts'

const asked = async (session: Session, nsid: string, params: Record<string, string>, target: string | null): Promise<[number, Json]> => {
  const headers = { authorization: `Bearer ${session.accessJwt}`, ...(target === null ? {} : { 'atproto-proxy': target }) }
  const response = await fetch(`${session.service}/xrpc/${nsid}?${new URLSearchParams(params).toString()}`, { headers })
  return [response.status, (await response.json()) as Json]
}

test(
  'the appview answers through any PDS, and to both forms of its name',
  { skip: skipUnless(referencePdsDir, 'the official PDS (npm run peers)') },
  async () => {
    const { world, town } = await openTown({ from: new Date().toISOString() })
    await using _ = world
    const did = `did:web:${encodeURIComponent(new URL(world.appview.url).host)}`
    const appview = `${did}#waki_appview`
    const url = await startReferencePds(world, referencePdsDir ?? '')
    const agent = new AtpAgent({ service: url })
    await agent.createAccount({ handle: 'taro.test', email: 'taro@example.jp', password: PASSWORD })
    const taro = world.adopt({ service: url, did: agent.assertDid, handle: 'taro.test', accessJwt: agent.session?.accessJwt ?? '' })
    await town.admit(taro)
    await procedure(world.relay.url, 'com.atproto.sync.requestCrawl', { hostname: new URL(url).host })
    const [ren = assert.fail()] = await residents(town, ['ren'])
    for (const member of [taro, ren]) await member.act(KANAZAWA, { minutes: 50 })
    await world.settled()

    for (const { session } of [taro, ren]) {
      const [status, answer] = await asked(session, method.listActions, {}, appview)
      const [actions] = [answer['actions']]
      assert.equal(status, 200, JSON.stringify(answer))
      assert.deepEqual(Array.isArray(actions) && actions.map(({ giver }: Json) => giver), [session.did])
      assert.deepEqual(await asked(session, method.getStatement, { scope: KANAZAWA, entity: 'did:plc:nobody' }, appview), [
        404,
        { error: 'NotFound', message: 'There is nothing here, or it is not shown to you' },
      ])
      for (const aud of [did, appview]) {
        const { token } = await query(
          session.service,
          'com.atproto.server.getServiceAuth',
          { aud, lxm: method.listActions },
          session.accessJwt,
        )
        const own = await query(world.appview.url, method.listActions, {}, String(token))
        assert.deepEqual(own['actions'], actions, aud)
      }
      const { token } = await query(
        session.service,
        'com.atproto.server.getServiceAuth',
        { aud: `${did}#other`, lxm: method.listActions },
        session.accessJwt,
      )
      await assert.rejects(query(world.appview.url, method.listActions, {}, String(token)), /another service/)
    }
    await closeAndAudit(world)
  },
)

test('a PDS whose operator named the appview needs no address from the app', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const did = `did:web:${encodeURIComponent(new URL(world.appview.url).host)}`
  const pds = await startPds({
    host: '127.0.0.1',
    port: 0,
    dataDir: world.folder('pds9'),
    plcUrl: world.plc.url,
    handleDomains: ['.pds9.test'],
    inviteRequired: false,
    allowLoopback: true,
    adminPassword: ADMIN_PASSWORD,
    logLevel: 'silent',
    proxyRoutes: { [`${AUTHORITY}.`]: `${did}#waki_appview` },
  })
  world.onClose(() => pds.close())
  const hana = await procedure(pds.url, 'com.atproto.server.createAccount', {
    handle: 'hana.pds9.test',
    email: 'h@example.jp',
    password: PASSWORD,
  })
  const session: Session = { service: pds.url, did: String(hana['did']), handle: 'hana.pds9.test', accessJwt: String(hana['accessJwt']) }
  assert.deepEqual(await asked(session, method.listActions, {}, null), [200, { actions: [] }])
  const [, answer] = await asked(session, method.getMunicipality, { code: KANAZAWA }, null)
  assert.equal(answer['did'], town.did)
  assert.deepEqual((await asked(session, 'app.bsky.actor.getProfile', {}, null))[0], 501)
})
