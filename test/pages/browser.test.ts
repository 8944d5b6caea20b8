// The pages in a browser: WCAG 2.2 A and AA and best practice by axe, folds open, at 360 and 1,280 px, the colours in dark as well; nothing to scroll
// sideways in either language; and a walk by clicking, with scripts switched off, from sign-in to a line of a statement.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { COLOURS, EVERY_RULE, faultsOf, launchBrowser, openFolds, sidewaysOf } from '../support/barriers.ts'
import { chromiumPath, skipUnless } from '../support/needs.ts'
import { World } from '../support/world.ts'
import { fillTown, type FilledTown } from './filled-town.ts'
import { Visitor } from './visitor.ts'

const skip = skipUnless(chromiumPath, 'a Chromium')
/** English is laid out as Japanese is where there is room, and colours are the same at each width and in each language. */
const VIEWS = [
  { width: 360, colorScheme: 'light', rules: EVERY_RULE, axeLooksAt: ['', '?lang=en'], measured: [] },
  { width: 1280, colorScheme: 'light', rules: EVERY_RULE, axeLooksAt: [''], measured: ['?lang=en'] },
  { width: 360, colorScheme: 'dark', rules: COLOURS, axeLooksAt: [''], measured: [] },
] as const
const MOST_HTML_BYTES = 60_000
const MOST_STYLE_BYTES = 15_000
const LONG = { skip, timeout: 300_000 }

let browser: Browser
let filled: FilledTown
let empty: World

before(async () => {
  if (skip !== false) return
  browser = await launchBrowser()
  filled = await fillTown()
  empty = await World.start()
  const town = await empty.member('komatsu')
  await town.openBooks('172031', '2026-04-01')
  await empty.openAppview([{ code: '172031', did: town.did }])
  await empty.settled()
})

after(async () => {
  await browser?.close()
  await filled?.world[Symbol.asyncDispose]()
  await empty?.[Symbol.asyncDispose]()
})

/** As somebody who came back from their own server: its pages need a script, ours none. The whole way is in oauth-browser.test.ts. */
const signIn = async (page: Page, handle: string): Promise<void> => {
  const visitor = new Visitor(filled.world.appview.url)
  await visitor.signIn(handle)
  await page.context().addCookies([...visitor.cookies])
}

type Place = { readonly name: string; readonly path: string; readonly isOwn?: boolean; readonly status?: number }

const places = (): readonly Place[] => {
  const { acts } = filled
  return [
    { name: 'home', path: '/' },
    { name: 'statement', path: '/m/172014/2026' },
    { name: 'a person', path: '/p/ben.pds1.test' },
    { name: 'network', path: '/network' },
    { name: 'sign-in', path: '/sign-in' },
    { name: 'not found', path: '/nothing', status: 404 },
    { name: 'about', path: '/about' },
    { name: 'me', path: '/me', isOwn: true },
    { name: 'records', path: '/me/acts', isOwn: true },
    { name: 'record', path: '/me/record', isOwn: true },
    { name: 'notices', path: '/me/notices', isOwn: true },
    { name: 'trace', path: `/me/acts/${acts.recognised}`, isOwn: true },
    { name: 'trace of a refused record', path: `/me/acts/${acts.refused}`, isOwn: true },
  ]
}

const newContext = (width: number, colorScheme: 'light' | 'dark'): Promise<BrowserContext> =>
  // axe is a script of the test, which the pages' own policy would not let in.
  browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 800 } })

for (const { width, colorScheme, rules, axeLooksAt, measured } of VIEWS)
  test(`no page has a barrier at ${width} px, ${colorScheme}`, LONG, async () => {
    const owner = await newContext(width, colorScheme)
    const stranger = await newContext(width, colorScheme)
    const own = await owner.newPage()
    await signIn(own, filled.aoi.session.handle)
    const open = await stranger.newPage()
    const faults: string[] = []
    for (const { name, path, isOwn = false, status = 200 } of places())
      for (const query of [...axeLooksAt, ...measured]) {
        const page = isOwn ? own : open
        const response = await page.goto(`${filled.world.appview.url}${path}${query}`)
        assert.equal(response?.status(), status, path)
        assert.ok(((await response?.body())?.length ?? 0) <= MOST_HTML_BYTES, path)
        await openFolds(page)
        const found = axeLooksAt.some((each) => each === query) ? await faultsOf(page, rules) : await sidewaysOf(page)
        faults.push(...found.map((fault) => `${name}${query}: ${fault}`))
      }
    await own.goto(`${filled.world.appview.url}/me/record`)
    await own.fill('#otherMinutes', '0')
    await own.evaluate("document.querySelector('form').setAttribute('novalidate', '')")
    await own.click('form.form button.big')
    assert.equal(await own.locator('[role=alert] a').count(), 2)
    faults.push(...(await faultsOf(own, rules)).map((fault) => `record with mistakes: ${fault}`))
    await open.goto(empty.appview.url)
    faults.push(...(await faultsOf(open, rules)).map((fault) => `empty town: ${fault}`))
    assert.deepEqual(faults, [])
    await owner.close()
    await stranger.close()
  })

