// A local network whose appview is divided into processes: behind one address it is what the undivided one is, with the same data.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually, getJson } from '../support/asking.ts'
import { LocalNetwork, wakiRefuses, wakiSays } from '../support/local-network.ts'
import { seen, Visitor } from '../pages/visitor.ts'

type Login = { readonly handle: string; readonly password: string }

const passwordOf = (data: string, wanted: string): string => {
  const logins = JSON.parse(readFileSync(join(data, 'logins.json'), 'utf8')) as readonly Login[]
  return logins.find(({ handle }) => handle === wanted)?.password ?? assert.fail(`${wanted} has a login`)
}

test('a divided appview serves pages, sign-in, forms, methods and files behind one address; whole again it has the same books', async () => {
  await using network = new LocalNetwork()
  const { data } = network
  const on = ['--data', data]
  const urls = await network.start('--appview-processes', 'split')
  await wakiSays('account', 'create', '--handle', 'aoi.pds1.test', ...on)
  await wakiSays('admit', '--handle', 'aoi.pds1.test', '--town', '172014', ...on)
  await eventually(
    () => getJson(`${urls.appview}/network.json`),
    ({ state }) => state === 'following',
    'one of the two follows',
  )
  const page = await (await fetch(`${urls.appview}/`)).text()
  const style = /\/static\/[^"]+\.css/.exec(page)?.[0] ?? assert.fail('the page names its style')
  assert.equal((await fetch(`${urls.appview}${style}`)).headers.get('content-type'), 'text/css; charset=utf-8')
  const aoi = new Visitor(urls.appview)
  await aoi.signIn('aoi.pds1.test', passwordOf(data, 'aoi.pds1.test'))
  assert.match(seen(await aoi.get('/me')), /aoi/)
  const said = await wakiSays('act', '--as', 'aoi.pds1.test', '--category', 'environment', '--minutes', '45', ...on)
  assert.match(said, /^at:/)
  await eventually(
    async () => seen(await aoi.get('/me')),
    (text) => text.includes('45分'),
    'the act is in the books',
  )
  const held = ['ingest', 'ingest-2'].map((name) =>
    readFileSync(join(data, 'logs', `appview-${name}.log`), 'utf8').includes('"lease.held"'),
  )
  assert.equal(held.filter(Boolean).length, 1, 'one of two ingests, the other stands by')
  assert.equal((await network.stop()).code, 0)
  const again = await network.start()
  assert.equal(again.appview, urls.appview)
  assert.match(seen(await aoi.get('/me')), /45分/)
  await network.stop()
  assert.match(await wakiRefuses('network', '--appview-processes', 'many', '--data', data), /together or split/)
  const demo = join(data, 'demo')
  assert.match(await wakiRefuses('network', '--demo', '--appview-processes', 'split', '--data', demo), /leave --appview-processes away/)
  assert.ok(!existsSync(join(demo, 'network.json')), 'and nothing of it was begun')
})
