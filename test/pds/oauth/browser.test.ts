// The sign-in pages in Chromium, on a phone and on a desk, in Japanese: an app in the page by the official browser client, unchanged, let in by a person,
// writes, refreshes, is seen among the person's apps, is revoked there, and is heard no more. Accessibility of the pages by axe.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { faultsOf, launchBrowser, WCAG } from '../../support/barriers.ts'
import { chromiumPath, skipUnless } from '../../support/needs.ts'
import { joinAs, localPds, PASSWORD, type LocalPds } from '../local-pds.ts'
import { servePage } from './module-server.ts'
import { personAt } from './person.ts'

const skip = skipUnless(chromiumPath, 'a Chromium')
const SCOPE = 'atproto repo:jp.example.note?action=create account:email'

let browser: Browser
before(async () => {
  if (skip === false) browser = await launchBrowser()
})
after(() => browser?.close())

/** The app: `window.app` is what the test calls. */
const scriptOf = (local: LocalPds) => `
import { BrowserOAuthClient, buildAtprotoLoopbackClientMetadata } from '@atproto/oauth-client-browser'
const client = new BrowserOAuthClient({
  handleResolver: ${JSON.stringify(local.pds.url)},
  plcDirectoryUrl: ${JSON.stringify(local.plc.url)},
  allowHttp: true,
  clientMetadata: buildAtprotoLoopbackClientMetadata({ scope: ${JSON.stringify(SCOPE)}, redirect_uris: [location.origin + '/'] }),
})
const found = await client.init()
const ask = async (path, init) => { try { const r = await found.session.fetchHandler(path, init); return [r.status, await r.json()] } catch (error) { return [0, String(error)] } }
window.app = {
  did: found?.session.did,
  signIn: (handle) => client.signInRedirect(handle, { ui_locales: 'ja' }),
  session: () => ask('/xrpc/com.atproto.server.getSession'),
  write: (collection) => ask('/xrpc/com.atproto.repo.createRecord', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ repo: found.session.did, collection, record: { $type: collection, text: 'x', createdAt: new Date().toISOString() } }) }),
  refresh: () => found.session.getTokenInfo(true).then((info) => info.scope),
}
document.getElementById('out').textContent = found?.session.did ?? 'nobody'
`

const parseList = (json: unknown) => json as readonly unknown[]

for (const { width, colorScheme } of [
  { width: 360, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const)
  test(`an app in the browser, at ${width} px, ${colorScheme}`, { skip, timeout: 120_000 }, async (t) => {
    const local = await localPds(t)
    const { did, handle } = await joinAs(local, 'hanako')
    const app = await servePage(scriptOf(local))
    t.after(() => app.close())
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale: 'ja-JP' })
    t.after(() => context.close())
    const page = await context.newPage()
    await page.goto(app.url)
    await page.waitForFunction('window.app !== undefined')
    await page.evaluate(`void window.app.signIn(${JSON.stringify(handle)})`)
    await page.waitForURL(`${local.pds.url}/oauth/authorize**`)

    // What chooses the language is called so.
    await page.getByLabel('言語', { exact: true }).waitFor()

    // Sign-in: the name is filled in; a wrong password is said to be wrong.
    const password = page.getByLabel('パスワード', { exact: true })
    await password.waitFor()
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja')
    assert.deepEqual(await faultsOf(page, WCAG), [])
    await password.fill('not this one')
    await page.getByRole('button', { name: 'サインイン', exact: true }).click()
    await page.getByText('ユーザー名かパスワードが違います').waitFor()
    assert.deepEqual(await faultsOf(page, WCAG), [])
    await password.fill(PASSWORD)
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'サインイン', exact: true }).click()

    // Consent: what the app wants is said in Japanese.
    await page.getByRole('button', { name: '承認', exact: true }).waitFor()
    await page.getByText('公開の記録を書く').waitFor()
    assert.deepEqual(await faultsOf(page, WCAG), [])
    await page.getByRole('button', { name: '承認', exact: true }).click()

    // Back at the app: it writes what it was let, nothing else, and refreshes.
    await page.waitForURL(`${app.url}/**`)
    await page.waitForFunction(`window.app?.did === ${JSON.stringify(did)}`)
    const ask = (call: string): Promise<[number, Record<string, unknown>]> => page.evaluate(`window.app.${call}`)
    assert.equal((await ask("write('jp.example.note')"))[0], 200)
    const [status, refusal] = await ask("write('jp.example.other')")
    assert.deepEqual([status, refusal['error']], [403, 'ScopeMissingError'])
    assert.equal(await page.evaluate('window.app.refresh()'), SCOPE)
    assert.equal((await ask('session()'))[1]['email'], 'hanako@example.jp')

    // The person sees the app, and takes away what it was given.
    const account = await context.newPage()
    await account.goto(`${local.pds.url}/account/u/${handle}/apps`)
    await account
      .getByRole('button', { name: '詳細' })
      .or(account.getByRole('link', { name: '詳細' }))
      .first()
      .click()
    await account
      .getByRole('button', { name: /取り消/ })
      .first()
      .click()
    await account.getByText('このアカウントを使っているアプリはありません').waitFor()
    const [after] = await ask('session()')
    assert.notEqual(after, 200)

    // And signs out where they are signed in elsewhere.
    const elsewhere = personAt(local.pds.url)
    await elsewhere.openAccount()
    await elsewhere.signIn(handle, PASSWORD)
    const devicesThere = async () => (await elsewhere.api('GET', '/device-sessions', {})).json
    assert.equal(Array.from(parseList(await devicesThere())).length, 1)
    await account.goto(`${local.pds.url}/account/u/${handle}/devices`)
    const signOut = account.locator('button:enabled:visible', { hasText: 'サインアウト' })
    await signOut.click()
    await signOut.waitFor({ state: 'detached' })
    assert.deepEqual(await devicesThere(), [])
  })