test('a barrier is seen, in light and in dark, and so is what scrolls sideways', LONG, async () => {
  const context = await newContext(360, 'dark')
  const page = await context.newPage()
  await page.setContent('<!doctype html><html><p style="color: #777; background: #888; width: 500px">dim</p><img src="data:,"></html>')
  const seen = async (rules = EVERY_RULE): Promise<string[]> => [
    ...new Set((await faultsOf(page, rules)).map((fault) => fault.split(': ')[0] ?? '')),
  ]
  for (const id of ['color-contrast', 'html-has-lang', 'image-alt', 'landmark-one-main']) assert.ok((await seen()).includes(id), id)
  assert.ok((await seen()).some((fault) => fault.endsWith('px to scroll sideways')))
  assert.ok((await seen(COLOURS)).includes('color-contrast'))
  await context.close()
})

test('a page is two requests, and its style is small', LONG, async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const asked: string[] = []
  let styleBytes = 0
  page.on('request', (request) => void asked.push(request.resourceType()))
  page.on('requestfinished', async (request) => {
    if (request.resourceType() === 'stylesheet') styleBytes = (await request.sizes()).responseBodySize
  })
  await page.goto(filled.world.appview.url, { waitUntil: 'networkidle' })
  assert.deepEqual(
    asked.filter((type) => type !== 'other'),
    ['document', 'stylesheet'],
  )
  assert.ok(styleBytes > 0 && styleBytes <= MOST_STYLE_BYTES, `${styleBytes} bytes`)
  await context.close()
})

/** Whether the focused element has a size and a drawn outline, and what it is. */
const FOCUSED = `(() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
  const { width, height } = document.activeElement.getBoundingClientRect()
  const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0
  return (isSeen ? 'seen ' : 'unseen ') + document.activeElement.outerHTML.slice(0, 80)
})()`

test('the keyboard meets the way past the menu first, and every place it stops is seen', LONG, async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(`${filled.world.appview.url}/m/172014/2026`)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate("document.activeElement.getAttribute('href')"), '#main')
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press('Tab')
    const stop = String(await page.evaluate(FOCUSED))
    assert.match(stop, /^seen /, stop)
  }
  await context.close()
})

test('sign in, record, have it confirmed, and follow it to the statement: by clicking, without any script', LONG, async () => {
  const { world, host } = filled
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && void complaints.push(message.text()))
  await page.goto(world.appview.url)
  await page.getByRole('link', { name: 'サインイン' }).click()
  await page.getByRole('textbox', { name: 'ハンドル' }).fill('nobody.pds1.test')
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByText('このハンドルのアカウントが見つかりません').waitFor()
  complaints.length = 0
  await signIn(page, 'chie.pds1.test')
  await page.goto(`${world.appview.url}/me`)
  await page.getByRole('link', { name: '行動を記録する' }).click()
  await page.getByText('まちづくり', { exact: true }).click()
  await page.getByText('45分', { exact: true }).click()
  await page.getByText('市町・受入機関・だれのために').click()
  await page.getByLabel('受入機関').selectOption({ label: '犀川をきれいにする会' })
  await page.getByLabel('だれのために').selectOption({ label: '地域のみんなのため（公共）' })
  await page.getByRole('button', { name: '記録する' }).click()
  await page.getByRole('img', { name: /確認用のQRコード/ }).waitFor()
  await page.getByRole('link', { name: 'あとで確かめてもらう' }).click()
  await page.getByText('確認を待っています').waitFor()
  const trace = page.url()
  await page.getByRole('link', { name: 'わたしの和' }).first().click()
  await page.getByRole('button', { name: 'サインアウトする' }).click()

  await signIn(page, host.session.handle)
  await page.goto(`${world.appview.url}/sign-in?lang=en`)
  const ask = page.getByRole('listitem').filter({ hasText: 'chie.pds1.test' })
  await ask.getByRole('button', { name: 'It was done' }).click()
  await page.getByText('Your confirmation is written').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()

  await signIn(page, 'chie.pds1.test')
  await page.goto(`${world.appview.url}/sign-in?next=${encodeURIComponent(new URL(trace).pathname)}`)
  await page.getByText('この45分は、決算書に入っています').waitFor()
  assert.equal(await page.locator('ol.way > li').count(), 7)
  await page.getByRole('link', { name: /令和8年度の決算書/ }).click()
  await page.getByRole('heading', { name: '地域全体', exact: true }).waitFor()
  assert.deepEqual(complaints, [])
  await context.close()
})
