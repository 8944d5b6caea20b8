// Where to look first in a demo, for the banner of each of its starts.

import { startOfFiscalYear, civilAt } from '../network/civil-now.ts'
import type { NetworkUrls } from '../network/specs.ts'
import { desks } from './cast.ts'
import { openedAt } from './settle.ts'

const YEAR_LENGTH = 4
const TOWN = '172014'
const PREFECTURE = '17'
const [[, { handle: APPROVER }]] = desks

/** Lines for a terminal: addresses, each with what it shows. `resident`: a handle to sign in with. */
export const whatToSee = async (urls: NetworkUrls, resident: string): Promise<readonly string[]> => {
  // The log begins with the year that the demo shows closed.
  const closed = Number(startOfFiscalYear(civilAt(Date.parse(await openedAt(urls))).date).slice(0, YEAR_LENGTH))
  const pages = [
    [`m/${TOWN}/${closed}`, 'last year, closed and restated: why, how it checks, what was in dispute'],
    [`m/${TOWN}/${closed}/v1`, 'the version that was replaced'],
    [`m/${TOWN}/${closed + 1}`, 'the year after, with 過年度: what was confirmed only after the cut-off'],
    [`m/${PREFECTURE}`, 'both towns as one prefecture'],
    [`network/statement/${closed}`, 'all municipalities as one'],
    [`desk/${TOWN}`, `the desk, signed in as ${APPROVER}: a dispute, a list of forty, the audit queue`],
    ['me', `one’s own, signed in as ${resident}`],
  ]
  return [...pages.flatMap(([path = '', what = '']) => [`  ${urls.appview}/${path}`, `      ${what}`]), '  (passwords are in logins.json)']
}
