// /metrics of an appview on three real nodes: its pool, its commands by name, those that fail, and another primary after the first one has stepped down.

import assert from 'node:assert/strict'
import { after, before as beforeAll, test } from 'node:test'
import { SmallNetwork } from '../appview/small-network.ts'
import { eventually } from '../support/asking.ts'
import { startNodes } from '../support/mongo-nodes.ts'
import type { Nodes } from '../support/mongo-nodes.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const WAIT_MS = 30_000
let nodes: Nodes | undefined

beforeAll(async () => {
  if (skip === false) nodes = await startNodes()
})
after(() => nodes?.stop())

const set = (): Nodes => nodes ?? assert.fail('no nodes')

/** Figures by name and labels, `server` left out. */
const parseFigures = (text: string): ReadonlyMap<string, number> =>
  new Map(
    [...text.matchAll(/^waki_(\w+)\{(.*)\} (\S+)$/gm)].map(([, name = '', all = '', value]) => {
      const labels = all.split(',').filter((label) => label !== 'server="appview"')
      return [labels.length === 0 ? name : `${name}{${labels.join()}}`, Number(value)]
    }),
  )

test('an appview shows how its MongoDB does', { skip }, async () => {
  await using network = await SmallNetwork.start()
  await network.openTown()
  const { url } = await network.openAppview({ store: set().uri('metrics') })
  const figures = async (): Promise<ReadonlyMap<string, number>> => parseFigures(await (await fetch(`${url}/metrics`)).text())
  const figure = async (name: string): Promise<number> => (await figures()).get(name) ?? NaN
  assert.equal((await fetch(url)).status, 200)
  const shown = await figures()
  assert.equal(shown.get('mongodb_pool_max'), 10)
  assert.ok((shown.get('mongodb_connections') ?? 0) >= 1, 'connections are open')
  assert.ok((shown.get('mongodb_connections_checked_out') ?? NaN) <= (shown.get('mongodb_connections') ?? 0))
  assert.ok((shown.get('mongodb_wait_queue') ?? NaN) >= 0)
  assert.ok((shown.get('mongodb_wait_seconds_count') ?? 0) > 10)
  for (const command of ['find', 'update', 'commitTransaction'])
    assert.ok((shown.get(`mongodb_command_seconds_count{command="${command}"}`) ?? 0) > 0, command)
  assert.equal(shown.get('mongodb_primary_known'), 1)
  assert.ok(![...shown.keys()].some((name) => name.startsWith('mongodb_') && /127\.0\.0\.1|metrics\./.test(name)), 'no label is an address')

  const failing = {
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: ['find'], errorCode: 11_602, appName: 'waki' },
  }
  await eventually(
    async () => {
      // A node that is busy may have given way to another meanwhile.
      await set().command(failing)
      return figure('mongodb_command_failures_total{command="find"}')
    },
    (failures) => failures >= 1,
    'a command that failed is counted',
    WAIT_MS,
  )
  await set().command({ configureFailPoint: 'failCommand', mode: 'off' })
  const before = await figure('mongodb_primary_changes_total')
  await set().kill(await set().primary())
  await eventually(
    () => figure('mongodb_primary_changes_total'),
    (changes) => changes > before,
    'another primary is seen',
    WAIT_MS,
  )
  assert.ok((await figure('mongodb_heartbeat_failures_total')) >= 1)
  assert.equal((await fetch(url)).status, 200)
})
