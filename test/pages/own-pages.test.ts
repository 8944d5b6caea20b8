// One's own pages over a real network: who is let in, what they show, what their forms write, and what is not let in.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { allowAt } from '../support/sign-in.ts'
import { PASSWORD } from '../support/world.ts'
import { getRecord, listRecords } from './repo-reader.ts'
import { fillTown } from './filled-town.ts'
import { seen, Visitor } from './visitor.ts'

const filled = await fillTown()
const { world, aoi, host, acts } = filled
after(() => world[Symbol.asyncDispose]())
const url = world.appview.url
const anybody = new Visitor(url)

const MOST_BYTES = 60_000

test('one’s own pages lead a stranger to sign in and back, and nobody keeps them', async () => {
  for (const path of ['/me', '/me/acts', '/me/record', `/me/acts/${acts.recognised}`]) {
    const answer = await anybody.get(path)
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.get('location'), `/sign-in?next=${encodeURIComponent(path)}`)
  }
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  for (const path of ['/me', '/me/acts', '/me/record', `/me/acts/${acts.recognised}`, '/me?lang=en', '/me?at=100']) {
    const page = await owner.get(path)
    assert.equal(page.status, 200, path)
    assert.equal(page.headers.get('cache-control'), 'no-store')
    assert.match(page.text, /<meta name="robots" content="noindex" \/>/)
    assert.ok(Buffer.byteLength(page.text) <= MOST_BYTES, path)
  }
  assert.equal((await owner.get('/sign-in')).headers.get('location'), '/me')
  const other = new Visitor(url)
  await other.signIn('chie.pds1.test')
  assert.equal((await other.get(`/me/acts/${acts.recognised}`)).status, 200, 'a key of nobody’s record: nothing has arrived')
  assert.doesNotMatch(seen(await other.get(`/me/acts/${acts.recognised}`)), /90分/)
})

test('my page shows both halves, the records with their reasons, and the books as known at a leaf', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  const text = seen(await owner.get('/me'))
  assert.match(text, /した \d+|した\d+時間/)
  assert.match(text, /確認のお願い（2件）/)
  assert.match(text, /action\.too-old/)
  const early = seen(await owner.get('/me?at=40'))
  assert.match(early, /葉40の時点の帳簿です/)
  const list = seen(await owner.get('/me/acts'))
  for (const word of ['確認済み', '確認待ち', '数えられません', '期限が過ぎました', '心当たりがないとの回答'])
    assert.ok(list.includes(word), word)
})

test('what was just done is said once it was, and for no other word in the address', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  assert.match(seen(await owner.get('/me?done=visibility')), /見え方を変えました/)
  const notices = async (path: string): Promise<number> => (await owner.get(path)).text.match(/class="note ok"/g)?.length ?? 0
  const none = await notices('/me')
  assert.ok((await notices('/me?done=visibility')) > none)
  for (const word of ['constructor', '__proto__', 'toString', 'nothing']) assert.equal(await notices(`/me?done=${word}`), none, word)
})

test('a trace goes from the record to the line; where it stops it says why and what is still possible', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  const trace = async (rkey: string): Promise<string> => seen(await owner.get(`/me/acts/${rkey}`))
  const whole = await trace(acts.recognised)
  for (const station of ['記録', '署名つきコミット', '受信', '記録簿の葉', '確認', '仕訳', '決算書の行'])
    assert.ok(whole.includes(station), station)
  assert.match(whole, /この90分は、決算書に入っています/)
  assert.match(whole, new RegExp(`at://${aoi.did}/${nsid.action.replaceAll('.', '\\.')}/${acts.recognised}`))
  assert.match(whole, /did:key:z/)
  assert.match(whole, /\d+\/0\/recognise/)
  assert.match(await trace(acts.waiting), /確認を待っています.*2027年2月19日になる前に/)
  assert.match(await trace(acts.refused), /この記録は数えられません.*理由 ?action\.too-old/)
  assert.match(await trace(acts.lapsed), /確認の期限が過ぎました.*もう一度記録/)
  assert.match(await trace(acts.rejected), /「心当たりがない」との回答がありました.*ここで止まりました/)
  assert.doesNotMatch(await trace(acts.rejected), /決算書の行/)
  assert.match(await trace('3aaaaaaaaaa2a'), /まだ届いていません/)
  assert.equal((await owner.get('/me/acts/..%2f')).status, 404)
})

