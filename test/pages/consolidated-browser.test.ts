// The pages of several municipalities in a browser: WCAG 2.2 A and AA and best practice by axe, folds open, at 360 px in both languages and at
// 1,280 px, the colours in dark as well; nothing to scroll sideways.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COLOURS, EVERY_RULE, faultsOf, launchBrowser, openFolds } from '../support/barriers.ts'
import { chromiumPath, skipUnless } from '../support/needs.ts'
import { federationPages, KANAZAWA, TAKAOKA } from './filled-federation.ts'

const skip = skipUnless(chromiumPath, 'a Chromium')
const PATHS = [
  `/m/${KANAZAWA}/2026`,
  `/m/${TAKAOKA}/2026`,
  '/m/17/2026',
  '/m/17/2025',
  '/m/16/2026',
  '/network/statement/2025',
  `/m/${KANAZAWA}/years`,
]

test('prefectures, the whole, worksheets and years: accessible, light and dark, narrow and wide', { skip, timeout: 300_000 }, async (t) => {
  const { url } = await federationPages(t)
  const browser = await launchBrowser()
  t.after(() => browser.close())
  const faults: string[] = []
  for (const [width, colorScheme, rules] of [
    [360, 'light', EVERY_RULE],
    [1280, 'light', EVERY_RULE],
    [1280, 'dark', COLOURS],
  ] as const) {
    // axe is a script of the test, which the pages' own policy would not let in.
    const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 800 } })
    const page = await context.newPage()
    for (const path of PATHS)
      for (const lang of width === 360 ? ['', '?lang=en'] : ['']) {
        const answer = await page.goto(`${url}${path}${lang}`)
        assert.equal(answer?.status(), 200, path)
        await openFolds(page)
        faults.push(...(await faultsOf(page, rules)).map((fault) => `${path}${lang} ${width} ${colorScheme}: ${fault}`))
      }
    await context.close()
  }
  assert.deepEqual(faults, [])
})
