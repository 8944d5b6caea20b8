// The scopes of an app's token as the permissions that methods ask for. https://atproto.com/specs/permission
// `transition:` scopes are read as the profile says; a scope that cannot be read gives nothing.

import { ScopeMissingError, ScopePermissionsTransition } from '@atproto/oauth-scopes'
import { XrpcError } from '../../server/xrpc-error.ts'
import type { Permissions } from '../auth/permissions.ts'

export const permissionsOf = (scope: string): Permissions => {
  const given = new ScopePermissionsTransition(withPorts(scope))
  return {
    repo: (action, collection) => wanting(() => given.assertRepo({ action, collection })),
    rpc: (lxm, aud) => wanting(() => given.assertRpc({ lxm, aud })),
    blob: (mime) => wanting(() => given.assertBlob({ mime })),
    account: (attr, action) => wanting(() => given.assertAccount({ attr, action })),
    identity: (attr) => wanting(() => given.assertIdentity({ attr })),
    mayReadEmail: given.allowsAccount({ attr: 'email', action: 'read' }),
  }
}

// What the provider writes of a permission set leaves the `%` of an audience unescaped, so that the port of did:web:localhost%3A3900 would be read as a
// colon, which is no DID. Only localhost may have a port there.
const withPorts = (scope: string): string => scope.replaceAll('aud=did:web:localhost%3A', 'aud=did:web:localhost%253A')

const wanting = (ask: () => void): void => {
  try {
    ask()
  } catch (error) {
    if (error instanceof ScopeMissingError) throw new XrpcError(403, 'ScopeMissingError', error.message)
    throw error
  }
}
