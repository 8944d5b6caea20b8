// The origin: made once, kept through restarts, and replaced when its folder is lost or set back, so that no seq is ever given twice.

import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditRelay, readRelayLog } from '../../relay/audit.ts'
import { startRelay } from '../../relay/relay.ts'
import { settableClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { addSecret, keepNewestSecret } from '../../server/secret-file.ts'
import { StartError } from '../../server/start-error.ts'
import { parseJson } from '../support/asking.ts'
import { Follower, RelayWorld, countsOf, eventually, getJson, post } from './relay-world.ts'

test('an origin survives restarts; the log goes on where it stood, and the host behind its cursor', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  host.send(account.repo.write([]).frame)
  const first = await world.relay({ hosts: [host.url] })
  const before = new Follower(first.url, 0)
  await before.until((all) => all.length === 1)
  const origin = await getJson(`${first.url}/log/origin`)
  assert.equal(origin['name'], `localhost:${first.port}`)
  assert.match(String(origin['key']), /^did:key:zQ3s/)
  assert.ok(Math.abs(Number(origin['base']) / 1000 - Date.now()) < 60_000)
  const mode = (file: string) => statSync(join(world.dir, 'relay', file)).mode & 0o777
  assert.equal(mode('origin.json'), 0o600)
  assert.equal(mode('relay.sqlite'), 0o600)
  await assert.rejects(() => startRelay(world.config(), { log: silentLog }), StartError)
  await before.stop()
  await first.close()
  post(account)
  const second = await world.relay()
  const after = new Follower(second.url, Number(origin['base']) + 1)
  const [event] = await after.until((all) => all.length === 1)
  assert.equal(event?.seq, Number(origin['base']) + 2)
  const { time: _before, leaves: _leaves, ...identity } = origin
  const { time: _after, leaves, ...same } = await getJson(`${second.url}/log/origin`)
  assert.deepEqual(same, identity)
  assert.equal(leaves, 2)
  assert.deepEqual(host.cursors, [0, 1])
  await after.stop()
})

