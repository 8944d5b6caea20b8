// A browser for page tests, and what is wrong with a page as it stands in it: barriers by axe (WCAG 2.2 A and AA and best practice), anything to scroll
// sideways. axe runs in the page itself and tells violations alone: the same rules in a third of the time of its runner for pages with frames.

import assert from 'node:assert/strict'
import axe, { type RunOnly } from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { chromiumPath } from './needs.ts'

const MOST_HTML_SHOWN = 200

export const WCAG: RunOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }
export const EVERY_RULE: RunOnly = { type: 'tag', values: [...WCAG.values, 'best-practice'] }
/** What can be wrong in dark on a page that is well in light. */
export const COLOURS: RunOnly = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }), args: ['--no-sandbox', '--disable-gpu'] })

export const openFolds = async (page: Page): Promise<void> => {
  await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
}

export const sidewaysOf = async (page: Page): Promise<string[]> => {
  const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'))
  return beyond > 0 ? [`${beyond} px to scroll sideways`] : []
}

/** In words; nothing when all is well. */
export const barriersOf = async (page: Page, runOnly = EVERY_RULE): Promise<string[]> => {
  assert.equal(page.frames().length, 1, 'frames would have to be looked at as well')
  await page.evaluate(axe.source)
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'], selectors: false, preload: false })
  const found: unknown = await page.evaluate(`axe.run(document, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, ${MOST_HTML_SHOWN}))))`)
  return parseFaults(found)
}

/** Barriers, and what scrolls sideways. */
export const faultsOf = async (page: Page, runOnly = EVERY_RULE): Promise<string[]> => [
  ...(await barriersOf(page, runOnly)),
  ...(await sidewaysOf(page)),
]

const parseFaults = (value: unknown): string[] => {
  assert(Array.isArray(value), 'axe has looked')
  return value.map(String)
}
