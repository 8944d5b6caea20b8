// Keys at rest: AES-256-GCM under a key derived from the server's secret. A sealed key opens only under the label it was sealed with,
// so a row copied to another account does not open there.

import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export type Sealer = {
  seal(label: string, plain: Uint8Array): Uint8Array
  /** Throws when the bytes were altered or sealed under another label or secret. */
  open(label: string, sealed: Uint8Array): Uint8Array
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

export const createSealer = (key: Uint8Array): Sealer => {
  assert.equal(key.length, 32, 'a sealing key has 32 bytes')
  return {
    seal(label, plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label))
      const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final()])
      return Buffer.concat([sealed, cipher.getAuthTag()])
    },
    open(label, sealed) {
      assert(sealed.length > NONCE_BYTES + TAG_BYTES, 'sealed bytes are whole')
      const nonce = sealed.subarray(0, NONCE_BYTES)
      const tag = sealed.subarray(-TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label)).setAuthTag(tag)
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    },
  }
}
