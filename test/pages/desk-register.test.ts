// The register in pages: a file tried and brought in, with each refused line named; the same file again; looking up; admissions; protected persons, of
// whom nothing becomes public; households and deaths; opening balances by two persons.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { openDeskWorld } from '../desk/desk-world.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { listRecords } from './repo-reader.ts'
import { seen, Visitor, type Page } from './visitor.ts'

const { world, town, clerk, approver, admin, auditor } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
const [aoi, ren] = (await residents(town, ['aoi', 'ren'])) as [Member, Member]
const [kai, hidden] = [await world.member('kai'), await world.member('hidden')]
await world.settled()

const REGISTER = `/desk/${KANAZAWA}/register`
const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(session.handle)
  return visitor
}
const desk = await visitorOf(clerk)

const HEADER = 'id,name,did,from,until,household,protected'
const csv = [
  HEADER,
  `1024,青井花子,${aoi.did},2026-04-01,,AOBA-1024,`,
  `1025,蓮沼次郎,${ren.did},2026-04-01,,AOBA-1024,`,
  `1026,海野三郎,${kai.did},2026-04-01,,,`,
  `1027,空野月子,${hidden.did},2026-04-01,,,1`,
  '1028,,,2026-04-01,,,',
  '1029,日付誤子,,2026-02-30,,,',
  '1030,足りない',
].join('\r\n')
const figures = (page: Page): string | undefined => /新しい方(.*?)ファイル/.exec(seen(page))?.[1]

test('a file is tried, brought in without its bad lines, and brought in again without any change', async () => {
  const unknown = await desk.post(`${REGISTER}/import`, { csv: 'nothing,here\n1,2', do: 'try' })
  assert.deepEqual([unknown.status, /id="csv-e"/.test(unknown.text), unknown.text.includes('nothing,here')], [422, true, true])
  const tried = await desk.post(`${REGISTER}/import`, { csv, do: 'try' })
  assert.match(
    seen(tried),
    /まだ何も変わっていません.*6行目：名前がないか、128文字より長くなっています。.*7行目：存在しない日付.*8行目：列の数/,
  )
  assert.equal(figures(tried), '4行変わる方0行同じ0行取り込まない3行')
  assert.match(seen(await desk.get(REGISTER)), /まだだれもいません/)
  const applied = await desk.post(`${REGISTER}/import`, { csv, do: 'apply' })
  assert.match(seen(applied), /取り込みました/)
  assert.match(seen(await desk.get(REGISTER)), /4人.*青井花子1024 aoi\.pds1\.test登録済み.*海野三郎1026 kai\.pds1\.test未登録/)
  const again = await desk.post(`${REGISTER}/import`, { csv, do: 'apply' })
  assert.match(seen(again), /同じ内容でした。何も変わっていません/)
  assert.equal(figures(again), '0行変わる方0行同じ4行取り込まない3行')
  const large = await desk.post(`${REGISTER}/import`, { csv: `${HEADER}\n${'x'.repeat(3_000_000)}`, do: 'try' })
  assert.deepEqual([large.status, /csv\.too-large/.test(large.text)], [413, true])
})

