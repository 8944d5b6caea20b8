// Signing keys in use: unsealed once, kept imported in a cache of bounded size, the longest unused dropped first.

import { importKeypair, type Keypair } from '../../atproto/keys.ts'
import type { Sealer } from '../../server/seal.ts'

/** Keys kept imported; a few hundred bytes each. */
export const KEYS_KEPT = 4096

export type KeyRing = {
  readonly keyOf: (did: string) => Keypair
  /** The next `keyOf` reads the row again: call when a key was replaced or its transaction failed. */
  readonly forget: (did: string) => void
}

/** `sealedKey` reads the account's sealed key; it asserts that there is one. */
export const createKeyRing = (sealer: Sealer, sealedKey: (did: string) => Uint8Array, kept = KEYS_KEPT): KeyRing => {
  const keys = new Map<string, Keypair>()
  return {
    keyOf(did) {
      const known = keys.get(did)
      const key = known ?? importKeypair(sealer.open(signingKeyLabel(did), sealedKey(did)), 'k256')
      if (known !== undefined) keys.delete(did)
      keys.set(did, key)
      if (keys.size > kept) keys.delete(keys.keys().next().value ?? did)
      return key
    },
    forget(did) {
      keys.delete(did)
    },
  }
}

/** What a signing key is sealed under. */
export const signingKeyLabel = (did: string): string => `signing key of ${did}`
