// Every value of pds.sqlite that stands sealed, with the label it was sealed under: one place, for sealing all of it anew.

import { deviceLabel } from '../oauth/device-label.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sealer } from '../../server/seal.ts'
import { signingKeyLabel } from './key-ring.ts'
import { reservedKeyLabel } from './reserved-keys.ts'

type Sealed = { readonly table: string; readonly key: string; readonly column: string; readonly labelOf: (key: string) => string }

export const SEALED_VALUES: readonly Sealed[] = [
  { table: 'server_key', key: 'name', column: 'sealed', labelOf: (name) => name },
  { table: 'account', key: 'did', column: 'signing_key', labelOf: signingKeyLabel },
  { table: 'account', key: 'did', column: 'next_signing_key', labelOf: signingKeyLabel },
  { table: 'reservation', key: 'did', column: 'signing_key', labelOf: signingKeyLabel },
  { table: 'reserved_key', key: 'did_key', column: 'sealed', labelOf: reservedKeyLabel },
  { table: 'oauth_device', key: 'id', column: 'sealed_session', labelOf: deviceLabel },
]

/** In one transaction, under the sealer's first key; gives how many values were under another. */
export const sealAnew = (db: Database, sealer: Sealer): number =>
  db
    .transaction(() => {
      let renewed = 0
      for (const { table, key, column, labelOf } of SEALED_VALUES) {
        const rows = db.prepare<[], { key: string; sealed: Uint8Array }>(
          `SELECT ${key} AS key, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL`,
        )
        const update = db.prepare<[Uint8Array, string]>(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`)
        for (const row of rows.all()) {
          const sealed = sealer.renew(labelOf(row.key), row.sealed)
          if (sealed === null) continue
          update.run(sealed, row.key)
          renewed++
        }
      }
      return renewed
    })
    .immediate()
