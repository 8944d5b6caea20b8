// The rules that need no network, as tables: what becomes of an event given what is known, names of hosts, waits.

import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { cidForCbor } from '../../atproto/cid.ts'
import { encodeData } from '../../atproto/data-model.ts'
import { toDatetime } from '../../atproto/datetime.ts'
import { parseDid } from '../../atproto/did.ts'
import type { CommitEvent, RepoEvent, SyncEvent } from '../../atproto/event.ts'
import { tidFromMicros } from '../../atproto/tid.ts'
import { createAllowance } from '../../relay/hosts/allowance.ts'
import { createBackOff } from '../../relay/hosts/back-off.ts'
import { originOf, parseHostAddress } from '../../relay/hosts/host-address.ts'
import type { Account } from '../../relay/ingest/account-table.ts'
import { decideEvent } from '../../relay/ingest/decide-event.ts'
import { createSalts } from '../../relay/origin/leaf.ts'
import { createReceiveTime } from '../../relay/origin/receive-time.ts'

const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const cid = (number: number) => cidForCbor(encodeData({ number }))
const rev = (number: number) => tidFromMicros(1_790_000_000_000_000 + number, 1)
const time = toDatetime(0)
const account = (changes: Partial<Account> = {}): Account => ({
  did,
  hostId: 1,
  isActive: true,
  status: null,
  isDesynchronized: false,
  head: { rev: rev(5), commitCid: cid(5), dataCid: cid(50) },
  ...changes,
})
const commit = (changes: Partial<CommitEvent> = {}): CommitEvent => ({
  kind: 'commit',
  seq: 1,
  repo: did,
  time,
  rev: rev(6),
  since: rev(5),
  commit: cid(6),
  blocks: new Uint8Array(),
  ops: [],
  prevData: cid(50),
  ...changes,
})
const sync = (changes: Partial<SyncEvent> = {}): SyncEvent => ({
  kind: 'sync',
  seq: 1,
  did,
  time,
  rev: rev(6),
  blocks: new Uint8Array(),
  ...changes,
})
const decide = (known: Account | undefined, event: RepoEvent, commitNumber = 6, isGone = false, hostId = 1): string => {
  const head = event.kind === 'commit' || event.kind === 'sync' ? { commitCid: cid(commitNumber), dataCid: cid(60) } : null
  const decision = decideEvent(known, hostId, { kind: 'believed', event, head, isGone, note: null })
  if (decision.kind === 'refuse') return decision.reason
  if (decision.kind === 'pass-over') return `pass-over ${decision.note}`
  const next = decision.account
  const state =
    next === null
      ? 'nothing'
      : `${next.head?.rev ?? 'no head'}${next.isActive ? '' : ' inactive'}${next.isDesynchronized ? ' desynchronized' : ''} host ${next.hostId}`
  return `${decision.note ?? 'append'}: ${state}`
}

test('what becomes of an event, given what is known', () => {
  const accountEvent = (active: boolean) => ({ kind: 'account', seq: 1, did, time, active, status: 'deactivated' }) as const
  const rows: readonly (readonly [what: string, answer: string, expected: string])[] = [
    ['a first commit', decide(undefined, commit({ since: null, prevData: null })), `append: ${rev(6)} host 1`],
    ['the first we see of an old repository', decide(undefined, commit()), `append: ${rev(6)} host 1`],
    ['a commit that follows', decide(account(), commit()), `append: ${rev(6)} host 1`],
    ['from a new host', decide(account(), commit(), 6, false, 2), `append: ${rev(6)} host 2`],
    ['another prevData', decide(account(), commit({ prevData: cid(1) })), `commit.discontinuous: ${rev(6)} desynchronized host 1`],
    ['another since', decide(account(), commit({ since: rev(4) })), `commit.discontinuous: ${rev(6)} desynchronized host 1`],
    [
      'a first commit again',
      decide(account(), commit({ since: null, prevData: null })),
      `commit.discontinuous: ${rev(6)} desynchronized host 1`,
    ],
    ['what follows stays flagged', decide(account({ isDesynchronized: true }), commit()), `append: ${rev(6)} desynchronized host 1`],
    ['a #sync ends the flag', decide(account({ isDesynchronized: true }), sync()), `append: ${rev(6)} host 1`],
    ['the same rev', decide(account(), commit({ rev: rev(5) })), 'commit.rev-stale'],
    ['an older rev', decide(account(), commit({ rev: rev(4) })), 'commit.rev-stale'],
    ['an older #sync', decide(account(), sync({ rev: rev(4) })), 'commit.rev-stale'],
    ['a #sync of what is known', decide(account(), sync({ rev: rev(5) }), 5), 'pass-over sync.known'],
    ['a #sync of another commit of that rev', decide(account(), sync({ rev: rev(5) }), 6), 'commit.rev-stale'],
    ['a commit of a stopped account', decide(account({ isActive: false }), commit()), 'account.inactive'],
    ['a #sync of a stopped account', decide(account({ isActive: false }), sync()), 'account.inactive'],
    ['stopped', decide(account(), accountEvent(false)), `append: ${rev(5)} inactive host 1`],
    ['started elsewhere', decide(account({ isActive: false }), accountEvent(true), 6, false, 2), `append: ${rev(5)} host 2`],
    ['ended by its last host', decide(account(), accountEvent(false), 6, true), `append: ${rev(5)} inactive host 1`],
    ['ended by a stranger', decide(account(), accountEvent(false), 6, true, 2), 'identity.not-this-host'],
    ['ended, never seen', decide(undefined, accountEvent(false), 6, true), 'identity.not-this-host'],
    ['an identity', decide(undefined, { kind: 'identity', seq: 1, did, time }), 'append: nothing'],
  ]
  for (const [what, answer, expected] of rows) assert.equal(answer, expected, what)
})

