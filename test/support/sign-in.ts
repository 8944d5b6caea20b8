// Somebody at the pages of their own server, without a browser: gives the password, allows what the app asks, and goes back to the app.

import assert from 'node:assert/strict'
import { personAt } from '../pds/oauth/person.ts'
import { parseJson } from './asking.ts'

/** `here`: where their server is reached, when that is not its name. */
export type Who = { readonly handle: string; readonly password: string; readonly here?: string }

/** `location`: where the app sent the browser. Gives what the app's redirect address is opened with. */
export const allowAt = async (location: string, { handle, password, here }: Who): Promise<URLSearchParams> => {
  const { origin, searchParams } = new URL(location)
  const person = personAt(origin, here)
  const opened = await person.open(searchParams.get('client_id') ?? '', searchParams.get('request_uri') ?? '')
  assert.equal(opened.status, 200, opened.text)
  const signedIn = await person.signIn(handle, password)
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.json))
  const did: unknown = parseJson(parseJson(signedIn.json)['account'])['did'] ?? parseJson(parseJson(signedIn.json)['account'])['sub']
  return person.consent(String(did))
}
