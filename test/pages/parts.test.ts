// The small parts of pages: escaping, dates, figures, dots, bars, months; and that the tokens are the package's.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseAt, parseFields, parseNext } from '../../appview/web/pages/form.ts'
import { href } from '../../appview/web/pages/lang.ts'
import { html } from '../../appview/web/pages/markup.ts'
import { categoryBars } from '../../appview/web/pages/parts/bars.ts'
import { breakable, dateText, dayText, eraDateText, fiscalYearText, instantText, monthText } from '../../appview/web/pages/parts/date.ts'
import { countDots, dotField } from '../../appview/web/pages/parts/dots.ts'
import { amount, duration, durationText, numText } from '../../appview/web/pages/parts/figure.ts'
import { monthColumns } from '../../appview/web/pages/parts/months.ts'
import { statementTable } from '../../appview/web/pages/parts/statement-table.ts'
import { monthsBetween } from '../../appview/web/pages/years.ts'
import { tokensCss, tokensFile } from '../../appview/web/tokens.ts'

const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim()

test('whatever stands in a template is escaped, in text and in attributes; nothing at all is written for false, null and undefined', () => {
  const evil = `<script>alert('1')</script>&"`
  assert.equal(html`<p title="${evil}">${evil}</p>`.text.match(/[<>]/g)?.length, 4)
  assert.equal(html`${'a"b'}`.text, 'a&quot;b')
  assert.equal(html`${false}${null}${undefined}${0}${''}`.text, '0')
  assert.equal(html`<ul>${['a&', html`<li>`, 2]}</ul>`.text, '<ul>a&amp;<li>2</ul>')
})

test('dates are said in Asia/Tokyo, with the era where books want it', () => {
  assert.equal(dateText('ja', '2026-05-10'), '2026年5月10日')
  assert.equal(dateText('en', '2026-05-10'), '10 May 2026')
  assert.equal(dayText('ja', '2026-11-01'), '11月1日')
  assert.equal(dayText('en', '2026-11-20'), '20 Nov')
  assert.equal(eraDateText('ja', '2027-03-31'), '令和9年3月31日')
  assert.equal(fiscalYearText('ja', 2026), '令和8年度')
  assert.equal(monthText('en', '2026-05'), 'May 2026')
  assert.equal(instantText('ja', '2026-05-10T15:00:00.000Z'), '2026年5月11日 0時00分')
  assert.equal(instantText('en', '2026-05-10T15:00:01.000Z', 'second'), '11 May 2026, 00:00:01 (JST)')
  assert.equal(textOf(breakable('令和8年度（2026年4月1日〜2027年3月31日）').text), '令和8年度（2026年4月1日〜2027年3月31日）')
  assert.deepEqual(monthsBetween('2026-11-30', '2027-02-01'), ['2027-02', '2027-01', '2026-12', '2026-11'])
})

test('figures: thousands by comma, negatives with a spoken sign, nothing is not zero, minutes as hours and minutes', () => {
  assert.equal(numText(3025340), '3,025,340')
  assert.equal(textOf(amount('ja', -1234567).text), '△マイナス1,234,567')
  assert.equal(textOf(amount('en', -5).text), '−minus 5')
  assert.equal(textOf(amount('ja', 0).text), '0')
  assert.equal(textOf(amount('ja', null).text), '–該当なし')
  assert.equal(durationText('ja', 90), '1時間30分')
  assert.equal(durationText('ja', 60), '1時間')
  assert.equal(durationText('en', 90), '1\u00a0h 30\u00a0min')
  assert.equal(durationText('ja', 0), '0分')
  assert.equal(textOf(duration('ja', 61_245).text), '1,020時間45分')
})

test('dots stand for the hours they say, and the field says in words what it shows', () => {
  const dots = countDots(1_755 * 60, 1_655 * 60)
  assert.equal(dots.hoursPerDot, 5)
  assert.equal(dots.people, 351)
  assert.equal(dots.public, 331)
  const field = dotField('ja', 1_755 * 60, 1_655 * 60)?.text ?? ''
  assert.match(field, /点ひとつが5時間。人のために351個（1,755時間）/)
  assert.match(dotField('ja', 125, 60)?.text ?? '', /2時間5分/)
  assert.equal(field.includes('style='), false)
  assert.equal(dotField('ja', 0, 0), null)
})

test('bars stand by size with the merged rest last, and the table sums them', () => {
  const rows = [
    { name: { ja: 'その他', en: 'Other' }, forPeople: 9_015, forPublic: 0, last: true },
    { name: { ja: '小', en: 'Small' }, forPeople: 60, forPublic: 60 },
    { name: { ja: '大', en: 'Large' }, forPeople: 0, forPublic: 600 },
  ]
  const table = categoryBars('ja', rows, { ja: '見出し', en: 'Caption' }).text
  const names = [...table.matchAll(/<th scope="row">([^<]*)</g)].map((found) => found[1])
  assert.deepEqual(names, ['大', '小', 'その他', '計'])
  assert.match(textOf(table), /計 151:15151時間15分 11:0011時間 162:15162時間15分$/)
})

test('a month with too few people has no column, and says so', () => {
  const columns = monthColumns('ja', [
    { month: '2026-04', minutes: 600 },
    { month: '2026-05', minutes: null },
  ]).text
  assert.match(textOf(columns), /4月月、10時間/)
  assert.match(textOf(columns), /5月月、人数が少ないため載せていません/)
})

test('a table of a statement carries its unit columns, account numbers and rules', () => {
  const table = statementTable('ja', {
    caption: { ja: '表', en: 'Table' },
    first: { ja: '科目', en: 'Account' },
    columns: [{ name: { ja: '分', en: 'min' } }, { name: { ja: '参考円', en: 'Yen' }, reference: true }],
    rows: [
      { name: { ja: '和の提供', en: 'Given' }, account: 4110, figures: [90, 2742] },
      { name: { ja: '当期差額', en: 'Net' }, style: 'end', figures: [-90, null] },
    ],
    showAccounts: true,
    fill: 1,
  }).text
  assert.match(table, /<td class="code">4110<\/td>/)
  assert.match(table, /<tr class="fill" aria-hidden="true"><td colspan="4">&nbsp;<\/td><\/tr><tr class="end">/)
  assert.equal(table.match(/scope="col"/g)?.length, 4)
})

test('what comes from outside is bounded text, and leads nowhere else', () => {
  const field = parseFields({ a: 'x', b: ['y'], c: 'z'.repeat(9_999) })
  assert.deepEqual([field('a'), field('b'), field('c').length, field('none'), parseFields(undefined)('a')], ['x', '', 4_000, '', ''])
  assert.deepEqual(
    [parseAt({ at: '12' }), parseAt({ at: '-1' }), parseAt({ at: '1e3' }), parseAt({}), parseAt({ at: '9'.repeat(16) })],
    [12, undefined, undefined, undefined, undefined],
  )
  const kept = ['/me', '/me/acts/3kabc', '/me/acts?before=12.0']
  assert.deepEqual(kept.map(parseNext), kept)
  const strange = ['https://evil.example', '//evil.example', '/\\evil.example', 'me', '', '/me\nx', 'javascript:alert(1)']
  assert.deepEqual(
    strange.map(parseNext),
    strange.map(() => '/me'),
  )
  assert.deepEqual(
    [href('en', '/me#b5'), href('en', '/me?done=x#asks'), href('ja', '/me')],
    ['/me?lang=en#b5', '/me?done=x&lang=en#asks', '/me'],
  )
})

test('the tokens checked in are the package’s, with its names and values', () => {
  assert.equal(readFileSync(tokensFile, 'utf8'), tokensCss())
})
