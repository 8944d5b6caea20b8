// Bad input, end to end. At the door it gets a clear error; what is well-formed but wrong goes through the log, is refused by the books under a code,
// and the person concerned reads why, in Japanese and English. Nothing of it is booked, nothing else is lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { procedure } from '../../cli/xrpc-client.ts'
import type { WrittenRecord } from '../../cli/xrpc-client.ts'
import { sentenceOf } from '../../appview/journal/refusals.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, getJson, listIn, parseJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, openTown, registerHostBody, residents } from '../support/town.ts'

type Sent = { readonly body?: string | Uint8Array; readonly type?: string; readonly nsid?: string; readonly verb?: string }

const CREATE = 'com.atproto.repo.createRecord'

const send = async ({ session }: Member, { body, type = 'application/json', nsid: lxm = CREATE, verb = 'POST' }: Sent): Promise<string> => {
  const headers = { authorization: `Bearer ${session.accessJwt}`, 'content-type': type }
  const init = { method: verb, headers, ...(body === undefined ? {} : { body }) }
  const response = await fetch(`${session.service}/xrpc/${lxm}`, init)
  const { error, message } = parseJson(await response.json())
  assert.equal(typeof message, 'string')
  assert.doesNotMatch(String(message), /at .*\.ts/, 'no stack')
  return `${response.status} ${String(error)}`
}

test('at the door of the PDS', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail()] = await residents(town, ['aoi'])
  const record = (more: Json): Json => ({ $type: nsid.action, ...aoi.action(KANAZAWA), ...more })
  const create = (more: Json): string => JSON.stringify({ repo: aoi.did, collection: nsid.action, record: record(more) })
  const note = (value: string): string =>
    `{"repo":"${aoi.did}","collection":"org.example.note","record":{"$type":"org.example.note","value":${value}}}`
  const cases: readonly [string, Sent, string | RegExp][] = [
    ['malformed JSON', { body: '{"repo": ' }, '400 InvalidRequest'],
    ['no body', {}, '400 InvalidRequest'],
    ['wrong content type', { body: create({}), type: 'text/plain' }, '415 UnsupportedMediaType'],
    ['a body of 3 MB', { body: note(`"${'x'.repeat(3_000_000)}"`) }, '413 PayloadTooLarge'],
    ['a record over 1 MB', { body: note(`"${'x'.repeat(1_000_001)}"`) }, /^4(?:00|13) /],
    ['an unknown NSID', { body: '{}', nsid: 'org.example.doesNotExist' }, '501 MethodNotImplemented'],
    ['the wrong verb', { body: create({}), verb: 'PUT' }, /^405 /],
    ['a float', { body: note('0.5') }, '400 InvalidRequest'],
    ['no minutes', { body: create({ minutes: 0 }) }, '400 InvalidRequest'],
    ['721 minutes', { body: create({ minutes: 721 }) }, '400 InvalidRequest'],
    ['half a minute', { body: create({ minutes: 0.5 }) }, '400 InvalidRequest'],
    ['a name for a host body', { body: create({ hostBody: '公園愛護会' }) }, '400 InvalidRequest'],
    ['somebody else’s repo', { body: create({}).replace(aoi.did, town.did) }, /^40[013] /],
  ]
  for (const [what, sent, wanted] of cases) {
    const got = await send(aoi, sent)
    if (typeof wanted === 'string') assert.equal(got, wanted, what)
    else assert.match(got, wanted, what)
  }
  const listed = await getJson(`${aoi.session.service}/xrpc/com.atproto.repo.listRecords?repo=${aoi.did}&collection=${nsid.action}`)
  assert.deepEqual(listed['records'], [], 'nothing of it was written')
  const good = await aoi.act(KANAZAWA)
  await world.settled()
  assert.equal(at(await aoi.ask(method.getAction, { uri: good.uri }), 'action')['state'], 'open')
  await closeAndAudit(world)
})

/** A record written without the PDS looking at its lexicon, as a PDS that does not know it would. */
const unchecked = async (member: Member, collection: string, record: Json): Promise<WrittenRecord> => {
  const { did, session } = member
  const input = { repo: did, collection, validate: false, record: { $type: collection, ...record } }
  const made = await procedure(session.service, CREATE, input, session.accessJwt)
  const rev = String(at(made, 'commit')['rev'])
  member.world.wrote(did, rev)
  return { uri: String(made['uri']), cid: String(made['cid']), rev }
}

