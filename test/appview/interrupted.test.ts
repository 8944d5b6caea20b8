// What interrupts an appview: a stop, SIGKILL, a withheld commit, a changed key, another log. Nothing is lost, nothing counts twice, and a rebuild says the same.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { auditAppview } from '../../appview/audit.ts'
import { hashOfFolded, rebuildStore } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books } from '../../appview/store/store.ts'
import type { Session } from '../../cli/xrpc-client.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { parseDataMap } from '../../atproto/data-model.ts'
import { method } from '../../lexicons/authority.ts'
import { startRelay } from '../../relay/relay.ts'
import { silentLog } from '../../server/log.ts'
import { at, eventually, getJson, listIn } from '../support/asking.ts'
import { seededRandom } from '../support/random.ts'
import { CODE, SmallNetwork } from './small-network.ts'

const TIMEOUT = { timeout: 180_000 }

const withBooks = async <T>(network: SmallNetwork, look: (books: Books) => Promise<T>): Promise<T> => {
  const store = openSqliteStore(network.storeFile)
  try {
    return await look(store.books)
  } finally {
    await store.close()
  }
}

const minutesOf = async (network: SmallNetwork, who: Session): Promise<unknown> => {
  const { statement } = await network.ask(who, method.getStatement, { scope: CODE, entity: who.did })
  return at({ statement }, 'statement', 'units', 'MIN', 'PL')['4110'] ?? 0
}

const soundAndRebuilt = async (network: SmallNetwork): Promise<void> => {
  const audit = await auditAppview(network.storeFile)
  assert.deepEqual(audit.problems, [])
  assert.ok((audit.checked['proofs'] ?? 0) > 0)
  const before = await withBooks(network, hashOfFolded)
  const rebuilt = await rebuildStore({ store: network.storeFile, rosterFile: network.config().rosterFile })
  assert.equal(rebuilt.statementsHash, before)
}

const openedTown = async (network: SmallNetwork) => {
  const town = await network.openTown()
  const [aoi, ben] = [await network.join('aoi'), await network.join('ben')]
  await network.openAppview()
  for (const one of [aoi, ben]) await network.admit(town, one)
  return { town, aoi, ben }
}

test('what was written while the appview was down is booked when it is back, and a rebuild says the same', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const { town, aoi, ben } = await openedTown(network)
  await network.confirm(ben, await network.act(aoi))
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 60)
  await network.closeAppview()
  await network.confirm(ben, await network.act(aoi, { minutes: 30 }))
  await network.openAppview()
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 90)
  await network.closeAppview()
  await soundAndRebuilt(network)
})

test('killed again and again, the books hold every write once', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const { town, aoi, ben } = await openedTown(network)
  await network.settled(town, aoi, ben)
  await network.closeAppview()
  const random = seededRandom(11)
  const written: string[] = []
  for (let round = 0; round < 4; round++) {
    const child = startChild(network)
    await child.ready
    for (let index = 0; index < 5; index++) {
      const act = await network.act(aoi, { minutes: 10 + index })
      written.push(act.uri, (await network.confirm(ben, act)).uri)
    }
    await wait(random.below(60))
    child.kill()
    await child.ended
  }
  await network.openAppview()
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 4 * (10 + 11 + 12 + 13 + 14))
  await network.closeAppview()
  await withBooks(network, async (books) => {
    for (const uri of written) assert.equal((await books.rows({ uri, limit: 5 })).length, 1, uri)
  })
  await soundAndRebuilt(network)
})

const startChild = (network: SmallNetwork) => {
  const config = network.config()
  const child = spawn(process.execPath, ['appview/main.ts'], {
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: config.dataDir,
      PLC_URL: config.plcUrl,
      RELAY_URL: config.relayUrl,
      ROSTER_FILE: config.rosterFile,
      HANDLE_HOSTS: JSON.stringify(config.handleHosts),
      ALLOW_LOOPBACK: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('server.started')) resolve()
    })
  })
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  return { ready, ended, kill: () => child.kill('SIGKILL') }
}

const isCommitOf = (did: string) => (frame: Buffer) => {
  const decoded = decodeFrame(frame)
  return decoded.kind === 'message' && decoded.t === '#commit' && parseDataMap(decoded.payload)['repo'] === did
}

