// What keeps a record's CID from being guessed from its few fields, which are seldom secret one by one.

import { randomBytes } from 'node:crypto'

const NONCE_BYTES = 16

/** As a field of a record in ATProto's JSON. */
export const nonce = (): { readonly $bytes: string } => ({ $bytes: randomBytes(NONCE_BYTES).toString('base64').replace(/=+$/, '') })
