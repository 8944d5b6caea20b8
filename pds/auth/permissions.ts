// What the token of a caller allows: a session of the account's own allows everything its account may do; one begun with an app password without
// privileges speaks to nobody about conversations; an app's token allows what its scopes name.
// https://atproto.com/specs/permission

import type { Request } from 'express'
import { XrpcError } from '../../server/xrpc-error.ts'
import { invalidToken } from './tokens.ts'

export type RecordAction = 'create' | 'update' | 'delete'

/** Each throws XrpcError 403 ScopeMissingError, naming the scope that is missing. */
export type Permissions = {
  repo(action: RecordAction, collection: string): void
  /** `lxm` is `*` for a token of any method; `aud` the DID of the service, with #service where the caller named it so. */
  rpc(lxm: string, aud: string): void
  blob(mimeType: string): void
  account(attribute: 'email' | 'repo' | 'status', action: 'read' | 'manage'): void
  identity(attribute: 'handle' | '*'): void
  readonly mayReadEmail: boolean
}

/** What a method asks of an app before it is heard; a session of the account's own is not asked. */
export type Need = (permissions: Permissions, req: Request) => void

/** No app is heard, whatever its scopes. */
export const noApp: Need = () => {
  throw new XrpcError(403, 'Forbidden', 'OAuth credentials are not supported for this endpoint')
}

/** Every app that signed the account in is heard. */
export const anyApp: Need = () => {}

/** What is needed depends on the input: the handler asks `caller.permissions`. */
export const askedByHandler: Need = () => {}

const allowed = (): void => {}

/** Of the account's own sessions. */
export const allPermissions: Permissions = {
  repo: allowed,
  rpc: allowed,
  blob: allowed,
  account: allowed,
  identity: allowed,
  mayReadEmail: true,
}

/** Methods of other services that show what a person keeps to themself: messages between persons. */
const PRIVATE_METHODS = 'chat.bsky.'

/** Of a session begun with an app password that is not privileged. A token for any method would open the private ones too. */
export const unprivileged: Permissions = {
  ...allPermissions,
  rpc(lxm) {
    if (lxm === '*' || lxm.startsWith(PRIVATE_METHODS)) throw invalidToken('Bad token method: this needs a privileged app password')
  },
}
