// Who this log is: {name, key, base, created}, made once per data folder and kept in origin.json (0600), where the private key and the secret of the
// salts stand sealed under the server's secret.
// The log's file says to which origin it belongs. Where the two do not fit, or the log ends before the mark says it once did, the folder was lost or
// set back: what is there is put aside, and a new origin begins, whose seq lies above the old one's. Hosts are carried over, their cursors are not.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDatetime } from '../../atproto/datetime.ts'
import { createKeypair, importKeypair } from '../../atproto/keys.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { replaceOwnerFile } from '../../server/owner-file.ts'
import type { Sealer } from '../../server/seal.ts'
import { StartError } from '../../server/start-error.ts'
import { createSalts } from './leaf.ts'

export type Origin = {
  readonly name: string
  /** did:key of the origin. */
  readonly key: string
  /** seq = base + leaf. Epoch microseconds at which the origin was made. */
  readonly base: number
  readonly created: string
  readonly keypair: Keypair
  /** The salt of a leaf, made of the origin's secret. */
  saltOf(leaf: number): Uint8Array
}

const FOLDER_MODE = 0o700
const KEY_BYTES = 32
const SECRET_BYTES = 32

const originFile = (dataDir: string): string => join(dataDir, 'origin.json')

/** The origin kept in this folder; undefined when there is none. Throws StartError when it cannot be read. */
export const readOrigin = (dataDir: string, openSealer: () => Sealer): Origin | undefined => {
  const file = originFile(dataDir)
  if (!existsSync(file)) return undefined
  try {
    return originOf(keptIn(file), openSealer())
  } catch (error) {
    throw new StartError(`${file} cannot be read as an origin: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Seals the key under the newest secret where an older one did. After readOrigin. */
export const renewOrigin = (dataDir: string, sealer: Sealer): void => {
  const kept = keptIn(originFile(dataDir))
  const renewed = sealer.renew(LABEL, Buffer.from(kept.sealed, 'hex'))
  if (renewed !== null) replaceOwnerFile(originFile(dataDir), textOf({ ...kept, sealed: Buffer.from(renewed).toString('hex') }))
}

const keptIn = (file: string): Kept => parseKept(JSON.parse(readFileSync(file, 'utf8')))

type Kept = { readonly name: string; readonly key: string; readonly base: number; readonly created: string; readonly sealed: string }

/** What the sealed bytes are for: they open as nothing else. */
const LABEL = 'origin'
const HEX = /^(?:[0-9a-f]{2})+$/

const parseKept = (value: unknown): Kept => {
  const { name, key, base, created, sealed } = value as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || typeof base !== 'number' || !Number.isSafeInteger(base) || typeof created !== 'string')
    throw new Error('name, base or created is missing')
  if (typeof key !== 'string' || typeof sealed !== 'string' || !HEX.test(sealed)) throw new Error('the key is missing')
  return { name, key, base, created, sealed }
}

/** 32 bytes of private key, then the secret of the salts. */
const originOf = ({ name, key, base, created, sealed }: Kept, sealer: Sealer): Origin => {
  const opened = openOrSay(sealer, sealed)
  const keypair = importKeypair(opened.subarray(0, KEY_BYTES))
  if (keypair.didKey !== key) throw new Error('its key is not the one it names')
  return { name, key, base, created, keypair, saltOf: createSalts(opened.subarray(KEY_BYTES)) }
}

const openOrSay = (sealer: Sealer, sealed: string): Uint8Array => {
  try {
    return sealer.open(LABEL, Buffer.from(sealed, 'hex'))
  } catch (error) {
    throw new Error('it does not open with the secret of this relay; restore the secret from the backup', { cause: error })
  }
}

const textOf = (kept: Kept): string => JSON.stringify(kept, null, 2)

/** Makes an origin and keeps it durably in this folder. `nowMs` is real time. */
export const createOrigin = (dataDir: string, name: string, nowMs: number, sealer: Sealer): Origin => {
  const keypair = createKeypair('k256')
  const secret = randomBytes(SECRET_BYTES)
  const base = Math.floor(nowMs) * 1_000
  const created = toDatetime(nowMs)
  mkdirSync(dataDir, { recursive: true, mode: FOLDER_MODE })
  const sealed = Buffer.from(sealer.seal(LABEL, Buffer.concat([keypair.exportPrivate(), secret]))).toString('hex')
  replaceOwnerFile(originFile(dataDir), textOf({ name, key: keypair.didKey, base, created, sealed }))
  return { name, key: keypair.didKey, base, created, keypair, saltOf: createSalts(secret) }
}
