// The whole way of a resident in a browser: sign in at the appview with an account on our PDS, on a phone, and with one on the official PDS, on a desktop,
// allow, record an act, see it, take the permission back at the PDS, be told so, sign in again, sign out. Our pages are looked at on both.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Browser, type Page } from 'playwright-core'
import { createAccount, procedure } from '../../cli/xrpc-client.ts'
import { faultsOf, launchBrowser } from '../support/barriers.ts'
import { chromiumPath, referencePdsDir, skipUnless } from '../support/needs.ts'
import { startReferencePds } from '../support/reference-pds.ts'
import { KANAZAWA } from '../support/town.ts'
import { PASSWORD, World } from '../support/world.ts'
import type { Member } from '../support/member.ts'

const LONG = { skip: skipUnless(chromiumPath, 'a Chromium'), timeout: 300_000 }
const REFERENCE = { ...LONG, skip: LONG.skip === false ? skipUnless(referencePdsDir, 'the official PDS (npm run peers)') : LONG.skip }
const [PHONE, DESKTOP] = [360, 1280]
const WIDTHS = [PHONE, DESKTOP]
/** Where pictures of each step go, for whoever wants to look. */
const shots = process.env['SHOTS_DIR']

let browser: Browser
let world: World
let town: Member
let reference: string | undefined

before(async () => {
  if (LONG.skip !== false) return
  browser = await launchBrowser()
  // The official PDS has no settable clock, so civil time is today's.
  world = await World.start({ from: new Date().toISOString() })
  town = await world.member('kanazawa')
  await town.openBooks(KANAZAWA, '2026-04-01')
  if (referencePdsDir !== undefined) reference = await startReferencePds(world, referencePdsDir)
  const [ours] = world.pds
  const handleHosts = { '.pds1.test': ours?.url ?? '', ...(reference === undefined ? {} : { '.test': reference }) }
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { handleHosts })
})

after(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
})

/** Somebody the town knows, with an account on one of the two. */
const resident = async (service: string, handle: string): Promise<void> => {
  const session = await createAccount(service, { handle, email: `${handle.replaceAll('.', '-')}@example.jp`, password: PASSWORD })
  await town.admit(session.did)
  await procedure(world.relay.url, 'com.atproto.sync.requestCrawl', { hostname: new URL(service).host })
}

class Walk {
  readonly page: Page
  readonly #name: string
  #step = 0
  readonly faults: string[] = []

  constructor(page: Page, name: string) {
    this.page = page
    this.#name = name
  }

  /** Looks at one of our own pages: no barrier, nothing to scroll sideways. */
  async look(what: string): Promise<void> {
    const { height = 0, width: own = 0 } = this.page.viewportSize() ?? {}
    for (const width of [...WIDTHS.filter((each) => each !== own), own]) {
      await this.page.setViewportSize({ width, height })
      await this.picture(`${what}-${width}`)
      this.faults.push(...(await faultsOf(this.page)).map((fault) => `${what} at ${width} px: ${fault}`))
    }
  }

  async picture(what: string): Promise<void> {
    this.#step++
    if (shots === undefined) return
    mkdirSync(shots, { recursive: true })
    await this.page.screenshot({ path: join(shots, `${this.#name}-${this.#step}-${what}.png`), fullPage: true })
  }
}

/** At the pages of the person's own server: gives the password, and allows. */
const allow = async (walk: Walk): Promise<void> => {
  const { page } = walk
  await page.waitForURL('**/oauth/authorize?**')
  await page.locator('input[type=password]').fill(PASSWORD)
  await walk.picture('password')
  await page.keyboard.press('Enter')
  const yes = page.getByRole('button', { name: '承認' })
  await yes.waitFor()
  await walk.picture('consent')
  await yes.click()
}

const signIn = async (walk: Walk, handle: string): Promise<void> => {
  await walk.page.getByRole('textbox', { name: 'ハンドル' }).fill(handle)
  await walk.page.getByRole('button', { name: '次へ' }).click()
  await allow(walk)
}

const record = async ({ page }: Walk): Promise<void> => {
  await page.goto(`${world.appview.url}/me/record`)
  await page.getByText('文化', { exact: false }).first().click()
  await page.getByText('45分', { exact: true }).click()
  await page.getByRole('button', { name: '記録する' }).click()
}

/** At the account page of the person's own server: ends what was allowed. */
const takeBack = async (walk: Walk, service: string, handle: string): Promise<void> => {
  const { page } = walk
  await page.goto(`${service}/account`)
  await page.getByRole('button', { name: 'サインイン' }).click()
  await page.locator('input[type=password]').waitFor()
  await page.locator('input:not([type=password]):not([type=checkbox])').first().fill(handle)
  await page.locator('input[type=password]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('a[href$="/apps"]').first().click()
  await page.getByRole('button', { name: '詳細' }).click()
  const end = page.getByRole('button', { name: 'アクセスを取り消す' })
  await end.waitFor()
  await walk.picture('connected-app')
  const answered = page.waitForResponse((response) => response.url().endsWith('/revoke-oauth-session'))
  await end.click()
  assert.equal((await answered).status(), 200)
}

const walkThrough = async (width: number, service: string, handle: string): Promise<void> => {
  const { url } = world.appview
  await resident(service, handle)
  const context = await browser.newContext({ bypassCSP: true, locale: 'ja-JP', viewport: { width, height: 800 } })
  const page = await context.newPage()
  const walk = new Walk(page, handle)
  await page.goto(`${url}/me`)
  await walk.look('sign-in')
  await signIn(walk, handle)
  await page.waitForURL(`${url}/me`)
  await page.getByText(handle).first().waitFor()
  await walk.look('me')
  await record(walk)
  await page.waitForURL(/\/me\/(?:acts|record)\/.+/)
  await walk.look('recorded')
  await takeBack(walk, service, handle)
  await record(walk)
  await page.waitForURL('**/sign-in?**')
  await page.getByText('もう一度サインインしてください').waitFor()
  await walk.look('ended')
  await page.goto(`${url}/me`)
  assert.match(page.url(), /\/sign-in\?/, 'reading is over as well')
  await signIn(walk, handle)
  await page.waitForURL(`${url}/me`)
  await page.getByRole('button', { name: 'サインアウトする' }).click()
  await page.getByRole('link', { name: 'サインイン', exact: true }).first().waitFor()
  await page.goto(`${url}/me`)
  assert.match(page.url(), /\/sign-in\?next=%2Fme$/)
  assert.deepEqual(walk.faults, [])
  await context.close()
}

test('a resident of our PDS, on a phone', LONG, async () => {
  await walkThrough(PHONE, world.pds[0]?.url ?? assert.fail(), 'aoi.pds1.test')
})

test('a resident of the official PDS, on a desktop', REFERENCE, async () => {
  await walkThrough(DESKTOP, reference ?? assert.fail(), 'taro.test')
})
