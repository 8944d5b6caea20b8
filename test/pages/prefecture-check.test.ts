// A prefecture's page holds what its municipalities have signed against the records: the honest ones are the same; one that signs a false figure is named,
// with the statement, the line and both figures; so does the method and the command.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { cidForCbor } from '../../atproto/cid.ts'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import { publicationsOf } from '../../appview/close/publish-set.ts'
import { statementSet } from '../../appview/close/statement-set.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import type { Store } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { recordsWith } from '../close/altered-records.ts'
import { partOf } from '../appview/books-town.ts'
import { COLOURS, EVERY_RULE, faultsOf, launchBrowser } from '../support/barriers.ts'
import { chromiumPath, skipUnless } from '../support/needs.ts'
import { federationPages, KANAZAWA, KOMATSU } from './filled-federation.ts'
import { seen } from './visitor.ts'

const YEAR = 2026
const MOST_BYTES = 60_000
const IN_MAY = '2027-05-30T00:00:00.000Z'
/** After the cut-off of the year. */
const IN_JUNE = '2027-06-02T00:00:00.000Z'

const rowOf = (repo: string, collection: string, rkey: string, value: Json, leaf: number, recordedAt = IN_JUNE): IntakeRow => {
  const place = { origin: 'test/1', leaf, op: 0, recordedAt, source: 'record', action: 'create' } as const
  const cid = cidForCbor(encodeData(jsonToData(value))).toString()
  return { ...place, repo, collection, rkey, uri: `at://${repo}/${collection}/${rkey}`, cid, value }
}

/** The town's close as its desk would publish it, or as `alter` makes it. */
const closeOf = async ({ books }: Store, code: string, leaf: number, alter: (record: Json) => Json = (record) => record) => {
  const { roster } = await books.state()
  const query = { scope: code, fiscalYear: YEAR, version: 1, revaluedBy: [], alreadyMerged: [], leftOutBefore: [] }
  const repo = roster.find((town) => town.code === code)?.did ?? assert.fail(code)
  const set = await statementSet(books, roster, query)
  const all = publicationsOf({ repo, scope: code, fiscalYear: YEAR, version: 1, set, gaps: 0, createdAt: IN_JUNE })
  return all.map(({ collection, rkey, record }, index) =>
    rowOf(repo, collection, rkey, alter(JSON.parse(JSON.stringify(record))), leaf + index),
  )
}

/** Komatsu closes as its books are, Kanazawa as if an hour more had been given; Kaga has not closed. `desk`: who has written of a dispute, for its desk alone. */
const closedFederation = async (t: TestContext, desk?: string) => {
  const site = await federationPages(t)
  const { store, clock, visitor } = site
  const { books } = store
  await books.bind({ name: 'test/1', key: 'key', base: 0, created: '2026-04-01T00:00:00.000Z' })
  const { roster } = await books.state()
  const take = async (rows: readonly IntakeRow[]): Promise<void> => {
    const writer = await openWriter({ books, clock, roster: () => roster })
    await writer.append(rows.map(partOf))
  }
  assert.doesNotMatch(seen(await visitor.get(`/m/17/${YEAR}`)), /市町が署名した数字との照合/)
  clock.set(IN_JUNE)
  const next = async (): Promise<number> => (await books.state()).cursor.read.leaf + 1
  const dispute = { $type: nsid.entry, kind: 'dispute', commitment: { $bytes: 'A'.repeat(43) }, createdAt: IN_MAY }
  const repo = roster.find(({ code }) => code === desk)?.did ?? desk
  if (repo !== undefined) await take([rowOf(repo, nsid.entry, '3ky', dispute, await next(), IN_MAY)])
  const notice = { $type: nsid.notice, title: 'x', body: 'y', createdAt: IN_JUNE }
  await take([rowOf(roster[0]?.did ?? '', nsid.notice, '3kx', notice, await next())])
  await take(await closeOf(store, KOMATSU, await next()))
  await take(await closeOf(store, KANAZAWA, await next(), recordsWith({ moreGiven: 60 })))
  return site
}

test('a municipality that signs a false figure is found and named', async (t) => {
  const { visitor } = await closedFederation(t)
  const page = await visitor.get(`/m/17/${YEAR}`)
  const shown = seen(page)
  assert.match(shown, /市町が署名した数字との照合/)
  assert.match(shown, /小松市\s*第1版\s*一致(?!しません)/)
  assert.match(shown, /加賀市\s*–\s*まだ締めていません/)
  assert.match(shown, /金沢市\s*第1版\s*一致しません/)
  const [, signed = '', made = ''] = /金沢市\s*地域全体の計算書.*?（分）\s*([\d,]+)\s+([\d,]+)/s.exec(shown) ?? []
  const number = (text: string): number => Number(text.replaceAll(',', ''))
  assert.ok(number(made) > 600)
  assert.equal(number(signed), number(made) + 60)
  assert.equal(shown.match(/の計算書行/g)?.length, 1, 'one statement of one municipality')
  assert.match(seen(await visitor.get(`/m/17/${YEAR}?lang=en`)), /Kanazawa City: Statement of the whole area/)
  assert.match(seen(await visitor.get(`/network/statement/${YEAR}`)), /金沢市\s*第1版\s*一致しません/)
  assert.ok(Buffer.byteLength(page.text) < MOST_BYTES)
})

test('an entry of somebody who is no municipality excuses nothing', async (t) => {
  const { visitor } = await closedFederation(t, 'did:plc:z72i7hdynmk6r22z27h6tvur')
  assert.match(seen(await visitor.get(`/m/17/${YEAR}`)), /金沢市\s*第1版\s*一致しません/)
})

test('what a dispute of its own desk can touch is not verifiable, and says why', async (t) => {
  const { visitor } = await closedFederation(t, KANAZAWA)
  const shown = seen(await visitor.get(`/m/17/${YEAR}`))
  assert.match(
    shown,
    /金沢市\s*第1版\s*照合できません（非公開の記入）\s*窓口だけが中身を知る記入1件（172014）。触れうるのは1件の行為、\d+分まで/,
  )
  assert.match(shown, /小松市\s*第1版\s*一致(?!しません)/)
})

const skip = skipUnless(chromiumPath, 'a Chromium')

test('the check is accessible, narrow and wide, light and dark', { skip, timeout: 120_000 }, async (t) => {
  const { url } = await closedFederation(t)
  const browser = await launchBrowser()
  t.after(() => browser.close())
  for (const [width, colorScheme, rules] of [
    [360, 'light', EVERY_RULE],
    [1280, 'light', EVERY_RULE],
    [360, 'dark', COLOURS],
  ] as const) {
    const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 800 } })
    const page = await context.newPage()
    await page.goto(`${url}/m/17/${YEAR}`)
    assert.deepEqual(await faultsOf(page, rules), [], `${width} px, ${colorScheme}`)
    await context.close()
  }
})
