// What everybody sees of a year a town has closed: the version that stands, the one it replaced, the signed record, and books that come to other figures.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { restateYear } from '../../appview/close/restate-year.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Books } from '../../appview/store/store.ts'
import { CODE, ROSTER } from '../appview/books-town.ts'
import { closableTown, DESK, OPENED, valueOf } from '../close/closing-town.ts'
import { pagesOver } from './pages-over.ts'
import { seen } from './visitor.ts'

const FY = { fiscalYear: 2026 }
const REASON = '単価表の改定のため'

const closedSite = async (t: TestContext, change: (books: Books) => Partial<Books> = () => ({})) => {
  const site = await pagesOver(t, change, { towns: ROSTER, from: OPENED })
  const town = await closableTown(site.store, site.clock)
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  const restate = async (rate: number): Promise<void> => {
    const rateTable = await town.rateTable(rate)
    valueOf(await restateYear(town.deps, DESK, { ...FY, reason: REASON, rateTable }))
    await town.publish()
  }
  return { ...site, town, restate }
}

test('a closed year says that it checks, which version it is, and where its signed record stands; the file has the hash', async (t) => {
  const { visitor, url } = await closedSite(t)
  const page = seen(await visitor.get(`/m/${CODE}/2026`))
  assert.match(page, /照合済み/)
  assert.match(page, /第1版/)
  assert.doesNotMatch(page, /速報・未監査|改められました/)
  assert(page.includes(`/${nsid.statement}/`) && page.includes(`/${nsid.close}/`))
  for (const file of [
    '2026.json',
    '2026/area.json',
    '2026/v1.json',
    '2026/v1/area.json',
    '2026/worksheet.json',
    '2026/v1/worksheet.json',
  ]) {
    const response = await fetch(`${url}/m/${CODE}/${file}`)
    assert.equal(response.status, 200, file)
    assert(page.includes(hash('sha256', await response.text(), 'hex')), file)
  }
  assert.match(seen(await visitor.get(`/m/${CODE}/2026?lang=en`)), /Checked[\s\S]*Version 1/)
  assert.match(seen(await visitor.get(`/m/${CODE}`)), /令和8年度（第1版）/)
})

test('a replaced version stands where it stood, says so, why, and where the newer one is', async (t) => {
  const { visitor, restate, url } = await closedSite(t)
  await restate(1_931)
  const newest = seen(await visitor.get(`/m/${CODE}/2026`))
  assert.match(newest, /第2版/)
  assert.match(newest, /単価表[\s\S]*1時間 ?1,931円/)
  assert(newest.includes(REASON))
  assert.doesNotMatch(newest, /改められました/)
  const html = await visitor.get(`/m/${CODE}/2026/v1`)
  const first = seen(html)
  assert.match(first, /この第1版は、第2版に改められました/)
  assert.match(first, /1時間 ?1,828円/)
  assert(first.includes(REASON))
  const [old, now] = await Promise.all(['2026/v1', '2026'].map(async (of) => (await fetch(`${url}/m/${CODE}/${of}/worksheet.json`)).text()))
  assert.notEqual(old, now, 'each version has its own worksheet')
  assert(first.includes(hash('sha256', old ?? '', 'hex')) && newest.includes(hash('sha256', now ?? '', 'hex')))
  assert.match(seen(await visitor.get(`/m/${CODE}/2026/v1?lang=en`)), /This version 1 has been replaced by version 2/)
  assert.match(seen(await visitor.get(`/m/${CODE}`)), /令和8年度（第2版・訂正あり）/)
})

test('rates that differ within a year stand with their days, and why no yen stand', async (t) => {
  const { visitor, town } = await closedSite(t)
  const rateTable = await town.rateTable(1_950, [], '2026-10-01')
  valueOf(await restateYear(town.deps, DESK, { ...FY, reason: REASON, rateTable }))
  await town.publish()
  const page = seen(await visitor.get(`/m/${CODE}/2026`))
  assert.match(page, /単価表\s*\S*から1時間 ?1,828円、[^。]*10月1日から1時間 ?1,950円。個人の賃金は使いません。参考円は載せていません。/)
  assert.match(
    seen(await visitor.get(`/m/${CODE}/2026?lang=en`)),
    /¥1,950 an hour from [^.]*\. Nobody’s own wage is used\. Reference yen are not shown/,
  )
})

test('a version there never was, a month’s, or one of an open year is not there', async (t) => {
  const { url } = await closedSite(t)
  for (const path of ['2026/v2', '2026/v0', '2026-05/v1', '2027/v1', '2026/v1x', '2026/v2.json', '2026/v2/worksheet.json'])
    assert.equal((await fetch(`${url}/m/${CODE}/${path}`)).status, 404, path)
})

test('books that come to other figures than the town signed show what was signed, and say that it does not check', async (t) => {
  const other = { isOther: false }
  const { visitor } = await closedSite(t, (books) => ({
    contributions: async (query) => {
      const found = await books.contributions(query)
      return other.isOther ? found.filter(({ category }) => category !== 'culture') : found
    },
  }))
  other.isOther = true
  const page = seen(await visitor.get(`/m/${CODE}/2026`))
  assert.match(page, /照合できません/)
  assert.match(page, /この帳簿からは、同じ数字になりません/)
})
