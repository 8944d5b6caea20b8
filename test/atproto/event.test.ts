// Events: what we send is what we read; each field altered in turn is refused; what is unknown is left out.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cidForCbor, sameCid } from '../../atproto/cid.ts'
import { decodeData, encodeData, isDataMap, parseDataMap } from '../../atproto/data-model.ts'
import type { Data, DataMap } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import { didOf, InvalidEvent, parseEvent } from '../../atproto/event.ts'
import type { Event } from '../../atproto/event.ts'
import { EVENT_REFUSALS, sentenceOf } from '../../atproto/event-refusals.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { parseHandle } from '../../atproto/handle.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { createTestRepo } from '../support/frames.ts'

const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const time = '2026-11-21T03:00:00.000Z'
const repo = createTestRepo(did, createKeypair())
const firstCommit = repo.write([
  { action: 'create', path: 'org.waki.action/one', value: { $type: 'org.waki.action' } },
  { action: 'create', path: 'org.waki.action/two', value: { $type: 'org.waki.action', n: 2 } },
]).event
const commit = repo.write([
  { action: 'update', path: 'org.waki.action/one', value: { $type: 'org.waki.action', n: 1 } },
  { action: 'delete', path: 'org.waki.action/two' },
]).event

const events: readonly Event[] = [
  firstCommit,
  commit,
  repo.sync().event,
  { kind: 'identity', seq: 5, did, time },
  { kind: 'identity', seq: 6, did, time, handle: parseHandle('alice.test') },
  { kind: 'account', seq: 7, did, time, active: true },
  { kind: 'account', seq: 8, did, time, active: false, status: 'deactivated' },
  { kind: 'info', name: 'OutdatedCursor', message: 'older than the window' },
]

for (const [index, event] of events.entries())
  test(`event ${index}, ${event.kind}: sent and read, it is the same`, () => {
    const { frame, payload } = encodeEvent(event)
    const decoded = decodeFrame(frame)
    assert.ok(decoded.kind === 'message')
    assert.equal(decoded.t, `#${event.kind}`)
    assert.deepEqual(Buffer.from(decoded.payloadBytes), Buffer.from(payload))
    const parsed = parseEvent(decoded.t, decoded.payload)
    assert.ok(parsed.kind !== 'unknown')
    assert.deepEqual(Buffer.from(encodeEvent(parsed).frame), Buffer.from(frame))
    if (event.kind !== 'info' && parsed.kind !== 'info') assert.equal(didOf(parsed), did)
  })

test('a commit carries the retired fields the lexicon still requires, and prevData only when there is one', () => {
  const [first, second] = [firstCommit, commit].map((event) => parseDataMap(decodeData(encodeEvent(event).payload)))
  assert.ok(first && second)
  assert.deepEqual([first['rebase'], first['tooBig'], first['blobs'], first['since'], 'prevData' in first], [false, false, [], null, false])
  assert.ok('prevData' in second)
  const [update, remove] = second['ops'] as readonly DataMap[]
  assert.ok(update && remove && 'prev' in update && remove['cid'] === null)
  assert.ok(!('prev' in ((first['ops'] as readonly DataMap[])[0] ?? {})))
})

test('unknown types are named, unknown fields left out', () => {
  assert.deepEqual(parseEvent('#labels', { seq: 1 }), { kind: 'unknown', t: '#labels' })
  assert.deepEqual(parseEvent('#identity', { seq: 5, did, time, more: [1] }), { kind: 'identity', seq: 5, did, time })
})

const payloadOf = (event: Event): DataMap => parseDataMap(decodeData(encodeEvent(event).payload))
const without = (map: DataMap, field: string): DataMap => Object.fromEntries(Object.entries(map).filter(([name]) => name !== field))
const firstOpWith = (changes: DataMap): DataMap => {
  const [op, ...rest] = payloadOf(commit)['ops'] as readonly DataMap[]
  return { ops: [{ ...op, ...changes }, ...rest] }
}
const cid = cidForCbor(new Uint8Array())

