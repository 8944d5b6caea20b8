// `npm start -- --demo`: two towns filled through the servers' own doors, as a visitor finds them. How long it took is printed, and is no verdict.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sentenceOf } from '../../appview/journal/refusals.ts'
import { createSession, query } from '../../cli/xrpc-client.ts'
import { method } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { at, eventually, getJson, listIn } from '../support/asking.ts'
import { LocalNetwork } from '../support/local-network.ts'
import type { Json } from '../support/asking.ts'
import type { Urls } from '../support/local-network.ts'

type Login = { readonly handle: string; readonly did: string; readonly pds: string; readonly password: string; readonly what: string }

const CATEGORIES = 11
const FEW = 20
const PERIOD_MS = 183 * 24 * 3_600_000
const clock = systemClock()

const statementOf = (urls: Urls, scope: string, more: Record<string, string> = {}) =>
  getJson(`${urls.appview}/xrpc/${method.getStatement}?${new URLSearchParams({ scope, ...more }).toString()}`)

/** The first action that was refused, as its giver sees it. */
const refusalSeen = async (urls: Urls, logins: readonly Login[]): Promise<Json> => {
  const aud = `did:web:${encodeURIComponent(new URL(urls.appview).host)}#waki_appview`
  for (const login of logins) {
    const { accessJwt } = await createSession(login.pds, login.did, login.password)
    const { token } = await query(login.pds, 'com.atproto.server.getServiceAuth', { aud, lxm: method.listActions }, accessJwt)
    const [found] = listIn(await query(urls.appview, method.listActions, { state: 'refused', limit: '1' }, String(token)), 'actions')
    if (found !== undefined) return at(found, 'refusal')
  }
  return assert.fail('somebody has a refused action')
}

test('the demo: two towns with every category, refusals to look at, few statements public, stopped and started again', async (t) => {
  await using network = new LocalNetwork()
  const began = clock.monotonicMs()
  const urls = await network.start('--demo')
  t.diagnostic(`the demo stood after ${Math.round((clock.monotonicMs() - began) / 100) / 10} s`)
  const logins: readonly Login[] = JSON.parse(readFileSync(join(network.data, 'logins.json'), 'utf8'))
  const people = logins.filter(({ what }) => what.startsWith('resident'))
  assert(people.length >= 280, `${people.length} residents`)
  const bodies = logins.filter(({ what }) => what.startsWith('host body'))
  assert.equal(bodies.length, 3)
  assert.equal(new Set(people.map(({ pds }) => pds)).size, 2, 'on both PDSes')
  assert.match(network.output(), new RegExp(people[0]?.password === undefined ? '' : 'Logins'))

  const { municipalities } = await getJson(`${urls.appview}/xrpc/${method.listMunicipalities}`)
  const codes = listIn({ municipalities }, 'municipalities').map(({ code }) => String(code))
  assert.equal(codes.length, 2)
  let records = 0
  for (const code of codes) {
    const statement = at(await statementOf(urls, code), 'statement')
    const categories = at(statement, 'units', 'MIN', 'byCategory')
    assert.equal(Object.keys(categories).length, CATEGORIES, Object.keys(categories).join(' '))
    records += Number(at(statement, 'notes')['records'])
    assert(Number(at(statement, 'units', 'JPY', 'PL')['revenue']) > 0)
  }
  assert(records >= 2_000, `${records} acts`)

  const shown: string[] = []
  for (const { did, what } of people) {
    const scope = codes.find((code) => what.includes(nameOf(listIn({ municipalities }, 'municipalities'), code))) ?? ''
    if ('statement' in (await statementOf(urls, scope, { entity: did }))) shown.push(did)
  }
  assert(shown.length > 0 && shown.length <= FEW, `${shown.length} statements are public`)
  const { code, sentence } = await refusalSeen(urls, people)
  assert.equal(code, 'action.too-old')
  assert.deepEqual(sentence, sentenceOf('action.too-old'))

  const origin = await getJson(`${urls.relay}/log/origin`)
  assert.match(String(origin['name']), /^demo\//)
  const first = await getJson(`${urls.relay}/log/leaf/1`)
  assert(clock.realMs() - Date.parse(String(first['time'])) > PERIOD_MS, 'at least half a year')
  for (const path of ['/', `/m/${codes[0]}`]) assert.match(await (await fetch(`${urls.appview}${path}`)).text(), /見本データ/, path)

  assert.equal((await network.stop()).code, 0)
  assert.deepEqual(await network.start(), urls)
  const { leaf } = await eventually(
    () => getJson(`${urls.appview}/network.json`),
    (status) => status['state'] === 'following',
    'the books follow',
  )
  assert(Number(leaf) > records)
})

const nameOf = (towns: readonly Json[], code: string): string => {
  const { ja } = at(towns.find((town) => town['code'] === code) ?? {}, 'names')
  return typeof ja === 'string' ? ja : assert.fail(`${code} has a name`)
}
