// The official PDS, unchanged, in a process of its own: its accounts are in our directory, our relay follows it, and what its users write is in our books.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { procedure } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, getJson, listIn } from '../support/asking.ts'
import { referencePdsDir, skipUnless } from '../support/needs.ts'
import { startReferencePds } from '../support/reference-pds.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'
import { PASSWORD } from '../support/world.ts'

const NOW = new Date().toISOString()

test(
  'users of the official PDS, admitted by the town, in our statements',
  { skip: skipUnless(referencePdsDir, 'the official PDS (npm run peers)') },
  async () => {
    // The official PDS has no settable clock, so civil time is today's.
    const { world, town } = await openTown({ from: NOW })
    await using _ = world
    const url = await startReferencePds(world, referencePdsDir ?? '')
    const [ren = assert.fail()] = await residents(town, ['ren'])
    const agent = new AtpAgent({ service: url })
    await agent.createAccount({ handle: 'taro.test', email: 'taro@example.jp', password: PASSWORD })
    const taro = world.adopt({ service: url, did: agent.assertDid, handle: 'taro.test', accessJwt: agent.session?.accessJwt ?? '' })
    await town.admit(taro)
    await procedure(world.relay.url, 'com.atproto.sync.requestCrawl', { hostname: new URL(url).host })

    const act = await taro.act(KANAZAWA, { category: 'culture', minutes: 50 })
    await ren.confirm(act)
    const back = await ren.act(KANAZAWA, { minutes: 10 })
    await taro.confirm(back)
    const edited = await taro.act(KANAZAWA, { minutes: 5 })
    await taro.put(nsid.action, edited.uri.split('/').at(-1) ?? '', taro.action(KANAZAWA, { minutes: 6 }))
    await taro.remove((await taro.act(KANAZAWA, { minutes: 7 })).uri)
    await world.settled()

    const status = await getJson(`${world.relay.url}/xrpc/com.atproto.sync.getHostStatus?hostname=${new URL(url).host}`)
    assert.deepEqual([status['status'], status['accountCount']], ['active', 1])
    // The caller's service token comes from the official PDS too.
    const asked = { scope: KANAZAWA, entity: taro.did }
    const statement = at(await taro.ask(method.getStatement, asked), 'statement')
    assert.deepEqual(at(statement, 'units', 'MIN', 'PL'), { '4110': 50, '5110': -10, revenue: 50, expense: 10, net: 40 })
    assert.equal(at(statement, 'notes')['unconfirmedMinutes'], 6)
    const trace = at(await taro.ask(method.traceWrite, { uri: act.uri }), 'steps')
    assert.deepEqual(
      listIn(trace, 'transactions').map(({ kind }) => kind),
      ['claim', 'memo-release', 'recognise'],
    )
    await closeAndAudit(world)
  },
)
