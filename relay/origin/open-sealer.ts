// What seals the origin's key at rest: derived from the one secret of this server, which its operator can rotate (server/secret-file.ts).

import { join } from 'node:path'
import { createSealer, type Sealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets } from '../../server/secret-file.ts'

/** `secretFile`: DATA_DIR/secret when not given; made where it is absent. Throws StartError. */
export const openSealer = (dataDir: string, secretFile?: string): Sealer =>
  createSealer(...deriveKeys(readOrCreateSecrets(secretFile ?? join(dataDir, 'secret')), 'waki relay: seal the origin'))
