// The arithmetic behind the keys: P-256 by node:crypto, secp256k1 by the native library where its binding loads, else by node:crypto as well.
// The choice is made once, when this file loads; `native` says which it was. Tests hold all three equal.

import { nodeCurve } from './node-curve.ts'
import { loadNativeK256 } from './native-k256.ts'

export type Curve = 'k256' | 'p256'

export type CurveArithmetic = {
  /** Whether 32 bytes lie between 1 and the order of the curve. */
  isPrivateKey(secret: Uint8Array): boolean
  /** Compressed public key, and signing with S in the lower half. */
  signer(secret: Uint8Array): { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array }
  /** For a compressed point; throws InvalidKey if there is no such point. The signature is 64 bytes long. */
  verifier(point: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean
}

const nativeK256 = loadNativeK256()

/** Whether secp256k1 runs in the native library: several times as fast. */
export const native: boolean = nativeK256 !== undefined

export const curves: { readonly [curve in Curve]: CurveArithmetic } = { k256: nativeK256 ?? nodeCurve('k256'), p256: nodeCurve('p256') }
