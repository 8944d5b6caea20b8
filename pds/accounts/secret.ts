// What of a PDS hangs on its one secret (server/secret-file.ts), each with its own key. Losing the file loses every signing key: it belongs into the backup
// beside pds.sqlite. After a rotation the older secrets still open what they sealed; tokens are signed, and taken, under the newest alone.

import { existsSync, readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { createOwnerFile } from '../../server/owner-file.ts'
import { createSealer, type Sealer } from '../../server/seal.ts'
import { deriveKeys, type Secrets } from '../../server/secret-file.ts'

export type SecretPurpose = 'seal keys' | 'sign sessions' | 'sign oauth tokens'

const ADMIN_PASSWORD_BYTES = 24

/** A 32 byte key of each secret, for one purpose; the newest first. */
export const keysFor = (secrets: Secrets, purpose: SecretPurpose): Secrets => deriveKeys(secrets, `waki pds: ${purpose}`)

/** Signing keys and browsers' sessions at rest. */
export const sealerOf = (secrets: Secrets): Sealer => createSealer(...keysFor(secrets, 'seal keys'))

/** The operator's password, made with mode 0600 where the file is absent. */
export const readOrCreateAdminPassword = (file: string): string => {
  if (!existsSync(file)) createOwnerFile(file, `${randomBytes(ADMIN_PASSWORD_BYTES).toString('base64url')}\n`)
  return readFileSync(file, 'utf8').trim()
}
