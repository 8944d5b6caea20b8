// Who is asked to confirm what: a crowd of strangers, or one who never stops, leaves a neighbour's ask where it is seen first.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { CODE, ROSTER, TOWN, openingRows, partOf, personDid, rowMaker } from './books-town.ts'
import { notFollowing } from '../support/not-following.ts'

const [VICTIM, NEIGHBOUR, HOST] = [personDid(0), personDid(1), personDid(2)]
const RESIDENTS = 3
const STRANGER = 100
const CROWD = 60
const clock = settableClock(Date.parse('2026-04-02T00:00:00.000Z'))

const askRows = () => {
  const maker = rowMaker()
  const rows = openingRows(maker, RESIDENTS)
  const host = { $type: nsid.hostBody, did: HOST, names: { ja: '団体' }, validFrom: '2020-01-01', createdAt: '2026-04-01T00:00:00.000Z' }
  rows.push(maker.row(TOWN, nsid.hostBody, host))
  const act = (giver: string, more: object = { beneficiaries: [{ class: 'person', did: VICTIM }] }): IntakeRow => {
    const value = { category: 'community', minutes: 1, municipality: { scheme: 'jis-x-0402', code: CODE }, performedOn: '2026-04-01' }
    const nonce = { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' }
    const row = maker.row(giver, nsid.action, { $type: nsid.action, ...value, nonce, createdAt: '2026-04-01T00:00:00.000Z', ...more }, 1)
    rows.push(row)
    return row
  }
  const confirm = (who: string, { uri, cid }: IntakeRow): void => {
    const word = { subject: { uri, cid: cid ?? '' }, role: 'beneficiary', verdict: 'confirmed', createdAt: '2026-04-01T00:00:00.000Z' }
    rows.push(maker.row(who, nsid.confirmation, { $type: nsid.confirmation, ...word }))
  }
  const account = (did: string, active: boolean): void => {
    const { leaf, ...row } = maker.row(did, '', null)
    const status = active ? null : 'deactivated'
    rows.push({ ...row, leaf, source: 'account', action: 'update', rkey: '', uri: `at://${did}`, cid: null, account: { active, status } })
  }
  return { rows, act, confirm, account }
}

const booked = async (books: Books, rows: readonly IntakeRow[]) => {
  await books.setRoster(ROSTER)
  const writer = await openWriter({ books, clock, roster: () => ROSTER })
  await writer.append(rows.map(partOf))
  const access = createAccess({ books, roster: () => ROSTER })
  return createQueries({ books, access, clock, roster: () => ROSTER, follow: notFollowing, relayUrl: 'http://localhost:1', fetch })
}

test('a neighbour’s ask comes first, however many a stranger writes; one giver takes a few places, and the rest is counted', async () => {
  const store = openSqliteStore(':memory:')
  const { rows, act } = askRows()
  const early = act(NEIGHBOUR)
  const loud = Array.from({ length: 55 }, () => act(personDid(STRANGER)))
  const queries = await booked(store.books, rows)
  const { actions, total } = await queries.myPendingConfirmations({ kind: 'account', did: VICTIM }, 20)
  assert.deepEqual(
    actions.map(({ uri }) => uri),
    [early, ...loud.toReversed().slice(0, 5)].map(({ uri }) => uri),
  )
  assert.equal(total, 56)
  await store.close()
})

test('a crowd of strangers takes what residents and host bodies leave', async () => {
  const store = openSqliteStore(':memory:')
  const { rows, act } = askRows()
  const ofHost = act(HOST)
  const first = act(NEIGHBOUR)
  for (let i = 0; i < CROWD; i++) for (let j = 0; j < 3; j++) act(personDid(STRANGER + i))
  const second = act(NEIGHBOUR)
  const queries = await booked(store.books, rows)
  const { actions, total } = await queries.myPendingConfirmations({ kind: 'account', did: VICTIM }, 20)
  assert.deepEqual(
    actions.slice(0, 3).map(({ uri }) => uri),
    [second, first, ofHost].map(({ uri }) => uri),
  )
  assert.deepEqual([actions.length, total], [20, 3 + CROWD * 3])
  await store.close()
})

test('what was answered asks no longer, nor does who has left; nobody is asked about an act of their own', async () => {
  const store = openSqliteStore(':memory:')
  const { rows, act, confirm, account } = askRows()
  const visitor = act(personDid(STRANGER))
  const open = act(NEIGHBOUR)
  const own = act(HOST, { hostBody: HOST })
  const left = act(personDid(STRANGER + 1))
  confirm(VICTIM, visitor)
  account(personDid(STRANGER + 1), false)
  const queries = await booked(store.books, rows)
  const asksOf = async (did: string) => {
    const { actions, total } = await queries.myPendingConfirmations({ kind: 'account', did }, 20)
    return [...actions.map(({ uri }) => uri), total]
  }
  assert.deepEqual(await asksOf(VICTIM), [open.uri, 1])
  assert.deepEqual(await asksOf(HOST), [0], own.uri)
  const back = askRows()
  back.account(personDid(STRANGER + 1), true)
  const [row] = back.rows.slice(-1)
  assert.ok(row)
  const writer = await openWriter({ books: store.books, clock, roster: () => ROSTER })
  await writer.append([partOf({ ...row, leaf: rows.length + 1, recordedAt: '2026-04-01T12:00:00.000Z' })])
  assert.deepEqual(await asksOf(VICTIM), [open.uri, left.uri, 2])
  await store.close()
})
