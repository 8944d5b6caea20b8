// A host that lies: every lie is refused under its own code and comes out nowhere; what it and its neighbours say truly passes unharmed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeData } from '../../atproto/data-model.ts'
import { toDatetime } from '../../atproto/datetime.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import { encodeFrame } from '../../atproto/frame.ts'
import { LIES } from './lies.ts'
import { Follower, RelayWorld, caughtUp, countsOf, getJson, post, sendIdentity } from './relay-world.ts'

test('each altered frame is refused under its code; the honest one after it, and the neighbours, pass', async () => {
  await using world = await RelayWorld.start()
  const [liar, honest] = [await world.host(), await world.host()]
  const account = await world.account(liar)
  const sameHost = await world.account(liar)
  const neighbour = await world.account(honest)
  const relay = await world.relay({ hosts: [liar.url, honest.url] })
  const follower = new Follower(relay.url, 0)
  const expected: string[] = []
  const expect = (written: { commitCid: { toString(): string } }) => expected.push(String(written.commitCid))
  for (const one of [account, sameHost, neighbour]) {
    const { frame, commitCid } = one.repo.write([])
    one.host.send(frame)
    expected.push(String(commitCid))
  }
  const codes = new Map<string, number>()
  for (const lie of LIES) {
    const { what, code } = lie
    expect(post(sameHost))
    const good = account.repo.write([{ action: 'create', path: `org.waki.action/l${codes.size}-${expected.length}`, value: { what } }])
    const seq = liar.nextSeq()
    liar.send(lie.frame(good.event, account.repo.keypair, seq), seq)
    codes.set(code, (codes.get(code) ?? 0) + 1)
    const again = liar.nextSeq()
    liar.send(encodeEvent({ ...good.event, seq: again }).frame, again)
    expect(good)
    expect(post(neighbour))
  }
  const events = await follower.until((all) => all.length >= expected.length)
  await caughtUp(relay, liar, liar.nextSeq() - 1)
  const came = events.map(({ event }) => (event.kind === 'commit' ? String(event.commit) : event.kind))
  assert.deepEqual(came.toSorted(), expected.toSorted())
  assert.deepEqual(await countsOf(relay, liar), Object.fromEntries(codes))
  assert.deepEqual(await countsOf(relay, honest), {})
  const figures = await (await fetch(`${relay.url}/metrics`)).text()
  for (const [code, number] of codes)
    assert.ok(figures.includes(`waki_relay_refusals_total{reason="${code}",server="relay"} ${number}\n`), code)
  assert.ok(figures.includes(`waki_relay_events_total{kind="commit",server="relay"} ${expected.length}\n`))
  assert.equal((await getJson(`${relay.url}/log/origin`))['leaves'], expected.length)
  const seqs = events.map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  )
  await follower.stop()
})

test('garbage cuts the connection, is passed over when it comes again, and nothing around it is lost', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  const garbage = [
    new Uint8Array(),
    Uint8Array.of(0xff, 0x00),
    Buffer.from('not a frame'),
    Uint8Array.of(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    encodeFrame('#commit', { seq: 1 }).subarray(0, -1),
    Buffer.concat([encodeData({ op: 1, t: '#commit' }), new Uint8Array(100).fill(0x81)]),
    new Uint8Array(5_100_000),
  ]
  let sent = 0
  for (const frame of garbage) {
    post(account)
    host.send(frame, host.nextSeq())
    post(account)
    sent += 2
    await follower.until((all) => all.length === sent, `what stands around garbage of ${frame.length} bytes`)
  }
  const counts = await countsOf(relay, host)
  assert.equal(counts['frame.malformed'], garbage.length - 1)
  assert.equal(counts['frame.too-large'], 1)
  assert.equal(counts['frame.passed-over'], garbage.length)
  assert.equal(host.cursors.length, 1 + garbage.length)
  await follower.stop()
})

test('unknown types, unknown operations and unknown fields are counted and harm nothing', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  host.send(encodeFrame('#novelty', { seq: host.nextSeq(), some: 'thing' }))
  host.send(Buffer.concat([encodeData({ op: 7 }), encodeData({})]), 1)
  host.send(encodeFrame('#info', { name: 'OutdatedCursor' }), 1)
  post(account)
  await follower.until((all) => all.length === 1)
  assert.deepEqual(await countsOf(relay, host), { 'event.unknown-type': 1, 'frame.unknown-op': 1, 'host.gap': 1 })
  assert.deepEqual(host.cursors, [0])
  await follower.stop()
})

test('a host speaks only for accounts that name it; an identity that does not resolve is a refusal', async () => {
  await using world = await RelayWorld.start()
  const [liar, honest] = [await world.host(), await world.host()]
  const account = await world.account(honest)
  const relay = await world.relay({ hosts: [liar.url, honest.url] })
  const follower = new Follower(relay.url, 0)
  const written = account.repo.write([])
  honest.send(written.frame)
  await follower.until((all) => all.length === 1)
  const stolen = account.repo.write([])
  const seq = liar.nextSeq()
  liar.send(encodeEvent({ ...stolen.event, seq }).frame)
  const unknown = { did: account.did.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')) as typeof account.did, host: liar }
  sendIdentity(unknown)
  const time = toDatetime(Date.now())
  liar.send(encodeEvent({ kind: 'account', seq: liar.nextSeq(), did: account.did, time, active: false, status: 'deleted' }).frame)
  liar.send(encodeEvent({ kind: 'account', seq: liar.nextSeq(), did: unknown.did, time, active: true }).frame)
  await caughtUp(relay, liar, 4)
  assert.deepEqual(await countsOf(relay, liar), { 'identity.not-this-host': 2, 'identity.unresolved': 2 })
  const status = await getJson(`${relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${account.did}`)
  assert.deepEqual(status, { did: account.did, active: true, rev: written.event.rev })
  await follower.stop()
})
