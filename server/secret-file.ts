// The one secret of a server: 32 random bytes as a line of hex, in a file that only its owner reads. What needs a key derives its own from it.
// To rotate it, put a new line before the old one and start again: the first seals, the others still open. Once all is sealed anew they can go.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { hkdfSync, randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { StartError } from './start-error.ts'

const SECRET_BYTES = 32
const SECRET_LINE = /^[0-9a-f]{64}$/
const OWNER_ONLY = 0o600
const OTHERS = 0o077

export type Secrets = readonly [Uint8Array, ...Uint8Array[]]

/** The secrets of a file, the one in use first; made where the file is absent. Throws StartError for a file others can read or that holds none. */
export const readOrCreateSecrets = (file: string): Secrets => {
  const lines = (readIfThere(file) ?? createFile(file)).split('\n').filter((line) => line.trim() !== '')
  const [first, ...older] = lines.map((line) => parseSecret(file, line.trim()))
  if (first === undefined) throw new StartError(`${file} holds no secret; restore it from the backup`)
  return [first, ...older]
}

/** A new secret before those there are: from now on it seals. Durable when it returns. */
export const addSecret = (file: string): void => replaceFile(file, `${newSecret()}${readFileSync(file, 'utf8')}`)

/** The older secrets go: all that they sealed has been sealed anew. Durable when it returns. */
export const keepNewestSecret = (file: string): void => {
  const [newest] = readOrCreateSecrets(file)
  replaceFile(file, lineOf(newest))
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

const readIfThere = (file: string): string | undefined => {
  try {
    if ((statSync(file).mode & OTHERS) !== 0) throw new StartError(`${file} can be read by others; say: chmod 600 ${file}`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const lineOf = (secret: Uint8Array): string => `${Buffer.from(secret).toString('hex')}\n`
const newSecret = (): string => lineOf(randomBytes(SECRET_BYTES))

const createFile = (file: string): string => {
  const text = newSecret()
  writeNew(file, text)
  return text
}

/** Whoever reads the file finds the one or the other, whole. */
const replaceFile = (file: string, text: string): void => {
  const next = `${file}.next`
  rmSync(next, { force: true })
  writeNew(next, text)
  renameSync(next, file)
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

const writeNew = (file: string, text: string): void => {
  const descriptor = openSync(file, 'wx', OWNER_ONLY)
  writeSync(descriptor, text)
  fsyncSync(descriptor)
  closeSync(descriptor)
}
