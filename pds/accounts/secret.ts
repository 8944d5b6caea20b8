// The one secret of a PDS: 32 random bytes in a file only its owner reads. What needs a key derives its own from it.
// Losing the file loses every signing key: it belongs into the backup beside pds.sqlite.

import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { hkdfSync, randomBytes } from 'node:crypto'

export type SecretPurpose = 'seal keys' | 'sign sessions' | 'sign oauth tokens'

const SECRET_BYTES = 32
const ADMIN_PASSWORD_BYTES = 24
const SECRET_TEXT = /^[0-9a-f]{64}$/

/** Reads the secret, or makes one with mode 0600 where the file is absent. Throws a sentence naming the file when its content is no secret. */
export const readOrCreateSecret = (file: string): Uint8Array => {
  const text = readIfThere(file) ?? createFile(file, randomBytes(SECRET_BYTES).toString('hex'))
  if (!SECRET_TEXT.test(text))
    throw new Error(`${file} holds no secret: expected ${SECRET_BYTES} bytes as ${SECRET_BYTES * 2} lower-case hex digits`)
  return Buffer.from(text, 'hex')
}

/** A 32 byte key for one purpose. */
export const deriveKey = (secret: Uint8Array, purpose: SecretPurpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', `waki pds: ${purpose}`, SECRET_BYTES))

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const createFile = (file: string, text: string): string => {
  const descriptor = openSync(file, 'wx', 0o600)
  writeSync(descriptor, `${text}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  return text
}

/** The operator's password, made with mode 0600 where the file is absent. */
export const readOrCreateAdminPassword = (file: string): string =>
  readIfThere(file) ?? createFile(file, randomBytes(ADMIN_PASSWORD_BYTES).toString('base64url'))
