// A directory on a free port with a clock of its own, and the operations tests offer it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createKeypair } from '../../atproto/keys.ts'
import { cidOfOperation, createOperation, didOfGenesis } from '../../atproto/plc-operation.ts'
import type { AnyOperation, Operation } from '../../atproto/plc-operation.ts'
import { startPlc } from '../../plc/plc.ts'
import { settableClock } from '../../server/clock.ts'
import type { SettableClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'

/** Rotation keys of the operations below, the stronger first, and a key for anything else. */
export const [strong, weak, other] = [createKeypair('k256'), createKeypair('p256'), createKeypair('k256')]
export const START = '2026-04-01T00:00:00.000Z'

export const fields = (prev: string | null, change: Partial<Operation> = {}) => ({
  rotationKeys: [strong.didKey, weak.didKey],
  verificationMethods: { atproto: other.didKey },
  alsoKnownAs: ['at://a.test'],
  services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://pds.example' } },
  ...change,
  prev,
})
export const cid = (operation: AnyOperation) => cidOfOperation(operation).toString()

export const scratch = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-plc-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const startDirectory = async (t: TestContext, dataDir = scratch(t), clock: SettableClock = settableClock(Date.parse(START))) => {
  const running = await startPlc({ host: '127.0.0.1', port: 0, dataDir, settableClock: true }, { clock, log: silentLog })
  t.after(() => running.close())
  const get = async (path: string) => {
    const response = await fetch(`${running.url}${path}`)
    const text = await response.text()
    return { status: response.status, type: response.headers.get('content-type') ?? '', text, json: () => JSON.parse(text) }
  }
  const post = async (did: string, body: unknown, type = 'application/json') => {
    const response = await fetch(`${running.url}/${did}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': type },
    })
    const text = await response.text()
    return { status: response.status, error: String(JSON.parse(text).error ?? ''), message: String(JSON.parse(text).message ?? '') }
  }
  const found = async (change: Partial<Operation> = {}) => {
    const operation = createOperation(fields(null, change), strong)
    const did = didOfGenesis(operation)
    assert.equal((await post(did, operation)).status, 200)
    return { did, operation }
  }
  return { running, clock, dataDir, get, post, found }
}