for (const [what, damage] of [
  ['the origin is lost', (dir: string) => rmSync(join(dir, 'origin.json'))],
  [
    'the log is lost',
    (dir: string) => ['relay.sqlite', 'relay.sqlite-wal', 'relay.sqlite-shm'].forEach((file) => rmSync(join(dir, file), { force: true })),
  ],
  ['the log is set back', (dir: string) => copyFileSync(join(dir, 'backup'), join(dir, 'relay.sqlite'))],
] as const)
  test(`${what}: a new origin begins above the old one, and the hosts are read again`, async () => {
    await using world = await RelayWorld.start()
    const dir = join(world.dir, 'relay')
    const host = await world.host()
    const account = await world.account(host)
    host.send(account.repo.write([]).frame)
    const first = await world.relay({ hosts: [host.url] })
    const follower = new Follower(first.url, 0)
    await follower.until((all) => all.length === 1)
    await first.close()
    copyFileSync(join(dir, 'relay.sqlite'), join(dir, 'backup'))
    post(account)
    post(account)
    const second = await world.relay()
    const origin = await eventually(
      () => getJson(`${second.url}/log/origin`),
      (answer) => answer['leaves'] === 3,
      'three leaves',
    )
    await second.close()
    damage(dir)
    const third = await world.relay()
    const again = new Follower(third.url, 0)
    const isListed = what !== 'the log is lost'
    if (!isListed) {
      const body = JSON.stringify({ hostname: host.hostname })
      await fetch(`${third.url}/xrpc/com.atproto.sync.requestCrawl`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
    }
    const events = await again.until((all) => all.length === 3)
    const renewed = await getJson(`${third.url}/log/origin`)
    assert.notEqual(renewed['key'], origin['key'])
    assert.ok(Number(renewed['base']) > Number(origin['base']) + 3)
    assert.equal(events[0]?.seq, Number(renewed['base']) + 1)
    assert.ok(readdirSync(dir).some((file) => file.startsWith('lost-')))
    assert.equal(existsSync(join(dir, 'origin.json')), true)
    await again.stop()
    await third.close()
    assert.deepEqual((await auditRelay(dir)).problems, [])
  })

test('under a settable clock the log is a demo, its times stand still, never fall, and go with the clock', async () => {
  await using world = await RelayWorld.start()
  const clock = settableClock(Date.parse('2026-04-01T00:00:00.000Z'))
  const host = await world.host()
  const account = await world.account(host, { nowMs: () => clock.civilMs() })
  const relay = await world.relay({ hosts: [host.url], settableClock: true, originName: 'town', windowHours: 1 }, { clock })
  const follower = new Follower(relay.url, 0)
  host.send(account.repo.write([]).frame)
  post(account)
  await follower.until((all) => all.length === 2)
  const answer = await fetch(`${relay.url}/_clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: '2026-10-01T00:00:00.000Z' }),
  })
  assert.equal(answer.status, 200)
  post(account)
  const events = await follower.until((all) => all.length === 3)
  assert.deepEqual(
    events.map(({ event }) => event.time),
    ['2026-04-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z'],
  )
  const origin = await getJson(`${relay.url}/log/origin`)
  assert.equal(origin['name'], 'demo/town')
  assert.equal(origin['time'], '2026-10-01T00:00:00.000Z')
  assert.deepEqual(await countsOf(relay, host), {})
  await follower.stop()
})

test('a time that was given out holds after a restart whose clock lies behind it', async () => {
  await using world = await RelayWorld.start()
  const ahead = Date.parse('2026-09-01T00:00:00.000Z')
  const host = await world.host()
  const account = await world.account(host, { nowMs: () => Date.parse('2026-04-01T00:00:00.000Z') })
  const config = { dataDir: join(world.dir, 'promise'), hosts: [host.url], settableClock: true, windowHours: 1 }
  const first = await world.relay(config, { clock: settableClock(ahead) })
  assert.equal((await getJson(`${first.url}/log/origin`))['time'], new Date(ahead).toISOString())
  await first.close()
  const second = await world.relay(config, { clock: settableClock(Date.parse('2026-04-01T00:00:00.000Z')) })
  const follower = new Follower(second.url, 0)
  host.send(account.repo.write([]).frame)
  const events = await follower.until((all) => all.length === 1)
  assert.equal(events[0]?.event.time, new Date(ahead).toISOString())
  await follower.stop()
})

test('the auditor finds what somebody changed', async () => {
  await using world = await RelayWorld.start()
  const dir = join(world.dir, 'relay')
  const host = await world.host()
  const account = await world.account(host)
  host.send(account.repo.write([]).frame)
  post(account)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  await follower.until((all) => all.length === 2)
  await follower.stop()
  await relay.close()
  assert.deepEqual(await auditRelay(dir), { checked: { leaves: 2, events: 2, accounts: 1, hosts: 1 }, problems: [] })
  const { default: Sqlite } = await import('better-sqlite3')
  const spoil = async (sql: string, undo: string) => {
    const db = new Sqlite(join(dir, 'relay.sqlite'))
    db.exec(sql)
    const { problems } = await auditRelay(dir)
    db.exec(undo)
    db.close()
    return problems.map(({ where, what }) => `${where}: ${what}`).join('\n')
  }
  assert.match(
    await spoil('UPDATE leaf SET time_ms = time_ms + 1 WHERE leaf = 1', 'UPDATE leaf SET time_ms = time_ms - 1 WHERE leaf = 1'),
    /leaf 1: its row has another time/,
  )
  assert.match(await spoil("UPDATE event SET kind = 'sync'", "UPDATE event SET kind = 'commit'"), /says something else than its frame/)
  assert.match(await spoil('UPDATE host SET cursor = 1', 'UPDATE host SET cursor = 2'), /its cursor lies before/)
  assert.match(await spoil("UPDATE account SET rev = '3m'", ''), /its head is/)
  assert.match(await spoil('DELETE FROM leaf WHERE leaf = 1', ''), /leaf 1 is missing|has no leaf/)
})

test('the key of the log is sealed under a secret that can be rotated; without it the relay says what is missing', async () => {
  await using world = await RelayWorld.start()
  const dir = join(world.dir, 'relay')
  const first = await world.relay()
  const { key } = await getJson(`${first.url}/log/origin`)
  await first.close()
  const [file, secret] = [join(dir, 'origin.json'), join(dir, 'secret')]
  assert.equal(statSync(secret).mode & 0o777, 0o600)
  const before = readFileSync(file, 'utf8')
  assert.deepEqual(Object.keys(parseJson(JSON.parse(before))).toSorted(), ['base', 'created', 'key', 'name', 'sealed'])
  addSecret(secret)
  await (await world.relay()).close()
  assert.notEqual(readFileSync(file, 'utf8'), before, 'sealed anew')
  keepNewestSecret(secret)
  const second = await world.relay()
  assert.equal((await getJson(`${second.url}/log/origin`))['key'], key)
  await second.close()
  assert.deepEqual((await auditRelay(dir)).problems, [])
  rmSync(secret)
  await assert.rejects(() => auditRelay(dir), /restore the secret from the backup/)
  assert.throws(() => readRelayLog(dir), /restore the secret from the backup/)
  assert.equal(existsSync(secret), false, 'who only reads makes none')
  await assert.rejects(() => world.relay(), /restore the secret from the backup/)
})
