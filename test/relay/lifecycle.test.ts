// What becomes of an account: stopped and started, moved, its key rotated, its commits out of order. The relay's answers follow.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { test } from 'node:test'
import { toDatetime } from '../../atproto/datetime.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import { encodeFrame } from '../../atproto/frame.ts'
import { parseHandle } from '../../atproto/handle.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { createTombstone, cidOfOperation } from '../../atproto/plc-operation.ts'
import type { Running } from '../../server/serve.ts'
import { Follower, RelayWorld, caughtUp, countsOf, getJson, hostStatus, post, sendAccount, sendIdentity } from './relay-world.ts'
import type { TestAccount } from './relay-world.ts'

const repoStatus = (relay: Running, { did }: TestAccount) => getJson(`${relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${did}`)
const latestCommit = (relay: Running, { did }: TestAccount) => getJson(`${relay.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`)
const kinds = (follower: Follower) => follower.events.map(({ event }) => event.kind).join(' ')

test('an account that is stopped says no more until it is started', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  assert.equal((await fetch(`${relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${account.did}`)).status, 404)
  sendIdentity(account)
  sendAccount(account, true)
  const first = account.repo.write([])
  host.send(first.frame)
  host.send(account.repo.sync().frame)
  await caughtUp(relay, host, 4)
  assert.equal(kinds(follower), 'identity account commit')
  assert.deepEqual(await latestCommit(relay, account), { cid: String(first.commitCid), rev: first.event.rev })
  for (const [status, error] of [
    ['deactivated', 'RepoDeactivated'],
    ['takendown', 'RepoTakendown'],
    ['suspended', 'RepoSuspended'],
    ['deleted', 'RepoDeactivated'],
  ] as const) {
    sendAccount(account, false, status)
    await follower.until((all) => all.at(-1)?.event.kind === 'account' && all.length > 3)
    await caughtUp(relay, host, host.nextSeq() - 1)
    assert.deepEqual(await repoStatus(relay, account), { did: account.did, active: false, status })
    assert.equal((await latestCommit(relay, account))['error'], error)
  }
  const written = post(account)
  host.send(account.repo.sync().frame)
  sendAccount(account, true)
  const again = post(account)
  await follower.until((all) => all.at(-1)?.event.kind === 'commit')
  const counts = await countsOf(relay, host)
  assert.equal(counts['account.inactive'], 2)
  assert.equal(counts['sync.known'], 1)
  assert.equal(counts['commit.discontinuous'], 1)
  assert.equal(again.event.since, written.event.rev)
  assert.deepEqual(await repoStatus(relay, account), { did: account.did, active: true, status: 'desynchronized', rev: again.event.rev })
  const listed = await getJson(`${relay.url}/xrpc/com.atproto.sync.listRepos`)
  assert.deepEqual(listed, {
    repos: [{ did: account.did, head: String(again.commitCid), rev: again.event.rev, active: true, status: 'desynchronized' }],
  })
  await follower.stop()
})

test('#account without active is refused', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  host.send(encodeFrame('#account', { seq: host.nextSeq(), did: account.did, time: toDatetime(Date.now()) }))
  await caughtUp(relay, host, 1)
  assert.deepEqual(await countsOf(relay, host), { 'event.malformed': 1 })
})

test('revs and seqs that do not rise are refused; a commit that does not follow is passed on and flagged until a #sync', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  host.send(account.repo.write([]).frame)
  const second = post(account)
  const oldSync = account.repo.sync()
  host.send(oldSync.frame)
  const withheld = account.repo.write([{ action: 'create', path: 'org.waki.action/withheld', value: { a: 1 } }])
  const third = post(account)
  await follower.until((all) => all.length === 3)
  assert.equal((await repoStatus(relay, account))['status'], 'desynchronized')
  for (const { event } of [second, withheld]) host.send(encodeEvent({ ...event, seq: host.nextSeq() }).frame)
  host.send(encodeEvent({ ...oldSync.event, seq: host.nextSeq() }).frame)
  host.send(encodeEvent({ ...third.event, seq: 2 }).frame)
  account.repo.write([])
  const sync = account.repo.sync()
  host.send(sync.frame)
  await follower.until((all) => all.length === 4)
  assert.equal(kinds(follower), 'commit commit commit sync')
  assert.deepEqual(await countsOf(relay, host), { 'commit.discontinuous': 1, 'commit.rev-stale': 3, 'event.seq-order': 1, 'sync.known': 1 })
  assert.deepEqual(await repoStatus(relay, account), { did: account.did, active: true, rev: sync.event.rev })
  post(account)
  await follower.until((all) => all.length === 5)
  assert.equal((await countsOf(relay, host))['commit.discontinuous'], 1)
  await follower.stop()
})

