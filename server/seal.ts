// Values at rest: AES-256-GCM. A sealed value opens only under the label it was sealed with, so what is copied to another row does not open there.
// The first key seals; the older ones only open, until everything is sealed anew.

import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export type Sealer = {
  seal(label: string, plain: Uint8Array): Uint8Array
  /** Throws when the bytes were altered, or sealed under another label or a key that is not known. */
  open(label: string, sealed: Uint8Array): Uint8Array
  /** The same value under the first key; null where it is already. Throws as `open` does. */
  renew(label: string, sealed: Uint8Array): Uint8Array | null
}

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export const createSealer = (key: Uint8Array, ...olderKeys: readonly Uint8Array[]): Sealer => {
  const keys = [key, ...olderKeys]
  for (const one of keys) assert.equal(one.length, KEY_BYTES, 'a sealing key has 32 bytes')
  const seal = (label: string, plain: Uint8Array): Uint8Array => sealWith(key, label, plain)
  return {
    seal,
    open: (label, sealed) => openWith(keys, label, sealed).plain,
    renew: (label, sealed) => {
      const { plain, at } = openWith(keys, label, sealed)
      return at === 0 ? null : seal(label, plain)
    },
  }
}

const sealWith = (key: Uint8Array, label: string, plain: Uint8Array): Uint8Array => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label))
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final()])
  return Buffer.concat([sealed, cipher.getAuthTag()])
}

const openWith = (keys: readonly Uint8Array[], label: string, sealed: Uint8Array): { readonly plain: Uint8Array; readonly at: number } => {
  assert(sealed.length > NONCE_BYTES + TAG_BYTES, 'sealed bytes are whole')
  let failure: unknown
  for (const [at, key] of keys.entries()) {
    try {
      return { plain: openOne(key, label, sealed), at }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

const openOne = (key: Uint8Array, label: string, sealed: Uint8Array): Uint8Array => {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const tag = sealed.subarray(-TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label)).setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
}
