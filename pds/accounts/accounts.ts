// The accounts of this PDS as rows of pds.sqlite: found by DID or handle, listed, changed, and their signing keys.
// Reading answers undefined for what is not here. Writing is synchronous, belongs inside the caller's transaction, and asserts that the row is there.

import assert from 'node:assert/strict'
import { toDatetime } from '../../atproto/datetime.ts'
import { parseDid, type Did } from '../../atproto/did.ts'
import { parseHandle, type Handle } from '../../atproto/handle.ts'
import { importKeypair, type Keypair } from '../../atproto/keys.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Account } from './account.ts'
import { createKeyRing, signingKeyLabel } from './key-ring.ts'
import type { Sealer } from '../../server/seal.ts'

export type { Account, AccountStatus } from './account.ts'

export type NewAccount = {
  readonly did: Did
  readonly handle: Handle
  readonly email: string | null
  readonly passwordHash: string
  readonly sealedKey: Uint8Array
  readonly deactivated: boolean
  readonly createdMs: number
}

export type Accounts = {
  readonly byDid: (did: string) => Account | undefined
  readonly byHandle: (handle: string) => Account | undefined
  /** By DID or handle, as an at-identifier names it. */
  readonly resolve: (identifier: string) => Account | undefined
  readonly byEmail: (email: string) => Account | undefined
  readonly isActive: (did: string) => boolean
  /** In order of DID, after `cursor` (a DID), at most `limit`. */
  readonly list: (cursor: string | undefined, limit: number) => readonly Account[]
  /** The signing key, unsealed and kept in a bounded cache; asserts that the account is here. */
  readonly keyOf: (did: string) => Keypair
  readonly passwordHash: (did: string) => string
  readonly insert: (account: NewAccount) => void
  readonly setHandle: (did: string, handle: Handle) => void
  readonly setEmail: (did: string, email: string | null) => void
  readonly setPasswordHash: (did: string, passwordHash: string) => void
  readonly setDeactivated: (did: string, deactivated: boolean) => void
  readonly setTakenDown: (did: string, takenDown: boolean) => void
  /** With its sessions, app passwords and retired keys; its repo is gone before. */
  readonly remove: (did: string) => void
  /** The key that a rotation under way will bring. */
  readonly nextKeyOf: (did: string) => Keypair | undefined
  readonly setNextKey: (did: string, sealedKey: Uint8Array | null) => void
  /** The next key becomes the key; `untilSeq` is the seq of the event that announces it. */
  readonly adoptNextKey: (did: string, untilSeq: number) => void
  /** did:key that signed this account's events at `seq`: its present key, or the retired one of that time. */
  readonly didKeyAt: (did: string, seq: number) => string
  /** Drop the imported key; the row is read again. */
  readonly forgetKey: (did: string) => void
  /** Accounts whose rotation was begun and not finished. */
  readonly rotating: () => readonly Did[]
}

type Row = { did: string; handle: string; email: string | null; deactivated: number; taken_down: number; created_ms: number }

const COLUMNS = 'did, handle, email, deactivated, taken_down, created_ms'

