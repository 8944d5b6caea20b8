// Invite codes: made by the operator, each good for so many accounts. A use is counted in the transaction that makes the account.

import { randomInt } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

export const INVITE_USES_MAX = 1000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

export type Invites = {
  /** `host` leads the code, so that people see where it belongs. */
  create(host: string, uses: number, forAccount: string): string
  /** Throws XrpcError InvalidInviteCode unless the code has a use left. */
  check(code: string | undefined): void
  /** Takes one use, inside the caller's transaction; throws as `check`. */
  use(code: string, did: string): void
}

export const createInvites = (db: Database, clock: Clock): Invites => {
  const insert = db.prepare<[string, number, string, number]>(
    'INSERT INTO invite_code (code, uses_left, for_account, created_ms) VALUES (?, ?, ?, ?)',
  )
  const usable = db.prepare<[string], { code: string }>('SELECT code FROM invite_code WHERE code = ? AND uses_left > 0')
  const take = db.prepare<[string]>('UPDATE invite_code SET uses_left = uses_left - 1 WHERE code = ? AND uses_left > 0')
  const note = db.prepare<[string, string, number]>('INSERT INTO invite_use (code, did, used_ms) VALUES (?, ?, ?)')
  return {
    create(host, uses, forAccount) {
      const code = `${host.replaceAll(/[^a-z0-9]+/gi, '-')}-${letters(5)}-${letters(5)}`
      insert.run(code, uses, forAccount, clock.civilMs())
      return code
    },
    check(code) {
      if (code === undefined || usable.get(code) === undefined) throw refused()
    },
    use(code, did) {
      if (take.run(code).changes === 0) throw refused()
      note.run(code, did, clock.civilMs())
    },
  }
}

const refused = (): XrpcError => new XrpcError(400, 'InvalidInviteCode', 'An invite code with a use left is needed to join this server')
const letters = (count: number): string => Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('')
