// The desk in a browser: no page has a barrier (axe, WCAG 2.2 A and AA and best practice, folds open), nothing scrolls sideways, places to touch are
// large enough, one filled button at most; and a sheet of forty stamped by clicking, scripts switched off.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { atDesk, openDeskWorld, untilBooked, type DeskWorld } from '../desk/desk-world.ts'
import { eventually, listIn } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { COLOURS, EVERY_RULE, faultsOf, launchBrowser, openFolds } from '../support/barriers.ts'
import { chromiumPath, skipUnless } from '../support/needs.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { Visitor } from './visitor.ts'

const skip = skipUnless(chromiumPath, 'a Chromium')
const LONG = { skip, timeout: 300_000 }
const MOST_HTML_BYTES = 60_000
const DESK = `/desk/${KANAZAWA}`
const VIEWS = [
  { width: 360, colorScheme: 'light', rules: EVERY_RULE, query: '' },
  { width: 1280, colorScheme: 'light', rules: EVERY_RULE, query: 'lang=en' },
  { width: 1280, colorScheme: 'dark', rules: COLOURS, query: '' },
] as const

let browser: Browser
let desk: DeskWorld
let traced = ''

before(async () => {
  if (skip !== false) return
  browser = await launchBrowser()
  desk = await openDeskWorld()
  const { world, town, clerk } = desk
  const [aoi, ren] = (await residents(town, ['aoi', 'ren'])) as [Member, Member]
  const rows = [`1024,青井花子,${aoi.did},2026-04-01,H1,`, `1025,蓮沼次郎,${ren.did},2026-04-01,H1,`, '1027,空野月子,,2026-04-01,,1']
  await atDesk(clerk, 'importRegister', { apply: true, csv: ['id,name,did,from,household,protected', ...rows].join('\r\n') })
  const act = await aoi.act(KANAZAWA, { minutes: 60, category: 'elderly' })
  await ren.confirm(act)
  const ruled = await aoi.act(KANAZAWA, { minutes: 30, category: 'elderly' })
  await ren.confirm(ruled)
  await world.settled()
  await atDesk(clerk, 'openDispute', { uri: act.uri, reason: '来ていない' })
  await world.settled()
  await followedRuling(ruled.uri, ren)
  traced = act.uri
})

/** A ruling with an appeal against it, a suspension that runs, and one that is proposed. */
const followedRuling = async (uri: string, confirmer: Member): Promise<void> => {
  const { town, clerk, approver } = desk
  const approved = async (draft: Readonly<Record<string, unknown>>): Promise<void> => {
    await atDesk(approver, 'approve', { id: String(draft['id']), version: Number(draft['version']) })
    await desk.world.settled()
  }
  const { uri: dispute } = await atDesk(clerk, 'openDispute', { uri, reason: '覚えがない' })
  await untilBooked(desk, String(dispute))
  await approved(await atDesk(clerk, 'proposeRuling', { dispute: String(dispute), outcome: 'upheld', reason: '双方の話による' }))
  const ruling = await eventually(
    async () => String(listIn(await atDesk(clerk, 'listUpheldRulings'), 'rulings')[0]?.['uri']),
    (found) => found.startsWith('at://'),
    'the ruling is in the books',
  )
  const { uri: appeal } = await atDesk(clerk, 'openAppeal', { ruling, reason: '来ていただきました。写真もあります。' })
  await untilBooked(desk, String(appeal))
  const suspension = { ruling, until: '2026-06-30', reason: '行われていない行動を確認した' }
  await approved(await atDesk(clerk, 'proposeSuspension', { ...suspension, did: confirmer.did }))
  await eventually(
    async () => listIn(listIn(await atDesk(clerk, 'listUpheldRulings'), 'rulings')[0] ?? {}, 'suspensions').length,
    (length) => length === 1,
    'the suspension is in the books',
  )
  await atDesk(town, 'proposeSuspension', { ...suspension, did: uri.split('/')[2] ?? '' })
}

after(async () => {
  await browser?.close()
  await desk?.world[Symbol.asyncDispose]()
})

