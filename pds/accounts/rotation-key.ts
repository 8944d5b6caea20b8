// The key with which this server changes the identities it made: one per server, sealed in server_key, made at the first start.

import { createKeypair, importKeypair, type Keypair } from '../../atproto/keys.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sealer } from '../../server/seal.ts'

const NAME = 'rotation key'

export const loadRotationKey = (db: Database, sealer: Sealer): Keypair => {
  const row = db.prepare<[string], { sealed: Uint8Array }>('SELECT sealed FROM server_key WHERE name = ?').get(NAME)
  if (row !== undefined) return importKeypair(sealer.open(NAME, row.sealed), 'k256')
  const keypair = createKeypair('k256')
  db.prepare('INSERT INTO server_key (name, sealed) VALUES (?, ?)').run(NAME, sealer.seal(NAME, keypair.exportPrivate()))
  return keypair
}
