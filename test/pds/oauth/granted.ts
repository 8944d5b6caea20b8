// An app that a person has let in, and what it was given.

import assert from 'node:assert/strict'
import { PASSWORD, type LocalPds } from '../local-pds.ts'
import { dpopApp, newVerifier, type AppOptions, type DpopApp } from './dpop-client.ts'
import { personAt, type Person } from './person.ts'

export type Granted = {
  readonly app: DpopApp
  readonly access: string
  readonly refresh: string
  readonly scope: string
  readonly code: string
}

/** A code, and the verifier it waits for; the person signs in with the password of all test accounts. */
export const codeFor = async (app: DpopApp, person: Person, handle: string, did: string) => {
  const verifier = newVerifier()
  const pushed = await app.par(verifier)
  assert.equal(pushed.status, 201, JSON.stringify(pushed.json))
  const opened = await person.open(app.clientId, String(pushed.json['request_uri']))
  assert.equal(opened.status, 200, opened.text)
  const signedIn = await person.signIn(handle, PASSWORD)
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.json))
  const back = await person.consent(did)
  return { code: back.get('code') ?? '', verifier, back }
}

export const grantTo = async (
  local: LocalPds,
  { did, handle }: { readonly did: string; readonly handle: string },
  options: AppOptions,
  person: Person = personAt(local.pds.url),
): Promise<Granted> => {
  const app = dpopApp(local.pds.url, options)
  const { code, verifier } = await codeFor(app, person, handle, did)
  const { status, json } = await app.token(code, verifier)
  assert.equal(status, 200, JSON.stringify(json))
  return {
    app,
    code,
    access: String(json['access_token']),
    refresh: String(json['refresh_token']),
    scope: String(json['scope']),
  }
}
