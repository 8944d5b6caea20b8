// Identities on their way to an account. The key and the genesis operation are durable before the directory hears of them, so that a crash between
// directory and account leaves a row, not a lost DID: whoever asks for that handle again takes the same identity. Bounded: beyond RESERVATIONS_KEPT the oldest go.

import { createKeypair, type Keypair } from '../../atproto/keys.ts'
import { parseDid, type Did } from '../../atproto/did.ts'
import type { Handle } from '../../atproto/handle.ts'
import { createOperation, didOfGenesis, parseOperation, type SignedOperation } from '../../atproto/plc-operation.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { signingKeyLabel } from './key-ring.ts'
import type { Sealer } from '../../server/seal.ts'

export const RESERVATIONS_KEPT = 10_000

export type Reservation = { readonly did: Did; readonly sealedKey: Uint8Array; readonly operation: SignedOperation }

export type Reservations = {
  /** The identity for this handle: the one reserved before with the same recovery key, else a new one. Durable when it returns. */
  reserve(handle: Handle, recoveryKey: string | null): Reservation
  /** Inside the transaction that makes the account. */
  release(handle: Handle): void
}

export type ReservationsDeps = { db: Database; sealer: Sealer; clock: Clock; rotationKey: Keypair; pdsUrl: string }

type Row = { did: string; signing_key: Uint8Array; operation: string }

export const createReservations = ({ db, sealer, clock, rotationKey, pdsUrl }: ReservationsDeps): Reservations => {
  const find = db.prepare<[string, string | null], Row>(
    'SELECT did, signing_key, operation FROM reservation WHERE handle = ? AND recovery_key IS ?',
  )
  const remove = db.prepare<[string]>('DELETE FROM reservation WHERE handle = ?')
  const insert = db.prepare<[string, string, string | null, Uint8Array, string, number]>(
    'INSERT INTO reservation (handle, did, recovery_key, signing_key, operation, created_ms) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const bound = db.prepare<[number]>(
    'DELETE FROM reservation WHERE rowid IN (SELECT rowid FROM reservation ORDER BY rowid DESC LIMIT -1 OFFSET ?)',
  )
  const make = (handle: Handle, recoveryKey: string | null): Reservation => {
    const keypair = createKeypair('k256')
    const operation = genesisFor(handle, keypair, recoveryKey, rotationKey, pdsUrl)
    const did = didOfGenesis(operation)
    return { did, operation, sealedKey: sealer.seal(signingKeyLabel(did), keypair.exportPrivate()) }
  }
  const reserve = (handle: Handle, recoveryKey: string | null): Reservation => {
    const known = find.get(handle, recoveryKey)
    const operation = known && parseOperation(JSON.parse(known.operation))
    // An identity made for another address of this server is of no use any more.
    if (known && operation && operation.services['atproto_pds']?.endpoint === pdsUrl)
      return { did: parseDid(known.did), sealedKey: known.signing_key, operation }
    const made = make(handle, recoveryKey)
    remove.run(handle)
    insert.run(handle, made.did, recoveryKey, made.sealedKey, JSON.stringify(made.operation), clock.civilMs())
    bound.run(RESERVATIONS_KEPT)
    return made
  }
  return { reserve: db.transaction(reserve), release: (handle) => void remove.run(handle) }
}

/** The person's recovery key, when given, outranks the server's. */
const genesisFor = (handle: Handle, keypair: Keypair, recoveryKey: string | null, rotationKey: Keypair, pdsUrl: string): SignedOperation =>
  createOperation(
    {
      rotationKeys: recoveryKey === null ? [rotationKey.didKey] : [recoveryKey, rotationKey.didKey],
      verificationMethods: { atproto: keypair.didKey },
      alsoKnownAs: [`at://${handle}`],
      services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: pdsUrl } },
      prev: null,
    },
    rotationKey,
  )