type Lie = readonly [t: string, changes: DataMap, code?: EventRefusal]
const lies: readonly Lie[] = [
  ['#commit', { seq: 0 }],
  ['#commit', { seq: -1 }],
  ['#commit', { seq: '1' }],
  ['#commit', { repo: 'alice.test' }],
  ['#commit', { repo: null }],
  ['#commit', { time: 'yesterday' }],
  ['#commit', { rev: '3jzfcijpj2z2' }],
  ['#commit', { since: 'never' }],
  ['#commit', { commit: cid.toString() }],
  ['#commit', { commit: null }],
  ['#commit', { blocks: 'AAAA' }],
  ['#commit', { blocks: new Uint8Array(2_000_001) }, 'commit.blocks-too-large'],
  ['#commit', { ops: {} }],
  ['#commit', { ops: Array.from({ length: 201 }, () => null) }, 'commit.too-many-ops'],
  ['#commit', { ops: [null] }],
  ['#commit', { ops: [[]] }],
  ['#commit', { ops: [cid] }],
  ['#commit', { prevData: 'x' }],
  ['#commit', { tooBig: true }, 'commit.too-big'],
  ['#commit', { rebase: true }, 'commit.too-big'],
  ['#commit', firstOpWith({ action: 'rename' })],
  ['#commit', firstOpWith({ path: 'org.waki.action' })],
  ['#commit', firstOpWith({ path: 'org.waki.action/a/b' })],
  ['#commit', firstOpWith({ path: `org.waki.action/${'x'.repeat(513)}` })],
  ['#commit', firstOpWith({ cid: 'bafy' })],
  ['#commit', firstOpWith({ prev: 1 })],
  ['#sync', { did: 'x' }],
  ['#sync', { rev: null }],
  ['#sync', { blocks: new Uint8Array(10_001) }, 'commit.blocks-too-large'],
  ['#identity', { did: 1 }],
  ['#identity', { handle: 'no handle' }],
  ['#account', { active: null }],
  ['#account', { active: 'true' }],
  ['#account', { status: '' }],
  ['#account', { status: 'x'.repeat(1_001) }],
  ['#info', { name: null }],
]

const goodOf = (t: string): DataMap => {
  const event = events.findLast((each) => `#${each.kind}` === t)
  assert.ok(event)
  return payloadOf(event)
}

for (const [t, changes, code = 'event.malformed'] of lies)
  test(`${t} with ${JSON.stringify(changes).slice(0, 60)}: ${code}`, () => {
    assert.throws(
      () => parseEvent(t, { ...goodOf(t), ...changes }),
      (error) => error instanceof InvalidEvent && error.code === code,
    )
  })

const required: readonly (readonly [string, readonly string[]])[] = [
  ['#commit', ['seq', 'repo', 'time', 'rev', 'commit', 'blocks', 'ops']],
  ['#sync', ['seq', 'did', 'time', 'rev', 'blocks']],
  ['#identity', ['seq', 'did', 'time']],
  ['#account', ['seq', 'did', 'time', 'active']],
  ['#info', ['name']],
]
for (const [t, fields] of required)
  for (const field of fields)
    test(`${t} without ${field}`, () => {
      assert.throws(
        () => parseEvent(t, without(goodOf(t), field)),
        (error) => error instanceof InvalidEvent && error.code === 'event.malformed',
      )
    })

const noPayloads: readonly Data[] = [null, 'x', 1, [], new Uint8Array(), cid]
for (const t of ['#commit', '#sync', '#identity', '#account', '#info'])
  test(`${t} that is no map`, () => {
    for (const payload of noPayloads) assert.throws(() => parseEvent(t, payload), InvalidEvent)
  })

test('null where a field may be absent is absence', () => {
  const parsed = parseEvent('#commit', { ...payloadOf(firstCommit), prevData: null })
  assert.ok(parsed.kind === 'commit' && parsed.prevData === null && sameCid(parsed.commit, firstCommit.commit))
  assert.ok(isDataMap(decodeData(encodeData(payloadOf(firstCommit)))))
})

test('every refusal has a code of its own and a sentence in both languages', () => {
  assert.equal(new Set(EVENT_REFUSALS.map((row) => row.code)).size, EVENT_REFUSALS.length)
  for (const { code } of EVENT_REFUSALS) {
    assert.match(code, /^[a-z]+\.[a-z-]+$/)
    assert.match(sentenceOf(code).ja, /。$/)
    assert.match(sentenceOf(code).en, /^[A-Z].*\.$/)
  }
})
