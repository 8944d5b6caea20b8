// secp256k1 by the native library. Its package falls back to slow JavaScript without a word, so its binding is asked for by name.

import { hash } from 'node:crypto'
import { createRequire } from 'node:module'
import type Secp256k1 from 'secp256k1'
import type { CurveArithmetic } from './curves.ts'
import { InvalidKey } from './invalid-key.ts'

/** Undefined where the binding is not built for this machine. */
export function loadNativeK256(): CurveArithmetic | undefined {
  const library = loadBinding()
  return library && nativeK256(library)
}

function loadBinding(): typeof Secp256k1 | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings') as typeof Secp256k1
  } catch {
    return undefined
  }
}

function nativeK256(library: typeof Secp256k1): CurveArithmetic {
  return {
    isPrivateKey: (secret) => library.privateKeyVerify(secret),
    // The library gives S in the lower half, with the nonce of RFC 6979.
    signer: (secret) => ({
      publicKey: library.publicKeyCreate(secret, true),
      sign: (message) => library.ecdsaSign(sha256(message), secret).signature,
    }),
    verifier(point) {
      if (!library.publicKeyVerify(point)) throw new InvalidKey('no point on k256')
      return (message, signature) => verify(library, point, message, signature)
    },
  }
}

function verify(library: typeof Secp256k1, point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    // Refuses S in the upper half; throws where r or s is not below the order.
    return library.ecdsaVerify(signature, sha256(message), point)
  } catch {
    return false
  }
}

const sha256 = (message: Uint8Array): Buffer => hash('sha256', message, 'buffer')
