// Signing keys made ahead: for an account that moves here (its DID must name the key before it is activated), or for a rotation.
// Asking again for the same DID gives the same key. Nobody has to sign in for it, so it is bounded: by address and hour, by age, and beyond KEYS_RESERVED the
// oldest go.

import { createKeypair, importKeypair, type Keypair } from '../../atproto/keys.ts'
import { countedAddress } from '../../server/caller-address.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { createRateLimit } from '../../server/rate-limit.ts'
import type { Sealer } from '../../server/seal.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

export const KEYS_RESERVED = 10_000
/** A key that no account has taken by then goes. */
export const KEY_RESERVED_MS = 30 * 24 * 60 * 60_000
/** Keys that may be reserved from one address, by whoever, in a while of real time. */
export const RESERVATIONS_PER_ADDRESS = 60
export const RESERVATIONS_WINDOW_MS = 60 * 60_000

export type ReservedKeys = {
  /** Gives the did:key; durable when it returns. Throws XrpcError 429 RateLimitExceeded when too many were reserved from that address. */
  reserve(did: string | undefined, ip: string | undefined): string
  /** The key reserved as `didKey`, for this DID or for nobody yet. */
  find(didKey: string, did: string): Keypair | undefined
  findFor(did: string): Keypair | undefined
  /** Inside the caller's transaction: the key has found its account. */
  remove(didKey: string): void
}

type Row = { did_key: string; sealed: Uint8Array }

export const createReservedKeys = (db: Database, sealer: Sealer, clock: Clock): ReservedKeys => {
  const byKey = db.prepare<[string, string], Row>('SELECT did_key, sealed FROM reserved_key WHERE did_key = ? AND (did = ? OR did IS NULL)')
  const byDid = db.prepare<[string], Row>('SELECT did_key, sealed FROM reserved_key WHERE did = ?')
  const insert = db.prepare<[string, string | null, Uint8Array, number]>(
    'INSERT INTO reserved_key (did_key, did, sealed, created_ms) VALUES (?, ?, ?, ?)',
  )
  const bound = db.prepare<[number]>(
    'DELETE FROM reserved_key WHERE rowid IN (SELECT rowid FROM reserved_key ORDER BY rowid DESC LIMIT -1 OFFSET ?)',
  )
  const old = db.prepare<[number]>('DELETE FROM reserved_key WHERE created_ms < ?')
  const ofAddress = createRateLimit({ allowed: RESERVATIONS_PER_ADDRESS, windowMs: RESERVATIONS_WINDOW_MS, clock })
  const remove = db.prepare<[string]>('DELETE FROM reserved_key WHERE did_key = ?')
  const open = (row: Row | undefined): Keypair | undefined =>
    row && importKeypair(sealer.open(reservedKeyLabel(row.did_key), row.sealed), 'k256')
  return {
    reserve: db.transaction((did: string | undefined, ip: string | undefined) => {
      old.run(clock.civilMs() - KEY_RESERVED_MS)
      const known = did === undefined ? undefined : byDid.get(did)
      if (known !== undefined) return known.did_key
      const tooMany = ofAddress.take(countedAddress(ip))
      if (tooMany !== null) throw new XrpcError(429, 'RateLimitExceeded', 'Too many keys were reserved from here: try again later', tooMany)
      const keypair = createKeypair('k256')
      insert.run(keypair.didKey, did ?? null, sealer.seal(reservedKeyLabel(keypair.didKey), keypair.exportPrivate()), clock.civilMs())
      bound.run(KEYS_RESERVED)
      return keypair.didKey
    }),
    find: (didKey, did) => open(byKey.get(didKey, did)),
    findFor: (did) => open(byDid.get(did)),
    remove: (didKey) => void remove.run(didKey),
  }
}

export const reservedKeyLabel = (didKey: string): string => `reserved key ${didKey}`
