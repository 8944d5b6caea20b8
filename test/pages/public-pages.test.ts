// What anybody sees of the site, over a real network: pages, their headers, the files behind them, and what is not there.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, test } from 'node:test'
import { fillTown } from './filled-town.ts'
import { seen, Visitor } from './visitor.ts'

const filled = await fillTown()
const { world } = filled
after(() => world[Symbol.asyncDispose]())
const url = world.appview.url
const anybody = new Visitor(url)

const MOST_BYTES = 60_000

test('every public page is whole, small, cacheable and free of anything that could run', async () => {
  const paths = [
    '/',
    '/m/172014',
    '/m/172014/2026',
    '/m/172014/2026-05',
    '/network',
    '/about',
    '/privacy',
    '/accessibility',
    '/p/ben.pds1.test',
  ]
  for (const path of [...paths, ...paths.map((one) => `${one}?lang=en`)]) {
    const page = await anybody.get(path)
    assert.equal(page.status, 200, path)
    assert.ok(Buffer.byteLength(page.text) <= MOST_BYTES, path)
    assert.equal(page.text.match(/<h1[ >]/g)?.length, 1, path)
    assert.match(page.text, path.endsWith('lang=en') ? /<html lang="en">/ : /<html lang="ja">/)
    assert.doesNotMatch(page.text, /<script|<style|\sstyle=|\son[a-z]+=|undefined|NaN|\[object/, path)
    assert.equal(page.headers.get('set-cookie'), null)
    assert.match(page.headers.get('cache-control') ?? '', /^public/)
    const etag = page.headers.get('etag') ?? ''
    if (path.startsWith('/network')) continue
    assert.equal((await anybody.get(path, { 'If-None-Match': etag })).status, 304, path)
  }
})

test('answers say what a browser may do with them', async () => {
  const { headers } = await anybody.get('/')
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
    assert.ok(policy.split('; ').includes(part), part)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('x-frame-options'), 'DENY')
  assert.equal(headers.get('referrer-policy'), 'same-origin')
  assert.equal(headers.get('x-powered-by'), null)
  assert.match(
    (await anybody.get('/sign-in')).headers.get('content-security-policy') ?? '',
    /form-action 'self' https: http:\/\/localhost:\*/,
  )
})

test('the style sheet has a name of its content and is kept for ever, small over the wire', async () => {
  const page = await anybody.get('/')
  const path = /<link rel="stylesheet" href="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const style = await anybody.get(path)
  assert.equal(style.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(style.headers.get('content-encoding'), 'gzip')
  assert.ok(path.includes(hash('sha256', style.text, 'hex').slice(0, 12)))
  assert.equal((await anybody.get(path.replace(/\.\w+\.css$/, '.000000000000.css'))).status, 404)
})

test('the home says the year’s help in one number that the table and the months add up to', async () => {
  const text = seen(await anybody.get('/m/172014'))
  const [time = '', hours = ''] = /(?<=支え合い\s*)([\d,]+)時間(?:\d+分)?/.exec(text) ?? []
  assert.ok(Number(hours.replace(',', '')) > 200, text.slice(0, 200))
  assert.match(text, new RegExp(`計\\S+ .*:\\d\\d ${time}月ごとの時間`))
  assert.match(text, /速報・未監査/)
  assert.match(text, /参加した人14人/)
})

test('the statement set of a town stands with its notes, and each file has the hash the page shows', async () => {
  const page = await anybody.get('/m/172014/2026')
  const text = seen(page)
  for (const title of ['和の行政コスト計算書', '分類ごとの内訳', '和の貸借対照表', '純資産変動計算書', '地域全体', '注記'])
    assert.ok(text.includes(title), title)
  for (const note of [
    '方針',
    '単価表',
    'いつまでの記録か',
    '未確認の提供',
    '申し立て中',
    '人数の少ない分類',
    '人数と件数',
    '名簿',
    '法的な意味',
  ])
    assert.ok(text.includes(note), note)
  for (const path of ['/m/172014/2026.json', '/m/172014/2026/area.json']) {
    const file = await anybody.get(path)
    assert.equal(file.status, 200)
    assert.equal(file.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.ok(page.text.includes(hash('sha256', file.text, 'hex')), path)
  }
  const month = seen(await anybody.get('/m/172014/2026-05'))
  assert.match(month, /2026年5月（2026年5月1日〜2026年5月31日）/)
  assert.match(seen(await anybody.get('/m/172014/2026?lang=en')), /Statement of Wa \(not the statutory accounts\)/)
})

test('what does not exist, is not public or lies outside the books looks the same', async () => {
  const paths = [
    '/nothing',
    '/m/131016',
    '/m/172014/1999',
    '/m/172014/2026-13',
    '/m/172014/2027',
    '/m/172014/2026-12',
    '/m/172014/x.json',
    '/p/aoi.pds1.test',
    '/p/nobody.pds1.test',
    '/p/not-a-handle',
    '/o/ben.pds1.test',
    '/p/ben.pds1.test/1999',
    '/p/aoi.pds1.test/2026.json',
    '/m/13',
  ]
  const bare = (text: string): string => text.replaceAll(/[A-Z2-9]{4}-[A-Z2-9]{4}/g, '').replaceAll(/href="[^"]*lang=en"/g, '')
  const [first, ...others] = await Promise.all(paths.map((path) => anybody.get(path)))
  for (const [i, page] of others.entries()) {
    assert.equal(page.status, 404, paths[i + 1])
    assert.equal(bare(page.text), bare(first?.text ?? ''), paths[i + 1])
    assert.equal(page.headers.get('cache-control'), 'no-store')
  }
})

test('a person who chose so is shown, in minutes, without names of others', async () => {
  const page = await anybody.get('/p/ben.pds1.test')
  assert.match(seen(page), /和の損益計算書/)
  assert.doesNotMatch(page.text, /aoi|did:plc|参考円/)
  assert.match(seen(page), /授受総量授受あわせて[\d,]+分/)
  const file = await anybody.get('/p/ben.pds1.test/2026.json')
  assert.ok(page.text.includes(hash('sha256', file.text, 'hex')))
})

test('an organisation that chose so is shown with what it attested for others, without yen', async () => {
  const page = await anybody.get('/o/saigawa.pds1.test')
  const text = seen(page)
  assert.match(text, /団体の和の活動計算書/)
  const [, acts = '', minutes = ''] = /ほかの人のために確かめたもの([\d,]+)件、([\d,]+)分/.exec(text) ?? assert.fail(text)
  assert.equal(Number(minutes.replaceAll(',', '')), Number(acts) * 120, 'each park day is two hours')
  assert.ok(Number(acts) > 20)
  assert.doesNotMatch(page.text, /参考円|aoi|ben\./)
  assert.equal((await anybody.get('/p/saigawa.pds1.test')).status, 404)
  const own = new Visitor(url)
  await own.signIn('saigawa.pds1.test')
  const note = `ほかの人のために確かめたもの：${acts}件、${minutes}分。`
  assert.ok(seen(await own.get('/me')).includes(note), note)
  const file = await own.get('/me/export/statement-2026.csv')
  assert.match(file.text, new RegExp(`,注記,.*ほかの人のために確かめたもの,.*${acts}件、`))
})
