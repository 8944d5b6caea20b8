// A newcomer's first quarter of an hour, as commands: start, an account, admitted, an act, confirmed, seen; stop, start again at the same addresses.

import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSession, query } from '../../cli/xrpc-client.ts'
import { method } from '../../lexicons/authority.ts'
import { at, eventually, getJson, listIn, parseJson } from '../support/asking.ts'
import { seen, Visitor } from '../pages/visitor.ts'
import { LocalNetwork, waki, wakiRefuses, wakiSays } from '../support/local-network.ts'
import type { Urls } from '../support/local-network.ts'

type Login = { readonly handle: string; readonly did: string; readonly pds: string; readonly password: string }
const loginsOf = (data: string): readonly Login[] => JSON.parse(readFileSync(join(data, 'logins.json'), 'utf8'))

/** Asks the appview as the owner of a login of the folder. */
const askAs = async (urls: Urls, data: string, handle: string, lxm: string, params: Record<string, string>) => {
  const login = loginsOf(data).find((one) => one.handle === handle) ?? assert.fail(`${handle} has a login`)
  const session = await createSession(login.pds, login.handle, login.password)
  const aud = `did:web:${encodeURIComponent(new URL(urls.appview).host)}#waki_appview`
  const { token } = await query(login.pds, 'com.atproto.server.getServiceAuth', { aud, lxm }, session.accessJwt)
  return query(urls.appview, lxm, { ...params }, String(token))
}

const caughtUp = async (urls: Urls): Promise<void> => {
  const leaves = Number((await getJson(`${urls.relay}/log/origin`))['leaves'])
  await eventually(
    () => getJson(`${urls.appview}/network.json`),
    ({ leaf }) => Number(leaf) >= leaves,
    `leaf ${leaves} is in the books`,
  )
}

const minutesGiven = async (urls: Urls, data: string, handle: string): Promise<unknown> => {
  const { did } = loginsOf(data).find((one) => one.handle === handle) ?? assert.fail()
  const { statement } = await askAs(urls, data, handle, method.getStatement, { scope: '172014', entity: did })
  return at(parseJson(statement), 'units', 'MIN', 'PL')['4110']
}

