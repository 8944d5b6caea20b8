// Browsers that have been at the sign-in pages. A device's session id stands sealed; devices on which nobody is signed in are forgotten after a day,
// and beyond IDLE_DEVICES_KEPT of them those that were seen longest ago: whoever opens a page without a cookie makes one.

import type { DeviceData, DeviceStore } from '@atproto/oauth-provider/store'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sealer } from '../../server/seal.ts'
import { deviceLabel } from './device-label.ts'
import { parseSessionId } from './parse-stored.ts'

export const IDLE_DEVICE_MS = 24 * 60 * 60_000
export const IDLE_DEVICES_KEPT = 10_000
/** So many new ones, and they are counted again. */
export const COUNTED_EVERY = 100
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
       AND (last_seen_ms < ? OR NOT EXISTS (SELECT 1 FROM oauth_device_account a WHERE a.device = oauth_device.id))`,
  )
  const bound = db.prepare<[number]>(
    `DELETE FROM oauth_device WHERE id IN (SELECT d.id FROM oauth_device d
       WHERE NOT EXISTS (SELECT 1 FROM oauth_device_account a WHERE a.device = d.id) ORDER BY d.last_seen_ms DESC LIMIT -1 OFFSET ?)`,
  )
  let made = 0
  const open = deviceReader(sealer)
  const seal = (id: string, sessionId: string) => sealer.seal(deviceLabel(id), Buffer.from(sessionId))
  const readDevice = (id: string): DeviceData | null => {
    const row = read.get(id)
    return row === undefined ? null : open(row)
  }
  return {
    createDevice(id, data) {
      const nowMs = clock.realMs()
      tidy.run(nowMs - IDLE_DEVICE_MS, nowMs - DEVICE_MS)
      insert.run(id, seal(id, data.sessionId), cut(data.userAgent), data.ipAddress, data.lastSeenAt.getTime())
      if (++made % COUNTED_EVERY === 0) bound.run(IDLE_DEVICES_KEPT)
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