test('names of hosts', () => {
  const local = (text: string) => parseHostAddress(text, true)?.url
  const open = (text: string) => parseHostAddress(text, false)?.url
  assert.equal(open('pds.example.com'), 'https://pds.example.com')
  assert.equal(open('https://PDS.example.com/'), 'https://pds.example.com')
  assert.equal(open('wss://pds.example.com'), 'https://pds.example.com')
  assert.equal(open('https://pds.example.com:443'), 'https://pds.example.com')
  for (const text of [
    'http://pds.example.com',
    'pds.example.com:8080',
    '93.184.216.34',
    '[2606::1]',
    'localhost',
    '127.0.0.1:80',
    'a'.repeat(400),
  ])
    assert.equal(open(text), undefined, text)
  assert.equal(local('localhost:2583'), 'http://localhost:2583')
  assert.equal(local('127.0.0.1:2583'), 'http://localhost:2583')
  assert.equal(local('http://[::1]:2583'), 'http://localhost:2583')
  assert.equal(local('localhost:443'), 'http://localhost:443')
  assert.equal(parseHostAddress('localhost:2583', true)?.hostname, 'localhost:2583')
  assert.equal(local('10.1.2.3'), undefined)
  assert.equal(originOf('http://127.0.0.1:2583'), 'http://localhost:2583')
  assert.equal(originOf('https://pds.example.com'), 'https://pds.example.com')
})

test('waits before dialling double up to the bound, are shortened by chance, and begin again after success', () => {
  const longest = createBackOff({ firstMs: 100, maxMs: 1_000 }, () => 0.999_999_999)
  const shortest = createBackOff({ firstMs: 100, maxMs: 1_000 }, () => 0)
  const waits = (backOff: ReturnType<typeof createBackOff>) => Array.from({ length: 6 }, () => Math.round(backOff.next()))
  assert.deepEqual(waits(longest), [100, 200, 400, 800, 1_000, 1_000])
  assert.deepEqual(waits(shortest), [50, 100, 200, 400, 500, 500])
  longest.reset()
  assert.equal(Math.round(longest.next()), 100)
  for (let failure = 0; failure < 10_000; failure++) longest.next()
  assert.equal(Math.round(longest.next()), 1_000)
})

test('an allowance lets a burst through, then makes wait as long as it takes', () => {
  const take = createAllowance(10)
  for (let event = 0; event < 100; event++) assert.equal(take(0), 0)
  assert.equal(take(0), 100)
  assert.equal(take(0), 200)
  assert.equal(take(1_000), 0)
})

test('receive times never fall, nor below a promise that was kept', () => {
  let nowMs = 100
  const kept: number[] = []
  const time = createReceiveTime(
    () => nowMs,
    150,
    0,
    (ms) => void kept.push(ms),
  )
  assert.equal(time.now(), 150)
  nowMs = 200
  assert.equal(time.now(), 200)
  nowMs = 50
  assert.equal(time.now(), 200)
  nowMs = 7_900
  assert.deepEqual([time.promise(), time.promise()], [7_000, 7_000], 'a whole second, written once')
  assert.deepEqual(kept, [7_000])
  const again = createReceiveTime(
    () => 0,
    150,
    7_000,
    () => assert.fail('nothing new is promised'),
  )
  assert.deepEqual([again.now(), again.promise()], [7_000, 7_000])
})

test('salts are HMAC-SHA-256 of the leaf number', () => {
  for (const length of [1, 32, 64]) {
    const secret = randomBytes(length)
    const saltOf = createSalts(secret)
    for (const leaf of [1, 2, 256, 4_294_967_296, Number.MAX_SAFE_INTEGER]) {
      const number = Buffer.alloc(8)
      number.writeBigUInt64BE(BigInt(leaf))
      assert.deepEqual(saltOf(leaf), createHmac('sha256', secret).update(number).digest())
    }
  }
})
