// A new secret for a PDS that stands still: everything sealed is sealed anew, sessions of the accounts' own end, apps refresh by themselves.
// A crash after each step leaves a server that starts, and a rotation that the next call finishes: both secrets stand in the file until all is sealed anew.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { addSecret, keepNewestSecret, readSecrets } from '../server/secret-file.ts'
import { StartError } from '../server/start-error.ts'
import { lockFile, openDatabase } from '../server/sqlite.ts'
import { sealAnew } from './accounts/sealed-values.ts'
import { sealerOf } from './accounts/secret.ts'
import { filesOf, pdsConfigHere, type PdsConfig } from './config.ts'
import { schema } from './schema/schema.ts'

export type Rotated = { readonly renewed: number; readonly secretFile: string }

/** Throws StartError when a server runs on the folder, or the folder cannot be used. */
export const rotateSecret = (config: Pick<PdsConfig, 'dataDir' | 'secretFile'>): Rotated => {
  const files = filesOf(config)
  for (const file of [files.database, files.secret])
    if (!existsSync(file)) throw new StartError(`${file} is not there: this is no folder of a PDS`)
  using _lock = lockFile(join(config.dataDir, 'pds.lock'))
  // A second secret is there already where an earlier rotation was interrupted: that one is finished.
  if (readSecrets(files.secret).length === 1) addSecret(files.secret)
  const db = openDatabase(files.database, schema)
  try {
    const renewed = sealAnew(db, sealerOf(readSecrets(files.secret)))
    keepNewestSecret(files.secret)
    return { renewed, secretFile: files.secret }
  } finally {
    db.close()
  }
}

/** Of the folder given, or of the environment's settings. Throws as `rotateSecret`. */
export const rotateSecretOf = (dataDir: string | undefined): Rotated => rotateSecret(dataDir === undefined ? pdsConfigHere() : { dataDir })
