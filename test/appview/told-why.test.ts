// Who is told why something was refused: its author, the giver whose action it speaks of, and the desk. Whom the giver only names sees that it was.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import type { Caller } from '../../appview/auth/caller.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { settableClock } from '../../server/clock.ts'
import { household } from '../journal/desk-refusals.ts'
import { KANAZAWA, person, smallTown, towns, type Log } from '../journal/rows.ts'
import { partOf } from './books-town.ts'

const [A, B, C, H] = [person('a'), person('b'), person('c'), person('h')]
const of = (did: string): Caller => ({ kind: 'account', did })

const queriesOver = async (stack: AsyncDisposableStack, log: Log) => {
  const clock = settableClock(Date.parse('2026-05-11T00:00:00.000Z'))
  const { books, ...store } = openSqliteStore(':memory:')
  stack.defer(() => store.close())
  await books.setRoster(towns)
  await books.bind({ name: 'origin/1', key: 'did:key:z', base: 0, created: '2026-01-01T00:00:00.000Z' })
  const writer = await openWriter({ books, clock, roster: () => towns })
  await writer.append(log.rows.map(partOf))
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => towns })
  return createQueries({ books, access, clock, roster: () => towns, follow: () => status, relayUrl: 'http://localhost:1', fetch })
}

test('an action for somebody at home: its giver and the desk are told why it is refused, whom it names are not', async () => {
  await using stack = new AsyncDisposableStack()
  const log = smallTown()
  household(log, [A, B])
  const beneficiaries = [
    { class: 'person', did: B },
    { class: 'person', did: C },
  ]
  const { uri } = log.act(A, { beneficiaries, hostBody: H })
  const { traceWrite, actionDetail } = await queriesOver(stack, log)
  const code = 'action.beneficiary-same-household'
  for (const [did, told] of [
    [A, code],
    [KANAZAWA.did, code],
    [B, undefined],
    [C, undefined],
    [H, undefined],
  ] as const) {
    const { action, steps } = await traceWrite(of(did), uri)
    assert.equal(action?.state, 'refused')
    assert.equal(action.refusal?.code, told)
    assert.equal(steps.refusals?.[0]?.code, told)
    assert.equal((await actionDetail(of(did), uri)).action.refusal?.code, told)
  }
})

test('a host body that an action names is not told why somebody else’s word on it is refused', async () => {
  await using stack = new AsyncDisposableStack()
  const log = smallTown()
  household(log, [A, B])
  const word = log.confirm(B, log.act(A, { hostBody: H }))
  const { traceWrite } = await queriesOver(stack, log)
  for (const [did, told] of [
    [A, 'confirmation.same-household'],
    [B, 'confirmation.same-household'],
    [KANAZAWA.did, 'confirmation.same-household'],
    [H, undefined],
  ] as const)
    assert.equal((await traceWrite(of(did), word.uri)).steps.refusals?.[0]?.code, told)
})
