// Browsers that have been at the sign-in pages. A device's session id stands sealed; devices on which nobody is signed in are forgotten after a day.

import type { DeviceData, DeviceStore } from '@atproto/oauth-provider/store'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sealer } from '../../server/seal.ts'
import { deviceLabel } from './device-label.ts'
import { parseSessionId } from './parse-stored.ts'

export const IDLE_DEVICE_MS = 24 * 60 * 60_000
export const DEVICE_MS = 400 * 24 * 60 * 60_000
/** Text a browser sends about itself is cut here. */
const USER_AGENT_CHARS = 512

type Row = { id: string; sealed_session: Uint8Array; user_agent: string | null; ip_address: string; last_seen_ms: number }

export type ReadDevice = (row: Row) => DeviceData

export const deviceReader =
  (sealer: Sealer): ReadDevice =>
  (row) => ({
    sessionId: parseSessionId(Buffer.from(sealer.open(deviceLabel(row.id), row.sealed_session)).toString()),
    lastSeenAt: new Date(row.last_seen_ms),
    userAgent: row.user_agent,
    ipAddress: row.ip_address,
  })

export const createDeviceStore = (db: Database, sealer: Sealer, clock: Clock): DeviceStore => {
  const insert = db.prepare<[string, Uint8Array, string | null, string, number]>(
    'INSERT INTO oauth_device (id, sealed_session, user_agent, ip_address, last_seen_ms) VALUES (?, ?, ?, ?, ?)',
  )
  const read = db.prepare<[string], Row>('SELECT * FROM oauth_device WHERE id = ?')
  const update = db.prepare<[Uint8Array, string | null, string, number, string]>(
    'UPDATE oauth_device SET sealed_session = ?, user_agent = ?, ip_address = ?, last_seen_ms = ? WHERE id = ?',
  )
  const remove = db.prepare<[string]>('DELETE FROM oauth_device WHERE id = ?')
  const tidy = db.prepare<[number, number]>(
    `DELETE FROM oauth_device WHERE last_seen_ms < ?
       OR (last_seen_ms < ? AND NOT EXISTS (SELECT 1 FROM oauth_device_account a WHERE a.device = oauth_device.id))`,
  )
  const open = deviceReader(sealer)
  const seal = (id: string, sessionId: string) => sealer.seal(deviceLabel(id), Buffer.from(sessionId))
  const readDevice = (id: string): DeviceData | null => {
    const row = read.get(id)
    return row === undefined ? null : open(row)
  }
  return {
    createDevice(id, data) {
      const nowMs = clock.realMs()
      tidy.run(nowMs - DEVICE_MS, nowMs - IDLE_DEVICE_MS)
      insert.run(id, seal(id, data.sessionId), cut(data.userAgent), data.ipAddress, data.lastSeenAt.getTime())
    },
    readDevice,
    updateDevice(id, changes) {
      const known = readDevice(id)
      if (known === null) return
      const data = { ...known, ...changes }
      update.run(seal(id, data.sessionId), cut(data.userAgent), data.ipAddress, data.lastSeenAt.getTime(), id)
    },
    deleteDevice: (id) => void remove.run(id),
  }
}

const cut = (userAgent: string | null): string | null => userAgent?.slice(0, USER_AGENT_CHARS) ?? null