const signedIn = async (who: Member, options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> => {
  const visitor = new Visitor(desk.world.appview.url)
  await visitor.signIn(who.session.handle)
  const context = await browser.newContext(options)
  await context.addCookies([...visitor.cookies])
  return context
}

/** Buttons, fields and their like lower than a finger; more than one filled button. */
const TOO_SMALL = `[...document.querySelectorAll('main .btn, main button:not(.vh), main select, main input:not([type=hidden], [type=checkbox], [type=radio])')]
  .filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML.slice(0, 120))`
const FILLED = "document.querySelectorAll('main .btn:not(.line, .text)').length"

const faultsAtDesk = async (page: Page, rules = EVERY_RULE): Promise<string[]> => {
  await openFolds(page)
  const barriers = await faultsOf(page, rules)
  const small: unknown = await page.evaluate(TOO_SMALL)
  const filled = Number(await page.evaluate(FILLED))
  return [
    ...barriers,
    ...(Array.isArray(small) ? small.map((one) => `small: ${String(one)}`) : []),
    ...(filled > 1 ? [`${filled} filled buttons`] : []),
  ]
}

for (const { width, colorScheme, rules, query } of VIEWS)
  test(`no page of the desk has a barrier at ${width} px, ${colorScheme}${query}`, LONG, async () => {
    // axe is a script of the test, which the pages' own policy would not let in.
    const context = await signedIn(desk.town, { bypassCSP: true, colorScheme, viewport: { width, height: 800 } })
    const page = await context.newPage()
    const paths = [
      '',
      '/stamps',
      '/stamps/new',
      '/register',
      '/register/person?id=1024',
      '/register/import',
      '/register/opening',
      '/disputes',
    ]
    const faults: string[] = []
    for (const path of [
      ...paths,
      `/trace?uri=${encodeURIComponent(traced)}`,
      '/close',
      '/jobs',
      '/rules',
      '/rules/policy',
      '/rules/rates',
      '/hosts',
      '/staff',
    ]) {
      const response = await page.goto(`${desk.world.appview.url}${DESK}${path}${path.includes('?') ? '&' : '?'}${query}`)
      assert.equal(response?.status(), 200, path)
      faults.push(...(await faultsAtDesk(page, rules)).map((fault) => `${path}: ${fault}`))
    }
    assert.deepEqual(faults, [])
    await context.close()
  })

test('forty are stamped by clicking, without any script, and each page on the way is without barriers', LONG, async () => {
  const context = await signedIn(desk.clerk, { javaScriptEnabled: false, viewport: { width: 360, height: 800 } })
  const page = await context.newPage()
  await page.goto(`${desk.world.appview.url}${DESK}`)
  await page.getByRole('link', { name: 'スタンプ台帳をつくる' }).click()
  await page.getByLabel('催しの名前').fill('川の清掃')
  await page.getByLabel('受入機関').selectOption({ label: '受入機関' })
  await page.getByLabel('名簿', { exact: true }).fill(Array.from({ length: 40 }, (_unused, i) => `card:K-${i + 1}`).join('\n'))
  await page.getByRole('button', { name: '下書きに保存して' }).click()
  await page.getByLabel('カード K-3', { exact: true }).uncheck()
  await page.getByLabel('カード K-4の分数').fill('30')
  await page.getByRole('button', { name: '下書きを保存' }).click()
  await page.getByText('下書きを保存しました').waitFor()
  const sheet = new URL(page.url()).pathname
  await page.getByRole('button', { name: '合計を確かめて' }).click()
  assert.match(await page.locator('.tot').innerText(), /39人\s*2,310分/)
  await page.getByRole('button', { name: '二人目に回す' }).click()
  await page.getByText('あなたが一人目です').waitFor()

  const second = await signedIn(desk.approver, { bypassCSP: true, viewport: { width: 360, height: 800 } })
  const other = await second.newPage()
  const response = await other.goto(`${desk.world.appview.url}${sheet}`)
  assert.ok(((await response?.body())?.length ?? 0) <= MOST_HTML_BYTES)
  const faults = await faultsAtDesk(other)
  await other.getByRole('button', { name: '承認して公開する' }).click()
  await other.getByText('承認して公開しました').waitFor()
  faults.push(...(await faultsAtDesk(other)))
  assert.match(await other.locator('.tiles-3').innerText(), /帳簿に入った時間\s*2,310\s*分/)
  assert.deepEqual(faults, [])
  await context.close()
  await second.close()
})
