// The walk of relay/README.md: a host is announced, a commit becomes a leaf, and comes out with the relay's own seq and time.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { asCid } from '../../atproto/cid.ts'
import { decodeData, isDataMap } from '../../atproto/data-model.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import { Follower, RelayWorld, getJson, post } from './relay-world.ts'

const requestCrawl = (relay: string, hostname: string) =>
  fetch(`${relay}/xrpc/com.atproto.sync.requestCrawl`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hostname }),
  })

test('a commit of an announced host comes out verified, with our seq and time, and has a leaf', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const first = account.repo.write([])
  host.send(first.frame)
  const relay = await world.relay()
  const response = await requestCrawl(relay.url, host.hostname)
  assert.equal(response.status, 200, await response.text())
  const follower = new Follower(relay.url, 0)
  const written = post(account)
  const events = await follower.until((all) => all.length === 2)
  const origin = await getJson(`${relay.url}/log/origin`)
  assert.equal(origin['leaves'], 2)
  const last = events[1]
  assert(last?.event.kind === 'commit')
  assert.equal(last.seq, Number(origin['base']) + 2)
  assert.equal(verifyCommit(last.event, account.repo.keypair.didKey, Date.now()).ok, true)
  assert(last.event.time >= written.event.time)

  const leaf = await getJson(`${relay.url}/log/leaf/2?did=${account.did}`)
  const bytes = Buffer.from(String(leaf['bytes']), 'base64')
  const fields = decodeData(bytes)
  assert(isDataMap(fields))
  assert.equal(fields['seq'], last.seq)
  assert.equal(fields['time'], last.event.time)
  assert.equal(fields['rev'], written.event.rev)
  assert(asCid(fields['commit'])?.equals(written.commitCid))
  assert(asCid(fields['data'])?.equals(written.dataCid))
  const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  assert.deepEqual(fields['frame'], Uint8Array.from(sha256(last.payload)))
  assert.deepEqual(fields['who'], Uint8Array.from(sha256(Buffer.from(String(leaf['salt']), 'base64'), Buffer.from(account.did))))
  assert.equal(leaf['hash'], sha256(Buffer.from([0]), bytes).toString('base64'))
  assert.equal((await getJson(`${relay.url}/log/leaf/2?did=did:plc:aaaaaaaaaaaaaaaaaaaaaaaa`))['salt'], undefined)
  assert.equal((await getJson(`${relay.url}/log/leaf/2`))['salt'], undefined)
  assert.equal((await fetch(`${relay.url}/log/leaf/3`)).status, 404)
  await follower.stop()
})