test('start, take part, stop, start again; taken ports, a killed server, rebuild, audit, reset', async (t) => {
  // Each chapter stands on the one before: the first that fails ends the story.
  const chapter = async (what: string, tell: () => Promise<void>): Promise<void> => {
    t.diagnostic(what)
    await tell()
  }
  await using network = new LocalNetwork()
  const { data } = network
  let urls = await network.start()
  const on = ['--data', data]

  await chapter('an account, an admission, an act, a confirmation: the minutes stand in the statement', async () => {
    for (const url of [urls.plc, ...urls.pds, urls.relay, urls.appview]) assert.equal((await fetch(`${url}/xrpc/_health`)).status, 200, url)
    assert.match(network.output(), /npx waki account create/)
    await wakiSays('account', 'create', '--handle', 'aoi.pds1.test', ...on)
    await wakiSays('account', 'create', '--handle', 'ren.pds2.test', ...on)
    for (const handle of ['aoi.pds1.test', 'ren.pds2.test']) await wakiSays('admit', '--handle', handle, '--town', '172014', ...on)
    const said = await wakiSays('act', '--as', 'aoi.pds1.test', '--category', 'environment', '--minutes', '45', ...on)
    const [uri = ''] = said.split('\n')
    assert.match(uri, /^at:\/\/did:plc:[a-z2-7]{24}\/org\.waki\.action\/[a-z2-7]{13}$/)
    await wakiSays('confirm', uri, '--as', 'ren.pds2.test', ...on)
    await caughtUp(urls)
    await eventually(
      () => minutesGiven(urls, data, 'aoi.pds1.test'),
      (minutes) => minutes === 45,
      'the confirmed minutes',
    )
    const { actions } = await askAs(urls, data, 'aoi.pds1.test', method.listActions, {})
    assert.deepEqual(
      listIn({ actions }, 'actions').map(({ state }) => state),
      ['recognised'],
    )
    const aoi = new Visitor(urls.appview)
    await aoi.signIn('aoi.pds1.test', loginsOf(data).find(({ handle }) => handle === 'aoi.pds1.test')?.password)
    assert.match(seen(await aoi.get('/me')), /した45分/)
    const page = await fetch(`${urls.appview}/`)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /金沢市/)
    assert.equal(statSync(join(data, 'logins.json')).mode & 0o077, 0, 'logins are the owner’s alone')
  })

  await chapter('what a command cannot do it says in one sentence', async () => {
    assert.match(await wakiRefuses('act', '--as', 'nobody.pds1.test', '--category', 'other', '--minutes', '5', ...on), /no login/)
    assert.match(await wakiRefuses('act', '--as', 'aoi.pds1.test', '--category', 'other', '--minutes', 'ten', ...on), /whole number/)
    assert.match(await wakiRefuses('act', '--as', 'aoi.pds1.test', '--category', 'other', '--minutes', '721', ...on), /720/)
    assert.match(await wakiRefuses('account', 'create', '--handle', 'aoi.pds1.test', ...on), /taken|available/i)
    assert.match(
      await wakiRefuses('municipality', 'create', '--code', '172066', '--name-ja', '加賀市', '--handle', 'kaga.pds1.test', ...on),
      /check/,
    )
    assert.match(await wakiRefuses('rebuild', ...on), /taken/)
    assert.match(await wakiRefuses('reset', ...on), /taken/)
    assert.match(await wakiRefuses('network', '--data', data), /taken/)
    assert.match(await wakiRefuses('fly'), /no command/)
    assert.match(await wakiRefuses('act', '--sideways'), /sideways/)
  })

  await chapter('one more municipality', async () => {
    await wakiSays('municipality', 'create', '--code', '172065', '--name-ja', '加賀市', '--handle', 'kaga.pds1.test', ...on)
    await eventually(
      () => getJson(`${urls.appview}/xrpc/${method.getPolicy}?code=172065`),
      (policy) => JSON.stringify(policy).includes('claimDays'),
      'the policy of the new town counts',
    )
    const municipality = await getJson(`${urls.appview}/xrpc/${method.getMunicipality}?code=172065`)
    assert.match(JSON.stringify(municipality), /加賀市/)
  })

  await chapter('what the books refuse is said at once', async () => {
    const own = (
      await wakiSays('act', '--as', 'aoi.pds1.test', '--category', 'culture', '--minutes', '20', '--town', '172014', ...on)
    ).split('\n')[0]
    assert.match(await wakiSays('confirm', own ?? '', '--as', 'aoi.pds1.test', ...on), /does not count: .+\(confirmation\./)
    const odd = await wakiSays(
      'act',
      '--as',
      'aoi.pds1.test',
      '--category',
      'culture',
      '--minutes',
      '20',
      '--on',
      '2020-02-20',
      '--town',
      '172014',
      ...on,
    )
    assert.match(odd, /does not count: .+\(action\./)
  })

  await chapter('a server that is killed is started again, and nothing is missing', async () => {
    const pid = pidOf(data, 'relay')
    process.kill(pid, 'SIGKILL')
    await eventually(
      () => healthOf(urls.relay),
      (health) => health === 'away',
      'the relay is away',
    )
    await eventually(
      () => healthOf(urls.relay),
      (health) => health === 'ok',
      'the relay is back',
    )
    assert.notEqual(pidOf(data, 'relay'), pid)
    const said = await wakiSays('act', '--as', 'aoi.pds1.test', '--category', 'culture', '--minutes', '30', '--town', '172014', ...on)
    await wakiSays('confirm', said.split('\n')[0] ?? '', '--as', 'ren.pds2.test', ...on)
    await eventually(
      () => minutesGiven(urls, data, 'aoi.pds1.test'),
      (minutes) => minutes === 75,
      'minutes written after the kill',
    )
    assert.match(network.output(), /relay stopped by itself/)
  })

  await chapter('SIGTERM stops it cleanly; the next start has the same addresses and books', async () => {
    const { code, stdout } = await network.stop('SIGTERM')
    assert.equal(code, 0)
    assert.match(stdout, /Everything is kept/)
    for (const url of [urls.plc, ...urls.pds, urls.relay, urls.appview]) await assert.rejects(fetch(url), url)
    const again = await network.start()
    assert.deepEqual(again, urls)
    urls = again
    assert.equal(await minutesGiven(urls, data, 'aoi.pds1.test'), 75)
    const { municipalities } = await getJson(`${urls.appview}/xrpc/${method.listMunicipalities}`)
    assert.deepEqual(
      listIn({ municipalities }, 'municipalities').map(({ code: one }) => one),
      ['172014', '172065'],
    )
    assert.equal((await network.stop('SIGINT')).code, 0)
  })

  await chapter('audit and rebuild of the stopped network', async () => {
    assert.match(await wakiSays('audit', ...on), /pds1: sound[^]*relay: sound[^]*appview: sound/)
    const hash = /Hash of all statements: (\w+)/
    const first = hash.exec(await wakiSays('rebuild', ...on))?.[1]
    assert.equal(hash.exec(await wakiSays('rebuild', ...on))?.[1], first)
    assert.match(await wakiSays('audit', ...on), /appview: sound/)
  })

  await chapter('a kept port that somebody else has is the error', async () => {
    const thief = createServer().listen(Number(new URL(urls.relay).port), '127.0.0.1')
    assert.match(await wakiRefuses('network', '--data', data), new RegExp(`${new URL(urls.relay).port} \\(relay\\)`))
    thief.close()
  })

  await chapter('reset empties the folder', async () => {
    await wakiSays('reset', ...on)
    assert.match(await wakiRefuses('audit', ...on), /no network/)
    const { stdout } = await waki('reset', ...on)
    assert.match(stdout, /empty already/)
  })
})

test('a folder that cannot be used is a clear error', async () => {
  await using network = new LocalNetwork()
  const file = join(network.dir, 'file')
  writeFileSync(file, 'not a folder')
  assert.match(await wakiRefuses('network', '--data', join(file, 'data'), '--ports', '0'), /cannot be used/)
  assert.match(await wakiRefuses('network', '--data', network.data, '--ports', '70000'), /--ports/)
})

const healthOf = (url: string): Promise<'ok' | 'away'> =>
  fetch(`${url}/xrpc/_health`).then(
    (response) => (response.ok ? 'ok' : 'away'),
    () => 'away',
  )

/** The process that a server of the network last started as, from its log. */
const pidOf = (data: string, name: string): number => {
  const lines = readFileSync(join(data, 'logs', `${name}.log`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => parseJson(JSON.parse(line)))
  return Number(lines.findLast(({ event }) => event === 'server.started')?.['pid'])
}
