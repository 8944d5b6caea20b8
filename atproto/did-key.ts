// Public keys as did:key: multicodec prefix and compressed point in base58. https://atproto.com/specs/cryptography#public-key-encoding

import { base58btc } from 'multiformats/bases/base58'
import type { Curve } from './curves.ts'
import { InvalidKey } from './invalid-key.ts'

/** A point in its compressed form, 33 bytes. */
export type PublicKey = { readonly curve: Curve; readonly bytes: Uint8Array }

const DID_KEY = 'did:key:'
const POINT_BYTES = 33
/** 35 bytes in base58 and the multibase letter; decoding takes time quadratic in the length, so it is bounded first. */
const MULTIBASE_MAX_LENGTH = 50
const MULTICODEC = { k256: [0xe7, 0x01], p256: [0x80, 0x24] } as const

/** "did:key:z…". */
export function formatDidKey({ curve, bytes }: PublicKey): string {
  return DID_KEY + base58btc.encode(Uint8Array.from([...MULTICODEC[curve], ...bytes]))
}

/** Does not check that the point is on the curve: making a verifier does. Throws InvalidKey. */
export function parseDidKey(didKey: string): PublicKey {
  const multibase = didKey.slice(DID_KEY.length)
  if (!didKey.startsWith(DID_KEY) || multibase.length > MULTIBASE_MAX_LENGTH) throw new InvalidKey('not a did:key of the two curves')
  const prefixed = decode(multibase)
  const bytes = prefixed.slice(2)
  const curve = curveOf(prefixed)
  if (curve === undefined || bytes.length !== POINT_BYTES) throw new InvalidKey('a did:key of another kind')
  return { curve, bytes }
}

function decode(multibase: string): Uint8Array {
  try {
    return base58btc.decode(multibase)
  } catch {
    throw new InvalidKey('not base58')
  }
}

function curveOf(prefixed: Uint8Array): Curve | undefined {
  for (const curve of ['k256', 'p256'] as const) {
    const [first, second] = MULTICODEC[curve]
    if (prefixed[0] === first && prefixed[1] === second) return curve
  }
  return undefined
}
