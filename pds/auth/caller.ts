// Who is calling: the door between a request's Authorization header and a Caller.

import type { Request } from 'express'
import type { Did } from '../../atproto/did.ts'

/** A signed-in account; an app password reaches its data, not its settings. */
export type Caller = { readonly did: Did; readonly scope: 'full' | 'app-password' }

export type Auth = {
  /** An active account's access token, else XrpcError AuthMissing, ExpiredToken, InvalidToken, AccountDeactivated, AccountTakedown. */
  user(req: Request): Promise<Caller>
  /** The same, and a deactivated account too (migration). */
  owner(req: Request): Promise<Caller>
  /** undefined without an Authorization header; a bad one is refused as `user` does. */
  optional(req: Request): Promise<Caller | undefined>
}
