// How many apps may be signed in to one account: beyond the bound the session ends in which nothing was refreshed for longest.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClientAuth, parseOwnDid, parseOwnHandle, parseParameters, parseTokenId } from '../../../pds/oauth/parse-stored.ts'
import { createTokenStore, OAUTH_SESSIONS_PER_ACCOUNT } from '../../../pds/oauth/token-store.ts'
import { accountsSql } from '../../../pds/schema/accounts.sql.ts'
import { oauthSql } from '../../../pds/schema/oauth.sql.ts'
import { systemClock } from '../../../server/clock.ts'
import { openDatabase } from '../../../server/sqlite.ts'

test('the oldest session of an account ends when there are too many; nobody else’s does', async () => {
  const db = openDatabase(':memory:', [accountsSql, oauthSql])
  const account = db.prepare("INSERT INTO account (did, handle, password_hash, signing_key, created_ms) VALUES (?, ?, '', x'', 0)")
  const store = createTokenStore({
    db,
    clock: systemClock(),
    accountOf: (did) => ({
      sub: did,
      did: parseOwnDid(did),
      aud: '',
      handle: parseOwnHandle('one.example'),
      pds: parseOwnDid('did:web:pds.example'),
      deactivated: false,
    }),
  })
  const startMs = Date.now()
  const begin = async (name: string, did: string): Promise<void> => {
    const at = new Date(startMs + begun++)
    await store.createToken(
      parseTokenId(`tok-${name}`),
      {
        createdAt: at,
        updatedAt: at,
        expiresAt: new Date(startMs + 3_600_000),
        clientId: 'https://app.example/client.json',
        clientAuth: parseClientAuth('{"method":"none"}'),
        deviceId: null,
        did: parseOwnDid(did),
        parameters: parseParameters('{}'),
        scope: 'atproto',
        code: null,
      },
      undefined,
    )
  }
  let begun = 0
  const [one, other] = ['did:web:one.example', 'did:web:other.example'] as const
  for (const did of [one, other]) account.run(did, did.slice('did:web:'.length))
  await begin('other', other)
  for (let n = 0; n <= OAUTH_SESSIONS_PER_ACCOUNT; n++) await begin(`${n}`, one)
  const counts = db.prepare('SELECT did, count(*) AS sessions FROM oauth_session GROUP BY did ORDER BY did').all()
  assert.deepEqual(counts, [
    { did: one, sessions: OAUTH_SESSIONS_PER_ACCOUNT },
    { did: other, sessions: 1 },
  ])
  assert.deepEqual(await Promise.all(['0', '1'].map(async (n) => (await store.readToken(parseTokenId(`tok-${n}`))) !== null)), [
    false,
    true,
  ])
})