test('in the books: a code and a sentence for the person concerned', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail(), body = assert.fail()] = await residents(town, ['aoi', 'ren', 'body'])
  await registerHostBody(town, body, { validFrom: '2026-05-11' })
  const open = await aoi.act(KANAZAWA, { minutes: 11 })
  const edited = await aoi.act(KANAZAWA, { minutes: 12 })
  await aoi.put(nsid.action, edited.uri.split('/').at(-1) ?? '', aoi.action(KANAZAWA, { minutes: 13 }))
  await world.settled()
  const act = (more: Json) => unchecked(aoi, nsid.action, aoi.action(KANAZAWA, more))
  const code = (text: string) => ({ municipality: { scheme: 'jis-x-0402', code: text } })

  const refused: readonly [string, string, Member, WrittenRecord][] = [
    ['30 February', 'action.date-impossible', aoi, await act({ performedOn: '2026-02-30' })],
    ['minutes 0', 'action.minutes-out-of-range', aoi, await act({ minutes: 0 })],
    ['minutes 721', 'action.minutes-out-of-range', aoi, await act({ minutes: 721 })],
    ['a wrong check digit', 'action.code-invalid', aoi, await act(code('172015'))],
    ['a town that is not here', 'action.municipality-not-in-roster', aoi, await act(code('131016'))],
    ['tomorrow', 'action.performed-in-future', aoi, await act({ performedOn: '2026-05-11' })],
    ['longer ago than the claim window', 'action.too-old', aoi, await act({ performedOn: '2026-02-08' })],
    ['a host body not registered that day', 'action.host-body-not-registered', aoi, await act({ hostBody: body.did })],
    ['a category of one’s own', 'action.category-unknown', aoi, await act({ category: 'gardening' })],
    ['no category at all', 'record.malformed', aoi, await act({ category: 7 })],
    ['self-confirmation', 'confirmation.own-action', aoi, await aoi.confirm(open)],
    ['a confirmation of another CID', 'confirmation.cid-mismatch', ren, await ren.confirm(edited)],
    [
      'by a host body not registered that day',
      'confirmation.host-body-not-registered',
      body,
      await body.confirm(open, { role: 'hostBody' }),
    ],
  ]
  await world.settled()
  for (const [what, wanted, member, { uri }] of refused) {
    const steps = at(await member.ask(method.traceWrite, { uri }), 'steps')
    const [refusal] = listIn(steps, 'refusals')
    assert.equal(refusal?.['code'], wanted, what)
    const sentence = at(refusal, 'sentence')
    assert.deepEqual(sentence, sentenceOf(wanted), what)
    for (const language of ['ja', 'en'] as const) assert(sentence[language].length > 5, what)
    assert.deepEqual(listIn(steps, 'transactions'), [], what)
    assert.equal(typeof at(steps, 'log')['leaf'], 'number', 'it has its place in the log')
    if (!wanted.startsWith('confirmation.')) {
      const action = at(await member.ask(method.getAction, { uri }), 'action')
      assert.deepEqual([action['state'], at(action, 'refusal')['code']], ['refused', wanted], what)
    }
    await assert.rejects(
      (member === ren ? body : ren).ask(method.traceWrite, { uri }),
      { code: 'NotFound' },
      `${what}: nobody else's business`,
    )
  }
  const { actions } = await aoi.ask(method.listActions, { state: 'refused', limit: '100' })
  const ofActions = refused.filter(([, wanted]) => !wanted.startsWith('confirmation.'))
  assert.deepEqual(
    listIn({ actions }, 'actions').map((action) => at(action, 'refusal')['code']),
    ofActions.map(([, wanted]) => wanted).toReversed(),
  )

  // Nothing is lost: what is right is booked as ever.
  await ren.confirm(open)
  await world.settled()
  const { statement } = await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' })
  assert.deepEqual(at(parseJson(statement), 'units', 'MIN', 'PL'), { '4110': 11, revenue: 11, expense: 0, net: 11 })
  await closeAndAudit(world)
})

test('at the door of the appview', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const url = (path: string): string => `${world.appview.url}/xrpc/${path}`
  const cases: readonly [string, number, string][] = [
    [method.getStatement, 400, 'InvalidRequest'],
    [`${method.getStatement}?scope=17201`, 400, 'InvalidRequest'],
    [`${method.getStatement}?scope=999999`, 404, 'NotFound'],
    [`${method.getStatement}?scope=${KANAZAWA}&fiscalYear=soon`, 400, 'InvalidRequest'],
    [`${method.getStatement}?scope=${KANAZAWA}&month=2026-13`, 400, 'InvalidPeriod'],
    [`${method.getStatement}?scope=${KANAZAWA}&month=2026-05&fiscalYear=2026`, 400, 'InvalidPeriod'],
    [`${method.getStatement}?scope=${KANAZAWA}&leaf=3`, 404, 'NotFound'],
    [`${method.traceWrite}?uri=nowhere`, 400, 'InvalidRequest'],
    [method.listActions, 404, 'NotFound'],
    ['org.waki.doesNotExist', 501, 'MethodNotImplemented'],
  ]
  for (const [path, status, error] of cases) {
    const response = await fetch(url(path))
    assert.deepEqual([response.status, parseJson(await response.json())['error']], [status, error], path)
  }
  const bad = await fetch(url(method.listActions), { headers: { authorization: 'Bearer nonsense' } })
  assert.equal(bad.status, 401)
  // A token made out for another method, and one used twice.
  const aud = `did:web:${encodeURIComponent(new URL(world.appview.url).host)}#waki_appview`
  const token = async (lxm: string): Promise<string> => {
    const response = await fetch(
      `${town.session.service}/xrpc/com.atproto.server.getServiceAuth?${new URLSearchParams({ aud, lxm }).toString()}`,
      { headers: { authorization: `Bearer ${town.session.accessJwt}` } },
    )
    return String(parseJson(await response.json())['token'])
  }
  const ask = async (bearer: string): Promise<number> =>
    (await fetch(url(method.listActions), { headers: { authorization: `Bearer ${bearer}` } })).status
  assert.equal(await ask(await token(method.getAction)), 401)
  const once = await token(method.listActions)
  assert.deepEqual([await ask(once), await ask(once)], [200, 401])
})