/** As a browser sends a form with a file, without a script. */
const sendFile = async (path: string, bytes: Uint8Array<ArrayBuffer>, more: Readonly<Record<string, string>>): Promise<Page> => {
  const body = new FormData()
  for (const [name, value] of Object.entries(more)) body.append(name, value)
  body.append('file', new Blob([bytes], { type: 'text/csv' }), '台帳.csv')
  const Cookie = desk.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const headers = { Cookie, 'Sec-Fetch-Site': 'same-origin' }
  const answer = await fetch(`${world.appview.url}${path}`, { method: 'POST', body, headers, redirect: 'manual' })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

test('a file is chosen instead: UTF-8, CP932 and cells between tabs are read as the command reads them, and its size is bounded', async () => {
  const encoder = new TextEncoder()
  const utf8 = await sendFile(`${REGISTER}/import`, encoder.encode(`\u{feff}${csv}`), { csv: 'what stood there before', do: 'try' })
  assert.equal(figures(utf8), '0行変わる方0行同じ4行取り込まない3行')
  assert.match(utf8.text, /<textarea[^>]*>\s*id,name,did/, 'its text stands in the field, to be brought in')
  assert.doesNotMatch(utf8.text, /CP932）のファイル|what stood there/)
  const tabs = `ID\tName\tFrom\r\n2001\t表計算の人\t2026-04-01\r\n2002\t\t2026-04-01\r\n`
  const pasted = await desk.post(`${REGISTER}/import`, { csv: tabs, do: 'try' })
  assert.equal(figures(pasted), '1行変わる方0行同じ0行取り込まない1行')
  assert.match(seen(pasted), /3行目：名前がない/)
  const japanese =
    '番号\t氏名\t開始日\t終了日\t支援措置\r\n2001\t表計算の人\t令和８年4月1日\t20270331\t1\r\n2002\tもう一人\t2026/2/30\t\t\r\n'
  const spoken = await desk.post(`${REGISTER}/import`, { csv: japanese, do: 'try' })
  assert.equal(figures(spoken), '1行変わる方0行同じ0行取り込まない1行')
  assert.match(seen(spoken), /3行目：存在しない日付[^]*2026-02-30/)
  const utf16 = new Uint8Array([0xff, 0xfe, ...new Uint8Array(Buffer.from(tabs, 'utf16le'))])
  assert.equal(figures(await sendFile(`${REGISTER}/import`, utf16, { do: 'try' })), '1行変わる方0行同じ0行取り込まない1行')
  // 山田 in CP932.
  const cp932 = new Uint8Array([...encoder.encode('id,name,from\r\n2003,'), 0x8e, 0x52, 0x93, 0x63, ...encoder.encode(',2026-04-01\r\n')])
  const read = await sendFile(`${REGISTER}/import`, cp932, { do: 'try' })
  assert.match(seen(read), /Shift_JIS（CP932）のファイルとして読みました.*新しい方1行/)
  assert.match(read.text, /2003,山田,/)
  const picture = await sendFile(`${REGISTER}/import`, new Uint8Array([0x89, 0x50, 0xff, 0x00, 0xfe]), { do: 'try' })
  assert.match(picture.text, /csv\.encoding-wrong|csv\.unreadable/)
  const heads = await desk.post(`${REGISTER}/import`, { csv: 'id,nmae,form\r\n1,a,2026-04-01', do: 'try' })
  assert.match(seen(heads), /nmae→name\?.*form→from\?/)
  const large = await sendFile(`${REGISTER}/import`, new Uint8Array(9 * 1024 * 1024).fill(0x61), { do: 'try' })
  assert.deepEqual([large.status, /csv\.too-large/.test(large.text)], [422, true])
  const larger = await sendFile(`${REGISTER}/import`, new Uint8Array(17 * 1024 * 1024).fill(0x61), { do: 'try' })
  assert.deepEqual([larger.status, /csv\.too-large/.test(larger.text)], [413, true])
  assert.match(seen(await desk.get(REGISTER)), /4人/, 'what was tried has changed nothing')
  const headers = { Cookie: desk.cookies.map(({ name, value }) => `${name}=${value}`).join('; '), 'Sec-Fetch-Site': 'same-origin' }
  const broken = { ...headers, 'Content-Type': 'multipart/form-data; boundary=x' }
  const answer = await fetch(`${world.appview.url}${REGISTER}/import`, { method: 'POST', body: '--y\r\nno form', headers: broken })
  assert.deepEqual([answer.status, /csv\.empty/.test(await answer.text())], [422, true])
})

test('somebody is found by name, admitted, and their admission ended; the date that cannot be stands at its field', async () => {
  assert.doesNotMatch(seen(await desk.get(`${REGISTER}?find=海野`)), /青井花子/)
  const person = `${REGISTER}/person?id=1026`
  assert.match(seen(await desk.get(person)), /海野三郎.*未登録.*住民として登録する/)
  const wrong = await desk.post(`${REGISTER}/admit`, { id: '1026', who: kai.did, day: '2026-02-30' })
  assert.deepEqual([wrong.status, /id="day-e"/.test(wrong.text), /value="2026-02-30"/.test(wrong.text)], [422, true, true])
  const admitted = await desk.post(`${REGISTER}/admit`, { id: '1026', who: kai.did, day: '2026-05-01' })
  assert.equal(admitted.headers.get('location'), `${person}&done=admitted`)
  assert.match(seen(await desk.get(`${person}&done=admitted`)), /住民として登録しました.*登録済み2026年5月1日から/)
  assert.match((await desk.post(`${REGISTER}/admit`, { id: '1026', who: kai.did, day: '2026-05-01' })).text, /admission\.already-admitted/)
  assert.equal((await desk.post(`${REGISTER}/end`, { id: '1026', who: kai.did, day: '2026-05-09' })).status, 303)
  assert.match(seen(await desk.get(person)), /登録終了2026年5月1日〜2026年5月9日/)
  const nobody = await desk.post(`${REGISTER}/admit`, { who: '@nobody.pds1.test', from: '2026-05-01' })
  assert.deepEqual([nobody.status, /id="who-e"/.test(nobody.text), /value="@nobody\.pds1\.test"/.test(nobody.text)], [422, true, true])
  assert.equal((await desk.get(`${REGISTER}/person?id=9999`)).status, 404)
})

test('of a protected person nothing becomes public', async () => {
  const page = await desk.get(`${REGISTER}/person?id=1027`)
  assert.match(seen(page), /支援措置のある方です/)
  assert.doesNotMatch(page.text, /<button class="btn (?:big|line)">\s*住民として登録する/)
  const refused = await desk.post(`${REGISTER}/admit`, { id: '1027', who: hidden.did, day: '2026-05-01' })
  assert.deepEqual([refused.status, /admission\.protected/.test(refused.text)], [422, true])
  const late = await desk.post(`${REGISTER}/import`, {
    csv: `${HEADER}\n1024,青井花子,${aoi.did},2026-04-01,,AOBA-1024,1\n1027,空野月子,${hidden.did},2026-04-01,,,1\n`,
    do: 'try',
  })
  assert.match(seen(late), /見ておく行（1行）2行目：支援措置のある方の公開の登録が、まだ続いています。/)
  const all = JSON.stringify(await listRecords(town.session, nsid.admission))
  assert.ok(!all.includes(hidden.did) && all.includes(kai.did))
})

test('households and deaths reach the books without their content; who may not, is told so', async () => {
  assert.equal((await desk.post(`${REGISTER}/household`, { id: '1024', household: 'AOBA-1024' })).status, 303)
  assert.match((await desk.post(`${REGISTER}/death`, { id: '1025', who: ren.did, on: '2026-12-01' })).text, /id="on-e"/)
  assert.equal((await desk.post(`${REGISTER}/death`, { id: '1025', who: ren.did, on: '2026-05-08' })).status, 303)
  const entries = JSON.stringify(await listRecords(town.session, nsid.entry))
  for (const word of [aoi.did, ren.did, 'AOBA-1024', '2026-05-08']) assert.ok(!entries.includes(word), word)
  const reader = await visitorOf(auditor)
  for (const path of [REGISTER, `${REGISTER}/person?id=1024`, `${REGISTER}/import`]) {
    const page = await reader.get(path)
    assert.deepEqual([page.status, /desk\.role-insufficient/.test(page.text), page.text.includes('青井花子')], [403, true, false], path)
  }
  assert.match((await reader.post(`${REGISTER}/import`, { csv, do: 'apply' })).text, /desk\.role-insufficient/)
})

test('opening balances need totals that fit and a second person', async () => {
  const form = { csv: `holder,minutes\r\n${aoi.did},120\r\n`, rows: '1', points: '0', minutes: '100' }
  const wrong = await desk.post(`${REGISTER}/opening`, form)
  assert.deepEqual([wrong.status, /id="rows-e"/.test(wrong.text), wrong.text.includes(aoi.did)], [422, true, true])
  assert.equal((await desk.post(`${REGISTER}/opening`, { ...form, minutes: '120' })).status, 303)
  const own = await desk.get(`${REGISTER}/opening`)
  assert.match(seen(own), /二人目の承認待ち.*人数1分の合計120.*あなたが一人目です/)
  const [, id = ''] = /opening\/(\w+)\/approve/.exec(own.text) ?? []
  const boss = await visitorOf(admin)
  assert.match((await boss.post(`${REGISTER}/opening/${id}/approve`, { version: '1' })).text, /desk\.role-insufficient/)
  const second = await visitorOf(approver)
  assert.match(seen(await second.get(`${REGISTER}/opening`)), /承認して帳簿に入れる/)
  assert.equal((await second.post(`${REGISTER}/opening/${id}/approve`, { version: '1' })).status, 303)
  assert.match((await desk.post(`${REGISTER}/opening`, { ...form, minutes: '120' })).text, /opening\.already-imported|公開済み/)
})
