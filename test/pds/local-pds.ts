// A directory and a PDS on free ports of loopback, with everything the test needs to ask them; stopped and removed after the test.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import { startPds } from '../../pds/pds.ts'
import type { PdsConfig } from '../../pds/config.ts'
import { readPlcConfig } from '../../plc/config.ts'
import { startPlc } from '../../plc/plc.ts'
import { silentLog, type Log } from '../../server/log.ts'
import type { Clock } from '../../server/clock.ts'
import type { Running } from '../../server/serve.ts'

export type Json = Record<string, unknown>
export type Answer = { readonly status: number; readonly json: Json; readonly text: string }

export type LocalPds = {
  plc: Running
  readonly config: PdsConfig
  pds: Running
  /** Stops the PDS and starts it on the same folder and port. */
  restart(): Promise<void>
  /** Starts the directory again on the same folder and this port. */
  startPlcAgain(port: number): Promise<void>
  get(nsid: string, params?: Record<string, string>, token?: string): Promise<Answer>
  post(nsid: string, body?: Json, token?: string): Promise<Answer>
  admin(nsid: string, body: Json): Promise<Answer>
}

export const ADMIN_PASSWORD = 'operator-of-the-test'
export const PASSWORD = 'correct horse battery'

export type LocalOptions = {
  readonly config?: Partial<PdsConfig>
  readonly clock?: Clock
  readonly log?: Log
  readonly fetch?: typeof fetch
}

export const localPds = async (t: TestContext, options: LocalOptions = {}): Promise<LocalPds> => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-pds-'))
  const startDirectory = (port: number) =>
    startPlc(readPlcConfig({ PORT: String(port), DATA_DIR: join(folder, 'plc') }), { log: silentLog })
  const plc = await startDirectory(0)
  const config: PdsConfig = {
    host: '127.0.0.1',
    port: 0,
    dataDir: join(folder, 'pds'),
    plcUrl: plc.url,
    handleDomains: ['.pds1.test'],
    allowLoopback: true,
    inviteRequired: false,
    adminPassword: ADMIN_PASSWORD,
    ...options.config,
  }
  const { log = silentLog, clock, fetch: given } = options
  const deps = { log, ...(clock !== undefined && { clock }), ...(given !== undefined && { fetch: given }) }
  const pds = await startPds(config, deps)
  const local: LocalPds = {
    plc,
    config: { ...config, port: pds.port },
    pds,
    async restart() {
      await local.pds.close()
      local.pds = await startPds(local.config, deps)
      // One turn, in which our own side learns that the connections of before are closed.
      await turn()
    },
    async startPlcAgain(port) {
      local.plc = await startDirectory(port)
    },
    get: (nsid, params = {}, token) =>
      ask(`${local.pds.url}/xrpc/${nsid}?${new URLSearchParams(params).toString()}`, { headers: bearer(token) }),
    post: (nsid, body, token) => ask(`${local.pds.url}/xrpc/${nsid}`, posted(body, bearer(token))),
    admin: (nsid, body) =>
      ask(
        `${local.pds.url}/xrpc/${nsid}`,
        posted(body, { authorization: `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString('base64')}` }),
      ),
  }
  t.after(async () => {
    await local.pds.close()
    await local.plc.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return local
}

export type Joined = { readonly did: string; readonly handle: string; readonly accessJwt: string; readonly refreshJwt: string }

/** An account named `name.pds1.test`. */
export const joinAs = async (local: LocalPds, name: string, more: Json = {}): Promise<Joined> => {
  const { status, json, text } = await local.post('com.atproto.server.createAccount', {
    handle: `${name}.pds1.test`,
    email: `${name}@example.jp`,
    password: PASSWORD,
    ...more,
  })
  assert.equal(status, 200, text)
  return parseJoined(json)
}

export const parseJoined = ({ did, handle, accessJwt, refreshJwt }: Json): Joined => ({
  did: String(did),
  handle: String(handle),
  accessJwt: String(accessJwt),
  refreshJwt: String(refreshJwt),
})

/** What another server answers, taken to have the shape that the test goes on to check. */
export const fetchJson = async <T>(url: string, init?: RequestInit): Promise<T> => (await (await fetch(url, init)).json()) as T

export type DidJson = {
  readonly id: string
  readonly alsoKnownAs: readonly string[]
  readonly verificationMethod: readonly { readonly publicKeyMultibase: string }[]
  readonly service: readonly { readonly serviceEndpoint: string }[]
}

/** Status and error name in one text, as tables of refusals have it. */
export const refusalOf = ({ status, json }: Answer): string => `${status} ${String(json['error'])}`

const bearer = (token: string | undefined): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` })

const posted = (body: Json | undefined, headers: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

const ask = async (url: string, init: RequestInit): Promise<Answer> => {
  const response = await fetch(url, init)
  const text = await response.text()
  return { status: response.status, text, json: text === '' ? {} : (JSON.parse(text) as Json) }
}
