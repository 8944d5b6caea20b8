// Ends what apps were given by an account, and its sign-ins on devices: when it is taken down, and when its password is changed.

import type { Database } from '../../server/sqlite.ts'

/** Inside the caller's transaction if there is one. */
export type EndGrants = (did: string) => void

export const createEndGrants = (db: Database): EndGrants => {
  const sessions = db.prepare<[string]>('DELETE FROM oauth_session WHERE did = ?')
  const requests = db.prepare<[string]>('DELETE FROM oauth_request WHERE did = ?')
  const devices = db.prepare<[string]>('DELETE FROM oauth_device_account WHERE did = ?')
  return (did) => {
    for (const end of [sessions, requests, devices]) end.run(did)
  }
}
