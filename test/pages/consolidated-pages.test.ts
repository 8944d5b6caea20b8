// Several municipalities on the pages: the worksheet of each, its prefecture, the whole, and its years beside each other; what too few people stand behind
// is named and not shown; figures of members add up to those of the group.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { federationPages, KAGA, KANAZAWA, TAKAOKA } from './filled-federation.ts'
import { seen } from './visitor.ts'

const MOST_BYTES = 60_000

test('municipalities, prefectures and the whole in one set of pages', async (t) => {
  const { visitor } = await federationPages(t)
  const get = async (path: string) => {
    const page = await visitor.get(path)
    assert.equal(page.status, 200, path)
    return page
  }
  const text = async (path: string): Promise<string> => seen(await get(path))

  await t.test('each page is whole, small and free of anything that could run, in both languages', async () => {
    for (const path of [
      `/m/${KANAZAWA}/2026`,
      '/m/17',
      '/m/17/2026',
      '/m/16/2025',
      '/network/statement',
      '/network/statement/2026',
      `/m/${KANAZAWA}/years`,
    ])
      for (const lang of ['', '?lang=en']) {
        const page = await get(`${path}${lang}`)
        assert.ok(Buffer.byteLength(page.text) <= MOST_BYTES, path)
        assert.equal(page.text.match(/<h1[ >]/g)?.length, 1, path)
        assert.doesNotMatch(page.text, /<script|<style|\sstyle=|undefined|NaN|\[object/, path)
        assert.match(page.headers.get('cache-control') ?? '', /^public/)
      }
  })

  await t.test('a municipality’s worksheet: within, and from and to others; its file has the hash the page shows', async () => {
    const page = await get(`/m/${KANAZAWA}/2026`)
    const shown = seen(page)
    assert.match(shown, /精算表（地域全体）/)
    assert.match(shown, /相殺消去した[\d,]+分が「域内の支え合い」です。残りは、ほかの市町との間の支え合いです。/)
    assert.match(shown, /石川県/)
    const file = await get(`/m/${KANAZAWA}/2026/worksheet.json`)
    assert.ok(page.text.includes(hash('sha256', file.text, 'hex')))
    const { lines } = JSON.parse(file.text).units.MIN.worksheet
    assert.equal(lines.given.cons, 720, 'twelve gave an hour each to Komatsu and Toyama')
    assert.equal(lines.received.cons, 720)
  })

  await t.test('where one person gave to another town, the worksheet says that it leaves that out, and why', async () => {
    const shown = await text(`/m/${TAKAOKA}/2026`)
    assert.match(shown, /相殺消去と純計は、.*人数が少ないため、載せていません/)
    assert.deepEqual(JSON.parse((await get(`/m/${TAKAOKA}/2026/worksheet.json`)).text).units.MIN.worksheet.lines.given, undefined)
    assert.doesNotMatch(await text(`/m/${KAGA}/2026`), /精算表/, 'three people show nothing but the title')
  })

  await t.test('a prefecture does not tell what its smallest municipality gave; the whole not what the prefecture hides', async () => {
    const shown = await text('/m/17/2026')
    assert.match(shown, /石川県令和8年度/)
    assert.match(shown, /石川県という団体の決算書ではありません/)
    assert.match(shown, /人数が少ないため、合計は載せていません/)
    assert.match(shown, /加賀市\s*載せていません\s*載せていません/)
    assert.ok(
      shown.indexOf('金沢市') < shown.indexOf('小松市') && shown.indexOf('小松市') < shown.indexOf('加賀市'),
      'in the order of codes',
    )
    assert.match(await text('/network/statement/2026'), /石川県\s*載せていません/)
    const hidden = JSON.parse((await get('/m/17/2026.json')).text).units.MIN
    assert.deepEqual([hidden.areas.PL, hidden.worksheet.lines.given], [{}, undefined])
  })

  await t.test('where all municipalities are large enough, members add up to the prefecture', async () => {
    const [whole, ...members] = await Promise.all(
      ['/m/16/2025.json', '/m/162019/2025/worksheet.json', '/m/162027/2025/worksheet.json'].map(async (path) =>
        JSON.parse((await get(path)).text),
      ),
    )
    const given = (one: { units: { MIN: { areas: { PL: Record<string, number> } } } }): number => one.units.MIN.areas.PL['4110'] ?? 0
    assert.ok(given(whole) > 0)
    assert.equal(
      members.reduce((sum, one) => sum + given(one), 0),
      given(whole),
    )
    assert.match(await text('/m/16/2025'), /精算表/)
    assert.match(await text('/m/16/2026'), /富山県/)
  })

  await t.test('years stand beside each other, oldest first, without a rank', async () => {
    const shown = await text(`/m/${KANAZAWA}/years`)
    assert.ok(shown.indexOf('令和7年度') < shown.indexOf('令和8年度'))
    assert.match(shown, /令和8年度\s*速報/)
    assert.doesNotMatch(shown, /順位|ランキング/)
  })

  await t.test('what is not there is not found', async () => {
    for (const path of [
      '/m/13',
      '/m/00',
      '/m/48/2026',
      '/m/17/1999',
      '/m/17/1999.json',
      '/network/statement/1999',
      '/m/131016/years',
      `/m/${KANAZAWA}/1999/worksheet.json`,
    ])
      assert.equal((await visitor.get(path)).status, 404, path)
  })
})
