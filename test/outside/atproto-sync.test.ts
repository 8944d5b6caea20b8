// Outside readers, unchanged: @atproto/sync's Firehose on our PDS and on our relay, verifying each commit by itself; @atproto/repo on our CARs.

import assert from 'node:assert/strict'
import { IdResolver } from '@atproto/identity'
import { verifyProofs, verifyRepoCar } from '@atproto/repo'
import { Firehose, type Event } from '@atproto/sync'
import { test } from 'node:test'
import { parseCid } from '../../atproto/cid.ts'
import { nsid } from '../../lexicons/authority.ts'
import { eventually } from '../support/asking.ts'
import { World } from '../support/world.ts'

const world = await World.start({ pdsCount: 2 })
test.after(() => world[Symbol.asyncDispose]())
const resolver = new IdResolver({ plcUrl: world.plc.url, fetch: globalThis.fetch })

const follow = (service: string) => {
  const events: Event[] = []
  const errors: Error[] = []
  const firehose = new Firehose({
    service: service.replace('http', 'ws'),
    idResolver: resolver,
    handleEvent: (event) => void events.push(event),
    onError: (error) => void errors.push(error),
    getCursor: () => 0,
    unauthenticatedHandles: true,
  })
  void firehose.start()
  return { events, errors, stop: () => firehose.destroy() }
}

const tell = (event: Event): string => {
  if (event.event === 'create' || event.event === 'update') return `${event.event} ${String(event.uri)} ${String(event.cid)}`
  return event.event === 'delete' ? `delete ${String(event.uri)}` : `${event.event} ${event.did}`
}

test('the firehose of our PDS and of our relay, as @atproto/sync reads and verifies it', async () => {
  const aoi = await world.member('aoi')
  const ren = await world.member('ren', 1)
  const wanted: string[] = []
  for (const member of [aoi, ren]) {
    const acts = [await member.act('172014'), await member.act('172014', { minutes: 30 }), await member.act('172014')]
    wanted.push(...acts.map(({ uri, cid }) => `create ${uri} ${cid}`))
    const first = acts[0] ?? assert.fail()
    const changed = await member.put(nsid.action, first.uri.split('/').at(-1) ?? '', member.action('172014', { minutes: 45 }))
    wanted.push(`update ${changed.uri} ${changed.cid}`)
    await member.remove(acts[1]?.uri ?? '')
    wanted.push(`delete ${acts[1]?.uri}`)
  }
  await world.relayed()
  const ofAoi = wanted.filter((line) => line.includes(aoi.did))
  for (const [service, lines] of [
    [world.pds[0]?.url ?? '', ofAoi],
    [world.relay.url, wanted],
  ] as const) {
    const reader = follow(service)
    const written = () => reader.events.map(tell).filter((line) => /^(?:create|update|delete)/.test(line))
    await eventually(
      async () => written().length,
      (count) => count >= lines.length,
      'every operation',
    )
    await reader.stop()
    assert.deepEqual(written().toSorted(), lines.toSorted())
    const byAoi = written().filter((line) => line.includes(aoi.did))
    assert.deepEqual(byAoi, ofAoi, 'in order')
    assert.deepEqual(reader.errors, [])
    const others = reader.events.map(tell).filter((line) => line.includes(aoi.did) && !written().includes(line))
    // The relay drops a #sync that says no more than the commit before it.
    const sync = service === world.relay.url ? [] : [`sync ${aoi.did}`]
    assert.deepEqual(others, [`identity ${aoi.did}`, `account ${aoi.did}`, ...sync])
  }
})

test('@atproto/repo verifies our whole repository and the proof of one record', async () => {
  const yui = await world.member('yui')
  const acts = []
  for (let number = 0; number < 30; number++) acts.push(await yui.act('172014', { minutes: number + 1 }))
  const key = await resolver.did.resolveAtprotoKey(yui.did)
  const read = async (method: string, params: Record<string, string>) =>
    new Uint8Array(await (await fetch(`${world.pds[0]?.url}/xrpc/${method}?${new URLSearchParams(params).toString()}`)).arrayBuffer())
  const whole = await verifyRepoCar(await read('com.atproto.sync.getRepo', { did: yui.did }), yui.did, key)
  assert.deepEqual(
    whole.creates.map(({ rkey, cid }) => `${rkey} ${String(cid)}`).toSorted(),
    acts.map(({ uri, cid }) => `${uri.split('/').at(-1)} ${cid}`).toSorted(),
  )
  const one = acts[17] ?? assert.fail()
  const rkey = one.uri.split('/').at(-1) ?? ''
  const proof = await read('com.atproto.sync.getRecord', { did: yui.did, collection: nsid.action, rkey })
  const claim = { collection: nsid.action, rkey, cid: parseCid(one.cid) }
  const { verified, unverified } = await verifyProofs(proof, [claim], yui.did, key)
  assert.deepEqual([verified.length, unverified.length], [1, 0])
  const stranger = await world.member('stranger')
  const otherKey = await resolver.did.resolveAtprotoKey(stranger.did)
  await assert.rejects(verifyProofs(proof, [claim], yui.did, otherKey), 'not with another key')
})
