// Public figures are as known at the last midnight: what was confirmed since is not in them yet, and pages say so instead of showing nothing.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import { actRows, openingRows, partOf, personDid, ROSTER, rowMaker } from '../appview/books-town.ts'
import { CODE, pagesOver } from './pages-over.ts'
import { seen } from './visitor.ts'

/** 10 o'clock of 21 November in Japan, counted from where the rows begin. */
const THIS_MORNING_MS = Date.parse('2026-11-21T01:00:00.000Z') - Date.parse('2026-04-01T00:00:00.000Z')
const TOMORROW = '2026-11-22T03:00:00.000Z'
const MINUTE_MS = 60_000
const COOKIE = { Cookie: 'waki_session=of-the-test' }

/** A town in which so many people gave an hour each this morning; the first of them is signed in. */
const townOfThisMorning = async (t: TestContext, givers: number) => {
  const site = await pagesOver(t, () => ({}))
  const { store, clock, keep } = site
  const { books } = store
  await books.setRoster(ROSTER)
  const maker = rowMaker()
  const rows = openingRows(maker, givers)
  for (let giver = 0; giver < givers; giver++) {
    const afterMs = giver === 0 ? THIS_MORNING_MS : MINUTE_MS
    rows.push(...actRows(maker, { giver, confirmer: (giver + 1) % givers, minutes: 60, category: 'community', afterMs }))
  }
  const writer = await openWriter({ books, clock, roster: () => ROSTER })
  await writer.append(rows.map(partOf))
  const lifeMs = 60 * MINUTE_MS
  const session = { did: personDid(0), handle: 'aoi.test', expiresMs: clock.realMs() + lifeMs }
  await keep.put('session', 'of-the-test', session, { owner: session.did, lifeMs })
  await keep.put('grant', session.did, {}, { owner: session.did, lifeMs })
  const act = rows.find(({ repo, rkey }) => repo === personDid(0) && rkey !== '') ?? assert.fail('the first gave')
  return { ...site, trace: `/me/acts/${act.rkey}` }
}

test('a trace says from when the public statement has the minutes, and no more once it has them', async (t) => {
  const { visitor, clock, trace } = await townOfThisMorning(t, 8)
  const today = seen(await visitor.get(trace, COOKIE))
  assert.match(today, /決算書の行/)
  assert.match(today, /地域全体の決算書には、2026年11月22日の0時から入ります/)
  assert.match(seen(await visitor.get(`${trace}?lang=en`, COOKIE)), /from 00:00 on 22 November 2026/)
  clock.set(TOMORROW)
  const tomorrow = seen(await visitor.get(trace, COOKIE))
  assert.match(tomorrow, /次の行に、この60分が入っています/)
  assert.doesNotMatch(tomorrow, /0時から入ります|人数が少ない/)
})

test('where too few people take part, a trace does not claim a public figure', async (t) => {
  const { visitor, clock, trace } = await townOfThisMorning(t, 2)
  clock.set(TOMORROW)
  const text = seen(await visitor.get(trace, COOKIE))
  assert.match(text, /地域全体の決算書は、人数が少ないあいだ、数字を載せません/)
  assert.doesNotMatch(text, /次の行に、この60分が入っています/)
})

test('the home of a town whose first acts are of today does not say there are none', async (t) => {
  const { visitor, clock } = await townOfThisMorning(t, 8)
  const today = seen(await visitor.get(`/m/${CODE}`))
  assert.match(today, /2026年11月21日 ?0時00分より後に、確かめられた行動があります/)
  assert.doesNotMatch(today, /まだ確かめられた行動がありません/)
  assert.match(seen(await visitor.get(`/m/${CODE}?lang=en`)), /Acts have been confirmed here since 21 November 2026, 00:00/)
  clock.set(TOMORROW)
  assert.doesNotMatch(seen(await visitor.get(`/m/${CODE}`)), /はじめかた|より後に、確かめられた/)
})
