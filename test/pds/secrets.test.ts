// Nothing secret leaves the PDS by its log or its answers: every line and every error answer of a day's use is searched for passwords, tokens and keys.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Facts, Log } from '../../server/log.ts'
import { ADMIN_PASSWORD, joinAs, localPds, PASSWORD, type Answer } from './local-pds.ts'

const recordingLog = (lines: string[]): Log => {
  const write = (event: string, facts?: Facts) => {
    const { error, ...rest } = facts ?? {}
    lines.push(`${event} ${JSON.stringify(rest)} ${error instanceof Error ? `${error.message} ${error.stack}` : ''}`)
  }
  const log: Log = { debug: write, info: write, warn: write, error: write, with: () => log }
  return log
}

test('no password, token or key in logs and error answers', async (t) => {
  const lines: string[] = []
  const local = await localPds(t, { log: recordingLog(lines) })
  const { accessJwt, refreshJwt, did } = await joinAs(local, 'hanako')
  const made = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt)
  const wrong = 'wrong but nearly mine'
  const refusals: Answer[] = [
    await local.post('com.atproto.server.createAccount', { handle: 'hanako.pds1.test', password: PASSWORD }),
    await local.post('com.atproto.server.createAccount', { handle: 'taro.pds1.test', password: PASSWORD, email: 'x' }),
    await local.post('com.atproto.server.createSession', { identifier: did, password: wrong }),
    await local.post('com.atproto.server.createSession', { identifier: did, password: 12 }),
    await local.post('com.atproto.server.createSession', { identifier: PASSWORD, password: wrong }),
    await local.get('com.atproto.server.getSession', {}, `${accessJwt}x`),
    await local.get('com.atproto.server.getSession', {}, refreshJwt),
    await local.post('com.atproto.server.refreshSession', undefined, accessJwt),
    await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt),
    await local.admin('com.atproto.admin.updateAccountSigningKey', {
      did,
      signingKey: 'did:key:zQ3shXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
    }),
    await local.post('org.waki.noSuchMethod', { password: PASSWORD }, accessJwt),
  ]
  for (const { status, text } of refusals) assert.ok(status >= 400 && status !== 500, text)
  await local.plc.close()
  const away = await local.post('com.atproto.identity.updateHandle', { handle: 'h2n.pds1.test' }, accessJwt)
  assert.equal(away.status, 502)
  const secret = readFileSync(join(local.config.dataDir, 'secret'), 'utf8').trim()
  const everything = [...lines, ...refusals.map(({ text }) => text), away.text].join('\n')
  assert.ok(lines.length > 0)
  for (const one of [
    PASSWORD,
    wrong,
    ADMIN_PASSWORD,
    secret,
    String(made.json['password']),
    accessJwt.split('.')[2],
    refreshJwt.split('.')[2],
  ])
    assert.equal(everything.includes(String(one)), false, one)
})
