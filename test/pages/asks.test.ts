// The asks of one's own page: those shown, and in a sentence how many more there are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askList } from '../../appview/web/pages/asks.ts'
import type { Ask } from '../../appview/web/pages/asks.ts'

const asks = (count: number): Ask[] =>
  Array.from({ length: count }, (_, i) => ({
    uri: `at://did:plc:x/org.waki.action/${i}`,
    cid: 'c',
    performedOn: '2026-04-01',
    category: 'community',
    minutes: 30,
    giver: '青井',
    isHost: false,
  }))

test('a page says how many asks it leaves out, and nothing where it leaves out none', () => {
  const some = askList('ja', { open: asks(2), total: 55 }).text
  assert.match(some, /確認のお願い（55件）/)
  assert.match(some, /ほかに53件/)
  assert.equal(some.match(/<li class="ask">/g)?.length, 2)
  assert.match(askList('en', { open: asks(2), total: 3 }).text, /1 more\./)
  assert.doesNotMatch(askList('ja', { open: asks(2), total: 2 }).text, /ほかに/)
})
