// Authorization requests on their way from PAR to a code. A code is consumed by one statement: of two who bring it, one gets it.

import type { RequestData, RequestStore } from '@atproto/oauth-provider/store'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { hashOf } from './hash.ts'
import { parseClientAuth, parseDeviceId, parseOwnDid, parseParameters, parseRequestId } from './parse-stored.ts'

/** An expired request is told from an unknown one for this long. */
const EXPIRED_KEPT_MS = 60 * 60_000

type Row = {
  id: string
  client: string
  client_auth: string | null
  parameters: string
  expires_ms: number
  device: string | null
  did: string | null
}

export const createRequestStore = (db: Database, clock: Clock): RequestStore => {
  const insert = db.prepare<[string, string, string | null, string, number, string | null]>(
    'INSERT INTO oauth_request (id, client, client_auth, parameters, expires_ms, device) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const tidy = db.prepare<[number]>('DELETE FROM oauth_request WHERE expires_ms < ?')
  const read = db.prepare<[string], Row>('SELECT * FROM oauth_request WHERE id = ?')
  const update = db.prepare<[string, number, string | null, string | null, Uint8Array | null, string]>(
    'UPDATE oauth_request SET parameters = ?, expires_ms = ?, device = ?, did = ?, code_hash = ifnull(?, code_hash) WHERE id = ?',
  )
  const remove = db.prepare<[string]>('DELETE FROM oauth_request WHERE id = ?')
  const consume = db.prepare<[Uint8Array], Row>('DELETE FROM oauth_request WHERE code_hash = ? RETURNING *')
  const readRequest = (id: string): RequestData | null => {
    const row = read.get(id)
    return row === undefined ? null : dataOf(row)
  }
  return {
    createRequest(id, { clientId, clientAuth, parameters, expiresAt, deviceId }) {
      tidy.run(clock.realMs() - EXPIRED_KEPT_MS)
      const auth = clientAuth === null ? null : JSON.stringify(clientAuth)
      insert.run(id, clientId, auth, JSON.stringify(parameters), expiresAt.getTime(), deviceId)
    },
    readRequest,
    updateRequest: db.transaction((id: string, changes: Partial<RequestData>) => {
      const known = readRequest(id)
      if (known === null) return
      const { parameters, expiresAt, deviceId, did } = { ...known, ...changes }
      const codeHash = changes.code === undefined || changes.code === null ? null : hashOf(changes.code)
      update.run(JSON.stringify(parameters), expiresAt.getTime(), deviceId, did, codeHash, id)
    }),
    deleteRequest: (id) => void remove.run(id),
    consumeRequestCode(code) {
      const row = consume.get(hashOf(code))
      return row === undefined ? null : { requestId: parseRequestId(row.id), data: { ...dataOf(row), code } }
    },
  }
}

/** The code itself is not kept; that it was given is seen from `did`, which is set with it. */
const dataOf = (row: Row): RequestData => ({
  clientId: row.client,
  clientAuth: row.client_auth === null ? null : parseClientAuth(row.client_auth),
  parameters: parseParameters(row.parameters),
  expiresAt: new Date(row.expires_ms),
  deviceId: row.device === null ? null : parseDeviceId(row.device),
  did: row.did === null ? null : parseOwnDid(row.did),
  code: null,
})
