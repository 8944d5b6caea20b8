// Codes and refresh tokens are long and random: at rest a plain SHA-256 of them is enough.

import { createHash } from 'node:crypto'

export const hashOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest()
