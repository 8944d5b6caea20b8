// What seals the origin's key at rest: derived from the one secret of this server, which its operator can rotate (server/secret-file.ts).

import { join } from 'node:path'
import { createSealer, type Sealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets, readSecrets, type Secrets } from '../../server/secret-file.ts'

const FILE = 'secret'

/** `secretFile`: DATA_DIR/secret when not given; made where it is absent. Throws StartError. */
export const openSealer = (dataDir: string, secretFile?: string): Sealer => sealerOf(readOrCreateSecrets(secretFile ?? join(dataDir, FILE)))

/** Of a folder that is only read: nothing is made there. Throws StartError where the secret is not in it. */
export const readSealer = (dataDir: string): Sealer => sealerOf(readSecrets(join(dataDir, FILE)))

const sealerOf = (secrets: Secrets): Sealer => createSealer(...deriveKeys(secrets, 'waki relay: seal the origin'))
