// App passwords: named, given once, kept as hashes. Revoking one ends every session begun with it (the session's foreign key sees to that).

import { toDatetime } from '../../atproto/datetime.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { XrpcError, invalidRequest } from '../../server/xrpc-error.ts'
import { hashAppPassword, randomAppPassword, verifyPassword } from '../accounts/password.ts'

export const APP_PASSWORDS_PER_ACCOUNT = 50
export const APP_PASSWORD_NAME_CHARS = 64

export type AppPassword = { readonly name: string; readonly createdAt: string; readonly privileged: boolean }

export type AppPasswords = {
  /** Throws XrpcError when the name is taken or the account has too many. */
  create(did: string, name: string, privileged: boolean): Promise<AppPassword & { readonly password: string }>
  list(did: string): readonly AppPassword[]
  /** Revoking what is not there is no error. */
  revoke(did: string, name: string): void
  /** The name of the app password that this is, if it is one. */
  match(did: string, password: string): Promise<string | undefined>
}

type Row = { name: string; password_hash: string; privileged: number; created_ms: number }

/** The form of what `randomAppPassword` gives: anything else is not compared with the hashes. */
const APP_PASSWORD_FORM = /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/

export const createAppPasswords = (db: Database, clock: Clock): AppPasswords => {
  const all = db.prepare<[string], Row>(
    'SELECT name, password_hash, privileged, created_ms FROM app_password WHERE did = ? ORDER BY created_ms, name',
  )
  const insert = db.prepare<[string, string, string, number, number]>(
    'INSERT INTO app_password (did, name, password_hash, privileged, created_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const remove = db.prepare<[string, string]>('DELETE FROM app_password WHERE did = ? AND name = ?')
  return {
    async create(did, name, privileged) {
      if (name.length === 0 || name.length > APP_PASSWORD_NAME_CHARS)
        throw invalidRequest(`The name of an app password has 1 to ${APP_PASSWORD_NAME_CHARS} characters`)
      const password = randomAppPassword()
      const hash = await hashAppPassword(password)
      const createdMs = clock.civilMs()
      if (all.all(did).length >= APP_PASSWORDS_PER_ACCOUNT)
        throw new XrpcError(400, 'TooManyAppPasswords', `An account has at most ${APP_PASSWORDS_PER_ACCOUNT} app passwords`)
      if (insert.run(did, name, hash, Number(privileged), createdMs).changes === 0)
        throw invalidRequest(`There is an app password of the name "${name}"`)
      return { name, password, createdAt: toDatetime(createdMs), privileged }
    },
    list: (did) => all.all(did).map((row) => ({ name: row.name, createdAt: toDatetime(row.created_ms), privileged: row.privileged === 1 })),
    revoke: (did, name) => void remove.run(did, name),
    async match(did, password) {
      if (!APP_PASSWORD_FORM.test(password)) return undefined
      for (const row of all.all(did)) if (await verifyPassword(password, row.password_hash)) return row.name
      return undefined
    },
  }
}
