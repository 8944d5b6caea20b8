// Who is signed in on which device, and which apps a person has let in before. An app is remembered for the scopes of its newest session, which are those
// the person ticked, and as long as that stands: for more, and after its last session was ended, the person is asked again.

import type { AccountStore } from '@atproto/oauth-provider/store'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sealer } from '../../server/seal.ts'
import { deviceReader } from './device-store.ts'
import { parseDeviceId, parseParameters } from './parse-stored.ts'
import type { Account, AuthorizedClients, DeviceAccount } from './provider-types.ts'

export type DeviceAccountDeps = {
  db: Database
  sealer: Sealer
  clock: Clock
  /** undefined for an account that is not here or was taken down. */
  accountOf: (did: string) => Account | undefined
}

type Row = {
  did: string
  created_ms: number
  updated_ms: number
  id: string
  sealed_session: Uint8Array
  user_agent: string | null
  ip_address: string
  last_seen_ms: number
}

type Part = Pick<
  AccountStore,
  'setAuthorizedClient' | 'getAccount' | 'upsertDeviceAccount' | 'getDeviceAccount' | 'removeDeviceAccount' | 'listDeviceAccounts'
>

const ROWS = 'SELECT a.did, a.created_ms, a.updated_ms, d.* FROM oauth_device_account a JOIN oauth_device d ON d.id = a.device'

export const createDeviceAccounts = ({ db, sealer, clock, accountOf }: DeviceAccountDeps): Part => {
  const granted = db.prepare<[string], { client: string; parameters: string }>(
    'SELECT client, parameters FROM oauth_session WHERE id IN (SELECT max(id) FROM oauth_session WHERE did = ? GROUP BY client)',
  )
  const upsert = db.prepare<[string, string, number, number]>(
    `INSERT INTO oauth_device_account (device, did, created_ms, updated_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (device, did) DO UPDATE SET updated_ms = excluded.updated_ms`,
  )
  const one = db.prepare<[string, string], Row>(`${ROWS} WHERE a.device = ? AND a.did = ?`)
  const remove = db.prepare<[string, string]>('DELETE FROM oauth_device_account WHERE device = ? AND did = ?')
  const ofDevice = db.prepare<[string], Row>(`${ROWS} WHERE a.device = ? ORDER BY a.updated_ms DESC`)
  const ofAccount = db.prepare<[string], Row>(`${ROWS} WHERE a.did = ? ORDER BY a.updated_ms DESC`)
  const openDevice = deviceReader(sealer)
  const clientsOf = (did: string): AuthorizedClients =>
    new Map(
      granted.all(did).map(({ client, parameters }) => [client, { authorizedScopes: parseParameters(parameters).scope?.split(' ') ?? [] }]),
    )
  const shown = (row: Row): DeviceAccount[] => {
    const account = accountOf(row.did)
    if (account === undefined) return []
    return [
      {
        deviceId: parseDeviceId(row.id),
        deviceData: openDevice(row),
        account,
        authorizedClients: clientsOf(row.did),
        createdAt: new Date(row.created_ms),
        updatedAt: new Date(row.updated_ms),
      },
    ]
  }
  return {
    // What the provider would have us keep is all that was asked, not what the person ticked.
    setAuthorizedClient() {},
    getAccount(did) {
      const account = accountOf(did)
      if (account === undefined) throw new Error('Account not found')
      return { account, authorizedClients: clientsOf(did) }
    },
    upsertDeviceAccount: (deviceId, did) => void upsert.run(deviceId, did, clock.realMs(), clock.realMs()),
    getDeviceAccount(deviceId, did) {
      const row = one.get(deviceId, did)
      return (row && shown(row)[0]) ?? null
    },
    removeDeviceAccount: (deviceId, did) => void remove.run(deviceId, did),
    listDeviceAccounts: (filter) => ('did' in filter ? ofAccount.all(filter.did) : ofDevice.all(filter.deviceId)).flatMap(shown),
  }
}
