// The pages of several municipalities in a browser: WCAG 2.2 A and AA and best practice by axe, folds open, light and dark, at 360 and 1,280 px, in both
// languages; nothing to scroll sideways.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import { chromiumPath, skipUnless } from '../support/needs.ts'
import { federationPages, KANAZAWA, TAKAOKA } from './filled-federation.ts'

const skip = skipUnless(chromiumPath, 'a Chromium')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
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
  const browser = await chromium.launch({ ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }), args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const faults: string[] = []
  for (const [width, colorScheme] of [
    [360, 'light'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const) {
    // axe is a script of the test, which the pages' own policy would not let in.
    const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 800 } })
    const page = await context.newPage()
    for (const path of PATHS)
      for (const lang of width === 360 ? ['', '?lang=en'] : ['']) {
        const answer = await page.goto(`${url}${path}${lang}`)
        assert.equal(answer?.status(), 200, path)
        await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        const { violations } = await new AxeBuilder({ page }).options({ runOnly: RULES }).analyze()
        const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'))
        const where = `${path}${lang} ${width} ${colorScheme}`
        faults.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${where}: ${id}: ${html.slice(0, 200)}`)))
        if (beyond > 0) faults.push(`${where}: ${beyond} px to scroll sideways`)
      }
    await context.close()
  }
  assert.deepEqual(faults, [])
})
