// When a page cannot be had: an empty town says how to begin, unfinished books say to wait, a failing store is our fault and has a number.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTown, residents } from '../support/town.ts'
import { CODE, pagesOver } from './pages-over.ts'
import { seen, Visitor } from './visitor.ts'

const referenceIn = (text: string): string => /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(text)?.[0] ?? assert.fail('there is a reference number')

test('an empty town says who begins and how, and that figures come at midnight', async (t) => {
  const { visitor } = await pagesOver(t, () => ({}))
  const page = await visitor.get('/')
  assert.equal(page.status, 200)
  const text = seen(page)
  assert.match(text, /はじめかた/)
  assert.match(text, /npx waki account create/)
  assert.match(text, /次の0時から/)
  assert.equal(page.headers.get('cache-control'), 'public, max-age=60')
  assert.equal((await visitor.get(`/m/${CODE}/2026`)).status, 200)
  assert.doesNotMatch(page.text, /見本データ/)
})

test('an appview of several towns lets one choose', async (t) => {
  const { visitor } = await pagesOver(t, () => ({}), { codes: [CODE, '172031'] })
  const page = await visitor.get('/?lang=en')
  assert.match(seen(page), /Choose a municipality 172014 0 min fiscal year 2026 172031 0 min/)
  assert.match(page.text, /href="\/m\/172031\?lang=en"/)
  assert.match(seen(await visitor.get('/m/172031')), /はじめかた/)
})

test('books that are still being read show no figure, and say when to come back', async (t) => {
  const { visitor, lines } = await pagesOver(t, (books) => ({
    state: async () => {
      const state = await books.state()
      return { ...state, cursor: { ...state.cursor, read: { ...state.cursor.read, leaf: 9 } } }
    },
  }))
  for (const path of ['/', `/m/${CODE}`, `/m/${CODE}/2026`, `/m/${CODE}/2026.json`]) {
    const page = await visitor.get(path)
    assert.equal(page.status, 503, path)
    assert.equal(page.headers.get('retry-after'), '30')
    assert.match(seen(page), /いまは決算書を出せません/)
    const reference = referenceIn(page.text)
    assert.ok(lines.some(({ facts }) => facts['reference'] === reference && facts['status'] === 503))
  }
  assert.equal((await visitor.get('/about')).status, 200)
})

test('a store that does not answer for now is waited for once, and says when to come back', async (t) => {
  let asked = 0
  const { visitor, lines } = await pagesOver(t, () => ({
    state: async () => {
      asked += 1
      throw Object.assign(new Error('no primary'), { name: 'MongoServerSelectionError' })
    },
  }))
  for (const path of ['/', `/m/${CODE}/2026`]) {
    asked = 0
    const page = await visitor.get(path)
    assert.equal(page.status, 503, path)
    assert.equal(page.headers.get('retry-after'), '30')
    assert.doesNotMatch(page.text, /primary|Mongo/)
    assert.equal(asked, 1, path)
  }
  assert.ok(lines.some(({ event }) => event === 'store.away'))
})

test('a store that fails is our fault: 500, no details, a number that is in the log', async (t) => {
  const { visitor, lines } = await pagesOver(t, () => ({
    state: async () => {
      throw new Error('the disk is on fire')
    },
  }))
  const page = await visitor.get('/?lang=en')
  assert.equal(page.status, 500)
  assert.match(seen(page), /The page could not be shown.*No record is lost/)
  assert.doesNotMatch(page.text, /on fire/)
  const line = lines.find(({ facts }) => facts['reference'] === referenceIn(page.text))
  assert.equal(line?.event, 'page.failed')
  assert.match(String(line.facts['error']), /on fire/)
  assert.equal(JSON.stringify(line.facts).includes('lang'), false)
})

test('a form that is too large, or no form at all, is refused', async (t) => {
  const { visitor } = await pagesOver(t, () => ({}))
  assert.equal((await visitor.post('/sign-in', { identifier: 'x'.repeat(20_000) })).status, 413)
  assert.equal((await visitor.post('/nowhere', {})).status, 404)
  assert.equal((await visitor.post('/', {})).status, 404)
})

test('where the site is not reached over https, the sign-in page says so and takes nobody', async (t) => {
  const { visitor } = await pagesOver(t, () => ({}), { publicUrl: 'http://waki.example' })
  const page = await visitor.get('/sign-in')
  assert.match(seen(page), /ここではサインインできません/)
  assert.doesNotMatch(page.text, /<input/)
  assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /localhost/)
  assert.equal((await visitor.post('/sign-in', { identifier: 'a.test' })).status, 403)
  assert.match((await visitor.get('/oauth/callback?state=x&code=y')).headers.get('location') ?? '', /why=not-possible/)
})

test('a town with too few people shows its title and no figure', { timeout: 120_000 }, async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi, ben] = await residents(town, ['aoi', 'ben'])
  assert.ok(aoi !== undefined && ben !== undefined)
  await ben.confirm(await aoi.act(CODE, { minutes: 77 }))
  await world.settled()
  const visitor = new Visitor(world.appview.url)
  for (const path of ['/', `/m/${CODE}/2026`, `/m/${CODE}/2026-05`]) {
    const page = await visitor.get(path)
    assert.equal(page.status, 200)
    assert.match(seen(page), /人数が少ないため載せていません/)
    assert.doesNotMatch(seen(page), /77|2,346/, path)
    assert.doesNotMatch(page.text, /\d時間/, path)
  }
  const own = new Visitor(world.appview.url)
  await own.signIn(aoi.session.handle)
  assert.match(seen(await own.get('/me')), /した1時間17分/)
})

test('an address that begins with two slashes is an address here, and its links lead nowhere else', async (t) => {
  const { visitor, lines } = await pagesOver(t, () => ({}))
  for (const path of ['//', '///?lang=en', '//evil.example/x', '//evil.example/x?lang=en', '/\\evil.example/x', '//[']) {
    const page = await visitor.get(path)
    assert.ok(page.status < 500, path)
    assert.doesNotMatch(page.text, /(href|action)="\/[/\\]/, path)
  }
  assert.match((await visitor.get('//evil.example/x')).text, /href="\/evil\.example\/x\?lang=en"/)
  assert.deepEqual(
    lines.filter(({ event }) => event === 'page.failed'),
    [],
  )
})
