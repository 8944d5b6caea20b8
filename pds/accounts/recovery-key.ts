// A key the person keeps, which outranks the server's in the directory.

import { invalidRequest } from '../../server/xrpc-error.ts'

const ROTATION_KEY = /^did:key:z(Q3s|Dn)[1-9A-HJ-NP-Za-km-z]{40,60}$/

/** did:key of curve k256 or p256, the two a directory takes; null when none is given. Throws XrpcError InvalidRequest. */
export const parseRecoveryKey = (text: string | undefined): string | null => {
  if (text === undefined) return null
  if (!ROTATION_KEY.test(text)) throw invalidRequest('recoveryKey is not a did:key of secp256k1 or P-256')
  return text
}
