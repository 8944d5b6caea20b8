// Who this log is: {name, key, base, created}, made once per data folder and kept in origin.json (0600) with the key and the secret of the salts.
// The log's file says to which origin it belongs. Where the two do not fit, or the log ends before the mark says it once did, the folder was lost or
// set back: what is there is put aside, and a new origin begins, whose seq lies above the old one's. Hosts are carried over, their cursors are not.

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { toDatetime } from '../../atproto/datetime.ts'
import { createKeypair, importKeypair } from '../../atproto/keys.ts'
import type { Keypair } from '../../atproto/keys.ts'
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

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const SECRET_BYTES = 32

const originFile = (dataDir: string): string => join(dataDir, 'origin.json')

/** The origin kept in this folder; undefined when there is none. Throws StartError when its file cannot be read. */
export const readOrigin = (dataDir: string): Origin | undefined => {
  const file = originFile(dataDir)
  if (!existsSync(file)) return undefined
  try {
    return parseOrigin(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new StartError(`${file} cannot be read as an origin: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const parseOrigin = (value: unknown): Origin => {
  const fields = value as { name: unknown; base: unknown; created: unknown; private: unknown; secret: unknown }
  const { name, base, created } = fields
  if (typeof name !== 'string' || typeof base !== 'number' || !Number.isSafeInteger(base) || typeof created !== 'string')
    throw new Error('name, base or created is missing')
  if (typeof fields.private !== 'string' || typeof fields.secret !== 'string') throw new Error('the key is missing')
  const keypair = importKeypair(Buffer.from(fields.private, 'hex'))
  return { name, key: keypair.didKey, base, created, keypair, saltOf: createSalts(Buffer.from(fields.secret, 'hex')) }
}

/** Makes an origin and keeps it durably in this folder. `nowMs` is real time. */
export const createOrigin = (dataDir: string, name: string, nowMs: number): Origin => {
  const keypair = createKeypair('k256')
  const secret = randomBytes(SECRET_BYTES)
  const base = Math.floor(nowMs) * 1_000
  const created = toDatetime(nowMs)
  mkdirSync(dataDir, { recursive: true, mode: FOLDER_MODE })
  const text = {
    name,
    key: keypair.didKey,
    base,
    created,
    private: Buffer.from(keypair.exportPrivate()).toString('hex'),
    secret: secret.toString('hex'),
  }
  writeDurably(dataDir, originFile(dataDir), JSON.stringify(text, null, 2))
  return { name, key: keypair.didKey, base, created, keypair, saltOf: createSalts(secret) }
}

/** Written beside, synced, then renamed over: the file is the old or the new one, whole. */
const writeDurably = (folder: string, file: string, text: string): void => {
  const beside = `${file}.new`
  const open = openSync(beside, 'w', FILE_MODE)
  writeSync(open, text)
  fsyncSync(open)
  closeSync(open)
  renameSync(beside, file)
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}
