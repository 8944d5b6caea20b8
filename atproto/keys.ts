// Signing keys on both curves of the protocol: SHA-256, compact 64-byte signatures, S always in the lower half. https://atproto.com/specs/cryptography
// Always verifies: length, range, lower half. DER and the malleable twin of a signature are refused.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { curves } from './curves.ts'
import type { Curve } from './curves.ts'
import { formatDidKey, parseDidKey } from './did-key.ts'
import { InvalidKey } from './invalid-key.ts'

export { InvalidKey } from './invalid-key.ts'
export { parseDidKey } from './did-key.ts'
export type { Curve } from './curves.ts'

export type Keypair = {
  /** The public key as did:key. */
  readonly didKey: string
  readonly curve: Curve
  /** 64 bytes over SHA-256 of the message. */
  sign(message: Uint8Array): Uint8Array
  /** 32 bytes. */
  exportPrivate(): Uint8Array
}

const PRIVATE_KEY_BYTES = 32
const SIGNATURE_BYTES = 64
/** Verifiers kept ready; making one costs about as much as verifying once. */
const VERIFIERS_MAX = 20_000

type Verifier = (message: Uint8Array, signature: Uint8Array) => boolean
const verifiers = new Map<string, Verifier>()

/** A new key; k256 is what other implementations use for accounts. */
export function createKeypair(curve: Curve = 'k256'): Keypair {
  for (;;) {
    const secret = randomBytes(PRIVATE_KEY_BYTES)
    if (curves[curve].isPrivateKey(secret)) return importKeypair(secret, curve)
  }
}

/** 32 bytes of private key → key pair, imported once and kept so. Throws InvalidKey. */
export function importKeypair(secret: Uint8Array, curve: Curve = 'k256'): Keypair {
  if (secret.length !== PRIVATE_KEY_BYTES || !curves[curve].isPrivateKey(secret)) throw new InvalidKey(`no private key of ${curve}`)
  const kept = Uint8Array.from(secret)
  const { publicKey, sign } = curves[curve].signer(kept)
  return { didKey: formatDidKey({ curve, bytes: publicKey }), curve, sign, exportPrivate: () => Uint8Array.from(kept) }
}

/** Whether `signature` was made over `message` by the key of `didKey`. Nothing verifies under text that is no key: parseDidKey says why. */
export function verifySignature(didKey: string, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false
  return verifierOf(didKey)(message, signature)
}

function verifierOf(didKey: string): Verifier {
  const known = verifiers.get(didKey)
  if (known !== undefined) return known
  const verifier = makeVerifier(didKey)
  if (verifiers.size >= VERIFIERS_MAX) forgetOldest()
  verifiers.set(didKey, verifier)
  return verifier
}

function makeVerifier(didKey: string): Verifier {
  try {
    const { curve, bytes } = parseDidKey(didKey)
    return curves[curve].verifier(bytes)
  } catch (error) {
    if (error instanceof InvalidKey) return () => false
    throw error
  }
}

function forgetOldest(): void {
  const oldest = verifiers.keys().next()
  assert(oldest.done !== true)
  verifiers.delete(oldest.value)
}
