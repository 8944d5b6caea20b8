// The one secret of a server: 32 random bytes as a line of hex, in a file that only its owner reads. What needs a key derives its own from it.
// To rotate it, put a new line before the old one and start again: the first seals, the others still open. Once all is sealed anew they can go.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { hkdfSync, randomBytes } from 'node:crypto'
import { createOwnerFile, replaceOwnerFile } from './owner-file.ts'
import { StartError } from './start-error.ts'

const SECRET_BYTES = 32
const SECRET_LINE = /^[0-9a-f]{64}$/
const OTHERS = 0o077

export type Secrets = readonly [Uint8Array, ...Uint8Array[]]

/** The secrets of a file, the one in use first; made where the file is absent. Throws StartError as `readSecrets`. */
export const readOrCreateSecrets = (file: string): Secrets => {
  if (!existsSync(file)) createOwnerFile(file, newSecret())
  return readSecrets(file)
}

/** The same of a file that must be there. Throws StartError for one that is not, that others can read, or that holds none. */
export const readSecrets = (file: string): Secrets => {
  if (!existsSync(file)) throw new StartError(`${file} is not there; restore the secret from the backup`)
  if ((statSync(file).mode & OTHERS) !== 0) throw new StartError(`${file} can be read by others; say: chmod 600 ${file}`)
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const [first, ...older] = lines.map((line) => parseSecret(file, line.trim()))
  if (first === undefined) throw new StartError(`${file} holds no secret; restore it from the backup`)
  return [first, ...older]
}

/** A new secret before those there are: from now on it seals. Durable when it returns. */
export const addSecret = (file: string): void => replaceOwnerFile(file, `${newSecret()}${readFileSync(file, 'utf8')}`)

/** The older secrets go: all that they sealed has been sealed anew. Durable when it returns. */
export const keepNewestSecret = (file: string): void => {
  const [newest] = readSecrets(file)
  replaceOwnerFile(file, lineOf(newest))
}

/** A 32 byte key for one purpose, of each secret. */
export const deriveKeys = (secrets: Secrets, purpose: string): Secrets => {
  const derive = (secret: Uint8Array): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', purpose, SECRET_BYTES))
  const [first, ...older] = secrets
  return [derive(first), ...older.map(derive)]
}

const parseSecret = (file: string, line: string): Uint8Array => {
  if (!SECRET_LINE.test(line))
    throw new StartError(`${file} holds no secret: expected ${SECRET_BYTES} bytes a line, as ${SECRET_BYTES * 2} lower-case hex digits`)
  return Buffer.from(line, 'hex')
}

const lineOf = (secret: Uint8Array): string => `${Buffer.from(secret).toString('hex')}\n`
const newSecret = (): string => lineOf(randomBytes(SECRET_BYTES))