export const createAccounts = (db: Database, sealer: Sealer): Accounts => {
  const byDid = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM account WHERE did = ?`)
  const byHandle = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM account WHERE handle = ?`)
  const byEmail = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM account WHERE email = ?`)
  const active = db.prepare<[string], { did: string }>('SELECT did FROM account WHERE did = ? AND deactivated = 0 AND taken_down = 0')
  const page = db.prepare<[string, number], Row>(`SELECT ${COLUMNS} FROM account WHERE did > ? ORDER BY did LIMIT ?`)
  const secrets = db.prepare<[string], { password_hash: string; signing_key: Uint8Array; next_signing_key: Uint8Array | null }>(
    'SELECT password_hash, signing_key, next_signing_key FROM account WHERE did = ?',
  )
  const adopt = db.prepare<[string]>(
    'UPDATE account SET signing_key = next_signing_key, next_signing_key = NULL WHERE did = ? AND next_signing_key IS NOT NULL',
  )
  const retire = db.prepare<[string, number, string]>('INSERT INTO retired_key (did, until_seq, did_key) VALUES (?, ?, ?)')
  const retired = db.prepare<[string, number], { did_key: string }>(
    'SELECT did_key FROM retired_key WHERE did = ? AND until_seq > ? ORDER BY until_seq LIMIT 1',
  )
  const secretsOf = (did: string) => {
    const row = secrets.get(did)
    assert(row, `account ${did} is here`)
    return row
  }
  const ring = createKeyRing(sealer, (did) => secretsOf(did).signing_key)
  return {
    byDid: (did) => parseRow(byDid.get(did)),
    byHandle: (handle) => parseRow(byHandle.get(handle.toLowerCase())),
    byEmail: (email) => parseRow(byEmail.get(email.toLowerCase())),
    resolve: (identifier) => parseRow(identifier.startsWith('did:') ? byDid.get(identifier) : byHandle.get(identifier.toLowerCase())),
    isActive: (did) => active.get(did) !== undefined,
    list: (cursor, limit) => page.all(cursor ?? '', limit).map(accountOf),
    keyOf: ring.keyOf,
    passwordHash: (did) => secretsOf(did).password_hash,
    nextKeyOf(did) {
      const sealed = secretsOf(did).next_signing_key
      return sealed === null ? undefined : importKeypair(sealer.open(signingKeyLabel(did), sealed), 'k256')
    },
    forgetKey: ring.forget,
    didKeyAt: (did, seq) => retired.get(did, seq)?.did_key ?? ring.keyOf(did).didKey,
    adoptNextKey(did, untilSeq) {
      retire.run(did, untilSeq, ring.keyOf(did).didKey)
      assert.equal(adopt.run(did).changes, 1, 'a rotation is under way')
      ring.forget(did)
    },
    ...createChanges(db, ring.forget),
  }
}

const createChanges = (db: Database, forgetKey: (did: string) => void) => {
  const insert = db.prepare<[string, string, string | null, string, Uint8Array, number, number]>(
    'INSERT INTO account (did, handle, email, password_hash, signing_key, deactivated, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const handle = db.prepare<[string, string]>('UPDATE account SET handle = ? WHERE did = ?')
  const emailOf = db.prepare<[string | null, string]>('UPDATE account SET email = ? WHERE did = ?')
  const password = db.prepare<[string, string]>('UPDATE account SET password_hash = ? WHERE did = ?')
  const deactivated = db.prepare<[number, string]>('UPDATE account SET deactivated = ? WHERE did = ?')
  const takenDown = db.prepare<[number, string]>('UPDATE account SET taken_down = ? WHERE did = ?')
  const nextKey = db.prepare<[Uint8Array | null, string]>('UPDATE account SET next_signing_key = ? WHERE did = ?')
  const remove = db.prepare<[string]>('DELETE FROM account WHERE did = ?')
  const rotating = db.prepare<[], { did: string }>('SELECT did FROM account WHERE next_signing_key IS NOT NULL')
  const one = ({ changes }: { changes: number }): void => assert.equal(changes, 1, 'the account is here')
  return {
    insert: (account: NewAccount): void => {
      const { did, handle: name, email, passwordHash, sealedKey } = account
      forgetKey(did)
      one(insert.run(did, name, email?.toLowerCase() ?? null, passwordHash, sealedKey, Number(account.deactivated), account.createdMs))
    },
    setHandle: (did: string, name: Handle): void => one(handle.run(name, did)),
    setEmail: (did: string, email: string | null): void => one(emailOf.run(email?.toLowerCase() ?? null, did)),
    setPasswordHash: (did: string, passwordHash: string): void => one(password.run(passwordHash, did)),
    setDeactivated: (did: string, yes: boolean): void => one(deactivated.run(Number(yes), did)),
    setTakenDown: (did: string, yes: boolean): void => one(takenDown.run(Number(yes), did)),
    remove: (did: string): void => {
      one(remove.run(did))
      forgetKey(did)
    },
    setNextKey: (did: string, sealedKey: Uint8Array | null): void => one(nextKey.run(sealedKey, did)),
    rotating: (): readonly Did[] => rotating.all().map((row) => parseDid(row.did)),
  }
}

const parseRow = (row: Row | undefined): Account | undefined => row && accountOf(row)

const accountOf = (row: Row): Account => ({
  did: parseDid(row.did),
  handle: parseHandle(row.handle),
  email: row.email,
  status: row.taken_down === 1 ? 'takendown' : row.deactivated === 1 ? 'deactivated' : 'active',
  createdAt: toDatetime(row.created_ms),
})