test('the evidence of one’s own record is kept by no browser and no proxy', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  const path =
    /href="(\/xrpc\/[^"]+)"/.exec((await owner.get(`/me/acts/${acts.recognised}`)).text)?.[1] ?? assert.fail('the evidence is linked')
  const { status, headers } = await owner.get(path)
  assert.deepEqual(
    [status, headers.get('cache-control'), headers.get('vary'), headers.get('x-content-type-options')],
    [200, 'no-store', 'Cookie, Authorization', 'nosniff'],
  )
})

test('a post that does not come from a page of the site is refused, whatever it asks', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  const refused = [
    {},
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: url },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
  ]
  for (const headers of refused)
    for (const path of ['/me/visibility', '/me/record', '/me/asks', '/sign-out', '/sign-in']) {
      const answer = await owner.post(path, { visibility: 'public' }, headers)
      assert.equal(answer.status, 403, `${path} ${JSON.stringify(headers)}`)
      assert.match(seen(answer), /何も書き込まれていません/)
    }
  assert.equal((await owner.get('/me')).status, 200, 'still signed in')
  assert.equal((await anybody.get('/p/aoi.pds1.test')).status, 404)
  assert.equal(
    (await owner.post('/me/visibility', { visibility: 'private' }, { Origin: url })).status,
    303,
    'an older browser sends Origin alone',
  )
})

test('sign-in names what is wrong and keeps the handle; the cookie is for this site and not for scripts', async () => {
  const visitor = new Visitor(url)
  const wrong = await visitor.post('/sign-in', { identifier: '@nobody.pds1.test', next: '/me' })
  assert.equal(wrong.status, 422)
  assert.match(seen(wrong), /このハンドルのアカウントが見つかりません/)
  assert.match(wrong.text, /value="@nobody\.pds1\.test"/)
  const unknown = await visitor.post('/sign-in?lang=en', { identifier: '"><script>', next: '//evil.example' })
  assert.equal(unknown.status, 422)
  assert.match(unknown.text, /value="&quot;&gt;&lt;script&gt;"/)
  assert.doesNotMatch(unknown.text, /evil\.example|<script/)
  const right = await visitor.post('/sign-in?lang=en', { identifier: '@aoi.pds1.test', next: '/me/record' })
  const params = await allowAt(right.headers.get('location') ?? '', { handle: 'aoi.pds1.test', password: PASSWORD })
  const back = await visitor.get(`/oauth/callback?${params.toString()}`)
  assert.equal(back.headers.get('location'), '/me/record?lang=en')
  for (const cookie of [...right.headers.getSetCookie(), ...back.headers.getSetCookie()]) assert.match(cookie, /HttpOnly; SameSite=Lax/)
  const out = await visitor.post('/sign-out', {})
  assert.equal(out.status, 303)
  assert.equal((await visitor.get('/me')).status, 303)
})

test('an act is written into the person’s own repo; mistakes are named, and what was entered stays', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  const before = (await listRecords(aoi.session, nsid.action)).length
  const good = {
    category: 'culture',
    minutes: '45',
    otherMinutes: '',
    performedOn: '2026-11-20',
    municipality: '172014',
    hostBody: host.did,
    beneficiary: 'public',
    note: '本の読み聞かせ',
  }
  const mistakes: readonly [Partial<typeof good>, RegExp][] = [
    [{ category: 'nothing' }, /分類をひとつ選んでください/],
    [{ otherMinutes: '721' }, /1分から720分（12時間）までの数字で/],
    [{ minutes: '', otherMinutes: '1.5' }, /1分から720分（12時間）までの数字で/],
    [{ performedOn: '2026-11-22' }, /これからの日は記録できません/],
    [{ performedOn: '2026-08-01' }, /古すぎる日です/],
    [{ performedOn: '2026-02-30' }, /日付を選んでください/],
    [{ municipality: '131016' }, /市町を選んでください/],
    [{ hostBody: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }, /受入機関を選んでください/],
    [{ beneficiary: 'person' }, /一覧から選んでください/],
    [{ note: 'あ'.repeat(301) }, /300字まで/],
  ]
  for (const [change, sentence] of mistakes) {
    const page = await owner.post('/me/record', { ...good, ...change })
    assert.equal(page.status, 422, JSON.stringify(change))
    assert.equal(seen(page).split(sentence).length, 3, `said in the summary and above the field: ${JSON.stringify(change)}`)
    assert.match(page.text, /role="alert"/)
    if (change.note === undefined) assert.match(page.text, /本の読み聞かせ/)
  }
  assert.equal((await listRecords(aoi.session, nsid.action)).length, before)
  const done = await owner.post('/me/record', { ...good, minutes: '', otherMinutes: '４５' })
  assert.equal(done.status, 303)
  const rkey = /^\/me\/record\/(\w+)\/qr$/.exec(done.headers.get('location') ?? '')?.[1] ?? ''
  const { value } = await getRecord(aoi.session, nsid.action, rkey)
  assert.deepEqual(
    [value['category'], value['minutes'], value['performedOn'], value['hostBody'], value['beneficiaries'], value['note']],
    ['culture', 45, '2026-11-20', host.did, [{ class: 'public' }], '本の読み聞かせ'],
  )
  assert.match(seen(await owner.get(`/me/acts/${rkey}`)), /確認を待っています/)
})

