// An app that was let in before: what it is remembered for is what the person granted it last, as long as one of its sessions stands.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { opensslPath, skipUnless } from '../../support/needs.ts'
import { joinAs, localPds, PASSWORD } from '../local-pds.ts'
import { CLIENT_ID, CLIENT_REDIRECT, confidentialApp } from './confidential-app.ts'
import { dpopApp, newVerifier } from './dpop-client.ts'
import { personAt } from './person.ts'

const WRITE = 'repo:app.bsky.feed.post?action=create'
const SCOPE = `atproto ${WRITE} account:email`
const skip = skipUnless(opensslPath, 'an openssl')

const begin = async (t: TestContext) => {
  const { fetch, proveTo } = await confidentialApp(t, opensslPath ?? '', SCOPE)
  const local = await localPds(t, { fetch })
  const hanako = await joinAs(local, 'hanako')
  const issuer = local.pds.url
  const app = dpopApp(issuer, { scope: SCOPE, clientId: CLIENT_ID, redirect: CLIENT_REDIRECT })
  const person = personAt(issuer)
  /** `consent` is asked for only where a page is shown, and gives what the person ticks. */
  const signIn = async (consent: string, more: Record<string, string> = {}) => {
    const verifier = newVerifier()
    const pushed = await app.par(verifier, { login_hint: hanako.handle, ...more, ...proveTo(issuer) })
    assert.equal(pushed.status, 201, JSON.stringify(pushed.json))
    const { location } = await person.open(CLIENT_ID, String(pushed.json['request_uri']))
    const back = location === undefined ? await consentOn(consent) : new URL(location).searchParams
    const proof = { code_verifier: verifier, redirect_uri: CLIENT_REDIRECT, ...proveTo(issuer) }
    const given = await app.post('/oauth/token', { grant_type: 'authorization_code', code: back.get('code') ?? '', ...proof })
    assert.equal(given.status, 200, JSON.stringify(given.json))
    return { isAsked: location === undefined, scope: given.json['scope'], refresh: String(given.json['refresh_token']) }
  }
  const consentOn = async (scope: string) => {
    assert.equal((await person.signIn(hanako.handle, PASSWORD)).status, 200)
    return person.consent(hanako.did, scope)
  }
  /** Ends all of the app's sessions on the person's own page. */
  const endOnPage = async () => {
    await person.openAccount()
    const { json } = await person.api('GET', '/oauth-sessions', { did: hanako.did })
    for (const { tokenId } of parseSessions(json))
      assert.equal((await person.api('POST', '/revoke-oauth-session', { did: hanako.did, tokenId })).status, 200)
  }
  const revoke = (token: string) => app.post('/oauth/revoke', { token, ...proveTo(issuer) })
  return { local, hanako, signIn, endOnPage, revoke }
}

const parseSessions = (json: unknown) => json as readonly { readonly tokenId: string }[]

test('what was granted is given again unasked; what was left out is asked for again', { skip }, async (t) => {
  const { signIn } = await begin(t)
  const less = `atproto ${WRITE}`
  assert.deepEqual(told(await signIn(less)), { isAsked: true, scope: less })
  assert.deepEqual(told(await signIn('', { scope: less })), { isAsked: false, scope: less })
  assert.deepEqual(told(await signIn(less)), { isAsked: true, scope: less }, 'more than was granted')
  assert.deepEqual(told(await signIn(SCOPE)), { isAsked: true, scope: SCOPE })
  assert.deepEqual(told(await signIn('')), { isAsked: false, scope: SCOPE })
  assert.deepEqual(told(await signIn(less, { prompt: 'consent' })), { isAsked: true, scope: less })
  assert.deepEqual(told(await signIn(less)), { isAsked: true, scope: less }, 'taken back by the last word')
})

const told = ({ isAsked, scope }: { readonly isAsked: boolean; readonly scope: unknown }) => ({ isAsked, scope })

test('an app that was ended, by whomever, asks the person anew', { skip }, async (t) => {
  const { local, hanako, signIn, endOnPage, revoke } = await begin(t)
  assert.equal((await signIn(SCOPE)).isAsked, true)
  const second = await signIn('')
  assert.equal(second.isAsked, false)
  await endOnPage()
  const third = await signIn(SCOPE)
  assert.equal(third.isAsked, true, 'ended by the person')
  assert.equal((await revoke(third.refresh)).status, 200)
  assert.equal((await signIn(SCOPE)).isAsked, true, 'signed out by the app')
  const set = await local.admin('com.atproto.admin.updateAccountPassword', { did: hanako.did, password: PASSWORD })
  assert.equal(set.status, 200)
  assert.equal((await signIn(SCOPE)).isAsked, true, 'ended by a new password')
})
