// The OAuth client, loaded when somebody first signs in: it takes some 50 MB and a moment, and most that the site does needs none of it.

import type { NodeOAuthClient } from '@atproto/oauth-client-node'
import type { OAuthClientDeps } from './oauth-client.ts'

/** What a failure of the client says of the server asked: it answered with an error of that name; it could not be found; or neither is known. */
export type Failure = { readonly kind: 'answered'; readonly error: string } | { readonly kind: 'unresolved' } | { readonly kind: 'other' }

export type LoadedClient = { readonly client: NodeOAuthClient; readonly failureOf: (error: unknown) => Failure }

export type LoadClient = () => Promise<LoadedClient>

export const lazyClient = (deps: OAuthClientDeps): LoadClient => {
  let loading: Promise<LoadedClient> | undefined
  const load = async (): Promise<LoadedClient> => {
    const { createOAuthClient, failureOf } = await import('./oauth-client.ts')
    return { client: await createOAuthClient(deps), failureOf }
  }
  return () => (loading ??= load())
}