test('an account moves: the new host is believed at once, the old one not any more', async () => {
  await using world = await RelayWorld.start()
  const [before, after] = [await world.host(), await world.host()]
  const account = await world.account(before)
  const relay = await world.relay({ hosts: [before.url, after.url] })
  const follower = new Follower(relay.url, 0)
  sendAccount(account, true)
  before.send(account.repo.write([]).frame)
  post(account)
  await follower.until((all) => all.length === 3)
  await world.update(account, { host: after, key: createKeypair() })
  const moved = post(account)
  await follower.until((all) => all.length === 4)
  sendAccount({ did: account.did, host: before }, false, 'deactivated')
  const late = account.repo.write([])
  before.send(encodeEvent({ ...late.event, seq: before.nextSeq() }).frame)
  await caughtUp(relay, before, 5)
  assert.deepEqual(await countsOf(relay, before), { 'identity.not-this-host': 2 })
  assert.deepEqual(await repoStatus(relay, account), { did: account.did, active: true, rev: moved.event.rev })
  assert.equal((await hostStatus(relay, before))['accountCount'], 0)
  assert.equal((await hostStatus(relay, after))['accountCount'], 1)
  const response = await fetch(`${relay.url}/xrpc/com.atproto.sync.getRepo?did=${account.did}`, { redirect: 'manual' })
  assert.equal(response.status, 302)
  assert.equal(response.headers.get('location'), `${after.url}/xrpc/com.atproto.sync.getRepo?did=${encodeURIComponent(account.did)}`)
  await follower.stop()
})

test('a rotated key is believed from its first commit on, with and without an #identity; the old one not any more', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  host.send(account.repo.write([]).frame)
  await follower.until((all) => all.length === 1)
  const old = account.repo.keypair
  await world.update(account, { key: createKeypair('p256') })
  post(account)
  await follower.until((all) => all.length === 2)
  await world.update(account, { key: createKeypair('k256') })
  sendIdentity(account)
  post(account)
  await follower.until((all) => all.length === 4)
  const current = account.repo.keypair
  account.repo.keypair = old
  post(account)
  account.repo.keypair = current
  const honest = post(account)
  await follower.until((all) => all.length === 5)
  assert.deepEqual(await countsOf(relay, host), { 'commit.discontinuous': 1, 'commit.signature': 1 })
  const last = follower.events.at(-1)?.event
  assert.equal(last?.kind === 'commit' ? last.rev : '', honest.event.rev)
  await follower.stop()
})

test('a handle is passed on only when it resolves both ways', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host, { handle: 'hana.pds1.test' })
  let claimed: string = account.did
  const handles = createServer((req, res) => void res.end(req.url === '/.well-known/atproto-did' ? claimed : '')).listen(0, '127.0.0.1')
  await once(handles, 'listening')
  world.onClose(() => {
    handles.close().closeAllConnections()
  })
  const address = handles.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const relay = await world.relay({ hosts: [host.url], handleHosts: { '.pds1.test': `http://127.0.0.1:${port}` } })
  const follower = new Follower(relay.url, 0)
  sendIdentity(account, parseHandle('hana.pds1.test'))
  sendIdentity(account, parseHandle('taro.pds1.test'))
  sendIdentity(account)
  await follower.until((all) => all.length === 3)
  claimed = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'
  sendIdentity(account, parseHandle('hana.pds1.test'))
  await follower.until((all) => all.length === 4)
  const sent = follower.events.map(({ event }) => (event.kind === 'identity' ? event.handle : 'another'))
  assert.deepEqual(sent, ['hana.pds1.test', undefined, undefined, undefined])
  assert.deepEqual(await countsOf(relay, host), { 'identity.handle-dropped': 2 })
  await follower.stop()
})

test('an account whose DID has ended can still be ended by its last host, and by nobody else', async () => {
  await using world = await RelayWorld.start()
  const [host, liar] = [await world.host(), await world.host()]
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url, liar.url] })
  const follower = new Follower(relay.url, 0)
  host.send(account.repo.write([]).frame)
  await follower.until((all) => all.length === 1)
  const tombstone = createTombstone(cidOfOperation(account.operation).toString(), account.rotationKey)
  const answer = await fetch(`${world.plc.url}/${account.did}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(tombstone),
  })
  assert.equal(answer.status, 200)
  sendAccount({ did: account.did, host: liar }, false, 'deleted')
  await caughtUp(relay, liar, 1)
  sendAccount(account, false, 'deleted')
  await follower.until((all) => all.at(-1)?.event.kind === 'account')
  assert.deepEqual(await countsOf(relay, liar), { 'identity.not-this-host': 1 })
  assert.deepEqual(await repoStatus(relay, account), { did: account.did, active: false, status: 'deleted' })
  await follower.stop()
})