test('an ask is answered once, by whom it names, about the version they saw', async () => {
  const owner = new Visitor(url)
  await owner.signIn(host.session.handle)
  const page = await owner.get('/me')
  assert.match(seen(page), /犀川をきれいにする会.*あなたの団体のもとで行ったと記録しました.*行われたと確かめる/)
  const uri = new RegExp(`name="uri" value="(at://[^"]+/${acts.waiting})"`).exec(page.text)?.[1] ?? ''
  const cid = page.text.slice(page.text.indexOf(uri)).match(/name="cid" value="([^"]+)"/)?.[1] ?? ''
  assert.notEqual(uri, '')
  assert.equal((await owner.post('/me/asks', { uri, cid, verdict: 'maybe' })).status, 400)
  assert.equal((await owner.post('/me/asks', { uri, cid: `${cid}x`, verdict: 'confirmed' })).status, 409)
  assert.equal((await owner.post('/me/asks', { uri: 'at://did:plc:x/y/z', cid, verdict: 'confirmed' })).status, 404)
  const stranger = new Visitor(url)
  await stranger.signIn('chie.pds1.test')
  assert.equal((await stranger.post('/me/asks', { uri, cid, verdict: 'confirmed' })).status, 404)
  const done = await owner.post('/me/asks', { uri, cid, verdict: 'confirmed' })
  assert.equal(done.headers.get('location'), '/me?done=confirmed#asks')
  assert.equal((await owner.get('/me')).text.includes(uri), false)
  const giver = new Visitor(url)
  await giver.signIn(aoi.session.handle)
  assert.match(seen(await giver.get(`/me/acts/${acts.waiting}`)), /この45分は、決算書に入っています.*saigawa\.pds1\.test（受入機関）/)
})

test('a record is taken back by its owner alone; what was booked is offset', async () => {
  const owner = new Visitor(url)
  await owner.signIn('dai.pds1.test')
  const given = async (): Promise<string> => /した (\S+)|した(\d+時間(?:\d+分)?)/.exec(seen(await owner.get('/me')))?.[0] ?? ''
  const path = /href="(\/me\/acts\/\w+)"/.exec((await owner.get('/me')).text)?.[1] ?? ''
  assert.match(seen(await owner.get(path)), /決算書に入っています/)
  const before = await given()
  const stranger = new Visitor(url)
  await stranger.signIn('chie.pds1.test')
  assert.equal((await stranger.post(`${path}/withdraw`, {})).status, 404)
  assert.equal((await owner.post(`${path}/withdraw`, {})).headers.get('location'), path)
  assert.match(seen(await owner.get(path)), /取り下げた記録です/)
  assert.equal((await owner.get('/me')).text.includes(path), false)
  assert.notEqual(await given(), before)
  assert.equal((await owner.post(`${path}/withdraw`, {})).status, 404)
})

test('who may see a statement is the person’s own choice, and the rest of the profile stays', async () => {
  const owner = new Visitor(url)
  await owner.signIn(aoi.session.handle)
  await aoi.put(nsid.profile, 'self', { displayName: 'あおい', statementVisibility: 'private' })
  await world.settled()
  assert.equal((await owner.post('/me/visibility', { visibility: 'friends' })).status, 400)
  assert.equal((await owner.post('/me/visibility', { visibility: 'public' })).headers.get('location'), '/me?done=visibility')
  assert.equal((await anybody.get('/p/aoi.pds1.test')).status, 200)
  assert.equal((await getRecord(aoi.session, nsid.profile, 'self')).value['displayName'], 'あおい')
  await owner.post('/me/visibility', { visibility: 'private' })
  assert.equal((await anybody.get('/p/aoi.pds1.test')).status, 404)
})
