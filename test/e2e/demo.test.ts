// `npm start -- --demo`: two towns that lived a year and closed it, filled through the servers' own doors, as a visitor finds them. How long it took is
// printed, and is no verdict.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sentenceOf } from '../../appview/journal/refusals.ts'
import { addDays, demoCalendar } from '../../cli/demo/calendar.ts'
import { seededRandom } from '../../cli/demo/random.ts'
import { query } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { at, eventually, getJson, listIn, parseJson } from '../support/asking.ts'
import { DemoVisit, KANAZAWA, KOMATSU } from './demo-visit.ts'

const CATEGORIES = 11
const FEW = 20
const AUDITOR = 'kansa.pds1.test'
const CLERK = 'madoguchi.pds1.test'
const clock = systemClock()
const demo = new DemoVisit()
const { closedYear: year, day } = demoCalendar(clock.realMs(), seededRandom(1))

before(async () => demo.start())
after(async () => demo.network[Symbol.asyncDispose]())

const minutesOf = (statement: unknown) => at(parseJson(statement), 'units', 'MIN')

test('two towns with every category, refusals to look at, few statements public', async (t) => {
  t.diagnostic(`the demo stood after ${demo.tookS} s`)
  const people = demo.loginsOf('resident')
  assert(people.length >= 280, `${people.length} residents`)
  assert.deepEqual(
    ['host body', 'staff of 金沢市', 'staff of 小松市', 'auditor'].map((what) => demo.loginsOf(what).length),
    [3, 2, 2, 1],
  )
  assert.equal(new Set(people.map(({ pds }) => pds)).size, 2, 'on both PDSes')
  let records = 0
  for (const scope of [KANAZAWA, KOMATSU])
    for (const fiscalYear of [year, year + 1]) {
      const statement = at(await demo.statement(scope, { fiscalYear: String(fiscalYear) }), 'statement')
      assert.equal(Object.keys(at(statement, 'units', 'MIN', 'byCategory')).length, CATEGORIES, `${scope} ${fiscalYear}`)
      records += Number(at(statement, 'notes')['records'])
    }
  assert(records >= 2_500, `${records} acts`)
  const shown = await Promise.all(
    people.map(async ({ did, what }) => {
      const scope = what.includes('金沢') ? KANAZAWA : KOMATSU
      return 'statement' in (await demo.statement(scope, { entity: did })) ? [did] : []
    }),
  )
  assert(shown.flat().length > 0 && shown.flat().length <= FEW, `${shown.flat().length} statements are public`)
  assert.match(await demo.page('/'), /見本データ/)
  const first = await getJson(`${demo.urls.relay}/log/leaf/1`)
  assert.equal(first['time'], `${addDays(day.opening, -1)}T22:00:00.000Z`, 'it opens on the first of April')
  assert.match(String((await getJson(`${demo.urls.relay}/log/origin`))['name']), /^demo\//)
})

test('somebody has a refused act, and reads why', async () => {
  for (const { handle } of demo.loginsOf('resident')) {
    const [found] = listIn(await demo.askAs(handle, method.listActions, { state: 'refused', limit: '1' }), 'actions')
    if (found === undefined) continue
    const { code, sentence } = at(found, 'refusal')
    assert.equal(code, 'action.too-old')
    assert.deepEqual(sentence, sentenceOf('action.too-old'))
    return
  }
  assert.fail('somebody has a refused action')
})

test('last year is closed by both towns with signed records, and restated by one with its reason; both versions stand', async () => {
  const closings = await Promise.all(
    [KANAZAWA, KOMATSU].map((scope) => getJson(`${demo.urls.appview}/xrpc/${method.getClosing}?scope=${scope}&fiscalYear=${year}`)),
  )
  assert.deepEqual(
    closings.map((closing) => listIn(closing, 'versions').map(({ verdict }) => verdict)),
    [['same', 'same'], ['same']],
  )
  for (const closing of closings)
    for (const version of listIn(closing, 'versions')) {
      const { uri, recordedAt } = at(version, 'record')
      assert(String(recordedAt) > `${day.close.slice(0, 7)}-01`, 'after the cut-off')
      const [repo = '', collection = '', rkey = ''] = String(uri).slice('at://'.length).split('/')
      const pds = demo.logins.find(({ did }) => did === repo)?.pds ?? ''
      const { value } = await query(pds, 'com.atproto.repo.getRecord', { repo, collection, rkey })
      assert.equal(parseJson(value)['version'], version['version'])
    }
  const [one, two] = await Promise.all(
    [1, 2].map(async (version) => at(await demo.statement(KANAZAWA, { fiscalYear: String(year), version: String(version) }), 'statement')),
  )
  assert.deepEqual(minutesOf(one), minutesOf(two), 'minutes are the same')
  const yenOf = (statement: unknown): number => Number(at(parseJson(statement), 'units', 'JPY', 'PL')['revenue'])
  assert(yenOf(two) > 0 && yenOf(two) < yenOf(one), `a lower rate gives less yen: ${yenOf(one)}, ${yenOf(two)}`)
  const page = await demo.page(`/m/${KANAZAWA}/${year}`)
  assert.match(page, /照合済み 第2版/)
  assert.match(page, /単価表の誤りの訂正/)
  assert.match(await demo.page(`/m/${KANAZAWA}/${year}/v1`), /この第1版は、第2版に改められました/)
  const html = await (await fetch(`${demo.urls.appview}/m/${KANAZAWA}/${year}`)).text()
  assert.match(html, new RegExp(`href="/m/${KANAZAWA}/${year}/v1"`))
})

test('what was confirmed only after the cut-off stands as 過年度 in the running year', async () => {
  const PLOf = async (fiscalYear: number) =>
    at(minutesOf(at(await demo.statement(KANAZAWA, { fiscalYear: String(fiscalYear) }), 'statement')), 'PL')
  assert.equal((await PLOf(year))['4190'], undefined)
  assert.deepEqual([(await PLOf(year + 1))['4190'], (await PLOf(year + 1))['5190']], [600, -600])
  assert.match(await demo.page(`/m/${KANAZAWA}/${year + 1}`), /過年度和の提供 4190 600/)
})

test('of three disputes one was upheld, one dismissed, each by two persons; one was open at the close, and the notes say so', async () => {
  const notes = at(await demo.statement(KANAZAWA, { fiscalYear: String(year), version: '1' }), 'statement', 'notes')
  assert.equal(notes['openDisputes'], 1, JSON.stringify(notes))
  assert.match(await demo.page(`/m/${KANAZAWA}/${year}`), /申し立て中 1件/)
  const { disputes } = await demo.desk(CLERK, 'listDisputes')
  assert.deepEqual(
    listIn({ disputes }, 'disputes').map(({ minutes, ruling }) => [minutes, ruling]),
    [[120, null]],
  )
  const rulings = await demo.deskList(AUDITOR, 'listDrafts', 'drafts', { kind: 'ruling' })
  assert.deepEqual(
    new Set(rulings.map((draft) => `${String(at(draft, 'body')['outcome'])} ${String(draft['state'])}`)),
    new Set(['dismissed done', 'upheld done']),
  )
  for (const { proposedBy, approvedBy } of rulings) assert.notEqual(proposedBy, approvedBy)
})

test('somebody moved from one town to the other, with what stood to their name', async () => {
  const moved = await Promise.all(
    [KANAZAWA, KOMATSU].map(async (scope) => {
      const { statement } = await demo.askAs(AUDITOR, method.getStatement, { scope, fiscalYear: String(year) })
      return Number(at(minutesOf(statement), 'NA')['3310'])
    }),
  )
  const [out = 0, into = 0] = moved
  assert(out !== 0, 'it carries something')
  assert.equal(out + into, 0, 'what leaves one arrives in the other')
  const transfers = (await demo.journal(AUDITOR, KANAZAWA)).filter((one) => listIn(one, 'lines').some(({ account }) => account === 3310))
  const kinds = transfers.map(({ kind }) => kind)
  assert(kinds.includes('move') && kinds.includes('recognise'), `the move, and what was confirmed after it: ${kinds.join(' ')}`)
})

test('somebody who deleted the account is erased; the totals are what they were', async () => {
  const told = [...demo.network.output().matchAll(/fiscal year (\d+) as known at leaf (\d+): byte-equal before and after, (\w+)/g)]
  assert.equal(told.length, 2)
  for (const [, fiscalYear = '', leaf = '', hash] of told) {
    const { proof } = await demo.askAs(AUDITOR, method.getStatement, { scope: KANAZAWA, fiscalYear, leaf })
    assert.equal(parseJson(proof)['hash'], hash, 'and still are')
  }
  const key = /the journal says (X:172014#1)\b/.exec(demo.network.output())?.[1]
  const journal = JSON.stringify(await demo.journal(AUDITOR, KANAZAWA))
  assert(key !== undefined && journal.includes(key), demo.network.output())
  const { repos } = await query(demo.urls.relay, 'com.atproto.sync.listRepos', { limit: '500' })
  const [gone] = listIn({ repos }, 'repos').filter(({ status }) => status === 'deleted')
  assert(gone !== undefined && !journal.includes(String(gone['did'])))
  assert(!demo.logins.some(({ did }) => did === gone['did']))
})

test('an event stamped from a list of paper: forty people, of whom some have a card and no account', async () => {
  const drafts = await demo.deskList(AUDITOR, 'listDrafts', 'drafts', { kind: 'stamps' })
  assert.deepEqual(drafts.map(({ state }) => String(state)).toSorted(), ['done', 'draft', 'proposed'], 'and two wait for somebody')
  const draft = drafts.find(({ state }) => state === 'done') ?? assert.fail()
  assert.notEqual(draft['proposedBy'], draft['approvedBy'])
  const view = await demo.desk(AUDITOR, 'getSheet', { id: draft['id'] })
  const lines = listIn(view, 'lines')
  assert.deepEqual([view['people'], view['minutes'], lines.length], [40, 37 * 120 + 3 * 60, 42])
  assert.deepEqual(
    lines.map(({ state }) => state),
    [...Array.from({ length: 40 }, () => 'sent'), 'absent', 'doubt'],
  )
  const cards = lines.filter((line) => at(line, 'who')['card'] !== undefined)
  assert.equal(cards.length, 14)
  for (const { action } of [cards[0] ?? {}, lines[0] ?? {}]) {
    const found = parseJson((await demo.askAs(AUDITOR, method.getAction, { uri: String(action) }))['action'])
    assert.deepEqual([found['state'], found['minutes']], ['recognised', 120], JSON.stringify(found))
  }
})

test('the prefecture consolidates both towns, the federation everybody', async () => {
  const sumOf = async (scope: string): Promise<number> => {
    const { consolidation } = await getJson(`${demo.urls.appview}/xrpc/${method.getConsolidation}?scope=${scope}&fiscalYear=${year}`)
    return Number(at(parseJson(consolidation), 'units', 'MIN', 'areas', 'PL')['4110'])
  }
  const [one, other, prefecture, federation] = await Promise.all([KANAZAWA, KOMATSU, '17', 'network'].map(sumOf))
  assert(one !== undefined && other !== undefined && one > 0 && other > 0)
  assert.deepEqual([prefecture, federation], [one + other, one + other])
  for (const path of [`/m/17/${year}`, '/m/17', `/network/statement/${year}`]) assert.match(await demo.page(path), /石川県/)
  assert.match(await demo.page(`/m/17/${year}`), /金沢市 .*小松市/)
})

test('most who were helped say so in private: the public records name nobody, their own statement shows it', async () => {
  const entries = await demo.deskList(AUDITOR, 'listEntries', 'entries', { kind: 'receiver' })
  assert(entries.length > 300, `${entries.length} in Kanazawa`)
  const helped = demo.logins.find(({ did }) => did === at(entries[0] ?? {}, 'payload')['did']) ?? assert.fail()
  const { statement } = await demo.askAs(helped.handle, method.getStatement, {
    scope: KANAZAWA,
    entity: helped.did,
    fiscalYear: String(year + 1),
  })
  assert(Number(at(minutesOf(statement), 'PL')['5110']) < 0)
  const { did, pds } = demo.logins.find(({ handle }) => handle === 'kanazawa.pds1.test') ?? assert.fail()
  const { records } = await query(pds, 'com.atproto.repo.listRecords', { repo: did, collection: nsid.confirmation, limit: '100' })
  assert(!JSON.stringify(records).includes('"class":"person"'))
})

test('the register came from a file, households are known to the books, and flags wait for somebody to look', async () => {
  // Two hundred lines, less that of the resident who was erased.
  assert.equal((await demo.deskList(CLERK, 'listRegister', 'residents')).length, 199)
  assert((await demo.deskList(AUDITOR, 'listEntries', 'entries', { kind: 'household' })).length >= 5)
  const flags = await demo.deskList(AUDITOR, 'listFlags', 'flags')
  assert(flags.some(({ isDismissed }) => isDismissed === true) && flags.some(({ isDismissed }) => isDismissed === false))
  const codes = new Set(flags.map(({ code }) => code))
  assert(codes.has('confirmation.same-household') && codes.has('action.same-day'), [...codes].join(' '))
})

test('stopped and started again it goes on', async () => {
  const { leaf: before } = await getJson(`${demo.urls.appview}/network.json`)
  assert.equal((await demo.network.stop()).code, 0)
  assert.deepEqual(await demo.network.start(), demo.urls)
  const { leaf } = await eventually(
    () => getJson(`${demo.urls.appview}/network.json`),
    (status) => status['state'] === 'following',
    'the books follow',
  )
  assert.equal(leaf, before)
  assert.match(demo.network.output(), new RegExp(`/m/${KANAZAWA}/${year}/v1`), 'the banner says what to look at')
})