test('a withheld commit is had by getRepo at the next one; neighbours are unharmed', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const { town, aoi, ben } = await openedTown(network)
  await network.settled(town, aoi, ben)
  network.wire.withholds = isCommitOf(aoi.did)
  const withheld = await network.act(aoi, { minutes: 45 })
  await eventually(
    async () => network.wire.withheld,
    (count) => count === 1,
    'the commit is withheld',
  )
  network.wire.withholds = () => false
  const neighbours = await network.act(ben, { minutes: 15 })
  const next = await network.act(aoi, { minutes: 20 })
  await network.confirm(ben, withheld)
  await network.confirm(ben, next)
  await network.confirm(aoi, neighbours)
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 65)
  assert.equal(await minutesOf(network, ben), 15)
  const log = async (uri: string) => at(await network.ask(aoi, method.traceWrite, { uri }), 'steps', 'log')
  assert.equal((await log(withheld.uri))['leaf'], (await log(next.uri))['leaf'], 'both stand at the leaf of the discontinuity')
  await network.closeAppview()
  await withBooks(network, async (books) => {
    assert.equal((await books.rows({ uri: withheld.uri, limit: 1 }))[0]?.source, 'resync')
    assert.equal((await books.heads([aoi.did])).get(aoi.did)?.state, 'synchronized')
  })
  await soundAndRebuilt(network)
})

test('what cannot be had is written down as such, the rest counts, and a later commit brings it', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const { town, aoi, ben } = await openedTown(network)
  await network.settled(town, aoi, ben)
  network.wire.withholds = isCommitOf(aoi.did)
  const withheld = await network.act(aoi, { minutes: 45 })
  await eventually(
    async () => network.wire.withheld,
    (count) => count === 1,
    'the commit is withheld',
  )
  network.wire.withholds = () => false
  network.wire.hidesRepos = true
  await network.confirm(ben, await network.act(aoi, { minutes: 20 }))
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 20)
  const counts = at(await getJson(`${network.appview.url}/network.json`), 'counts')
  assert.equal(counts['leaf.unavailable'], 1)
  // The restart forgets that the host failed a moment ago.
  await network.closeAppview()
  network.wire.hidesRepos = false
  await network.openAppview()
  await network.confirm(ben, withheld)
  await network.act(aoi, { minutes: 5 })
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 65)
  await network.closeAppview()
  await soundAndRebuilt(network)
})

test('entries signed with an earlier key are believed and stay provable', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const { town, aoi, ben } = await openedTown(network)
  const first = await network.act(aoi, { minutes: 40 })
  await network.settled(town, aoi, ben)
  await network.closeAppview()
  await network.confirm(ben, first)
  const late = await network.act(aoi, { minutes: 25 })
  await rotateKey(network, aoi)
  await network.confirm(ben, late)
  await network.act(aoi, { minutes: 5 })
  await network.openAppview()
  await network.settled(town, aoi, ben)
  assert.equal(await minutesOf(network, aoi), 65)
  const keyOf = async (uri: string) => at(await network.ask(aoi, method.traceWrite, { uri }), 'steps', 'commit')['signingKey']
  const acts = listIn(await network.ask(aoi, method.listActions, {}), 'actions').map(({ uri }) => String(uri))
  assert.equal(await keyOf(first.uri), await keyOf(late.uri))
  assert.notEqual(await keyOf(late.uri), await keyOf(acts[0] ?? ''))
  await network.closeAppview()
  await soundAndRebuilt(network)
})

const rotateKey = async (network: SmallNetwork, who: Session): Promise<void> => {
  const post = async (nsid: string, body: object, authorization: string) => {
    const headers = { 'content-type': 'application/json', authorization }
    const answer = await fetch(`${network.wire.url}/xrpc/${nsid}`, { method: 'POST', headers, body: JSON.stringify(body) })
    assert.equal(answer.status, 200, await answer.clone().text())
    return answer.text()
  }
  const { signingKey } = JSON.parse(await post('com.atproto.server.reserveSigningKey', { did: who.did }, `Bearer ${who.accessJwt}`))
  const operator = `Basic ${Buffer.from('admin:operator').toString('base64')}`
  await post('com.atproto.admin.updateAccountSigningKey', { did: who.did, signingKey }, operator)
}

test('another log is refused with a sentence, and what is there goes on answering', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const { town, aoi, ben } = await openedTown(network)
  await network.confirm(ben, await network.act(aoi))
  await network.settled(town, aoi, ben)
  await network.closeAppview()
  const base = { host: '127.0.0.1', port: 0, allowLoopback: true, plcUrl: network.plc.url, hosts: [network.wire.url] }
  const other = await startRelay({ ...base, dataDir: `${network.dir}/other-relay` }, { log: silentLog })
  try {
    await network.openAppview({ relayUrl: other.url })
    const status = await eventually(
      () => getJson(`${network.appview.url}/network.json`),
      ({ state }) => state === 'refused',
      'the other log is refused',
    )
    assert.match(String(status['reason']), /never mixed/)
    assert.equal(await minutesOf(network, aoi), 60)
    await network.closeAppview()
  } finally {
    await other.close()
  }
})
