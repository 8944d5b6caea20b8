// Puts sign-in together: the server's secret, its keys, what is kept in the store, the OAuth client, and writing for whoever is signed in.

import { join } from 'node:path'
import type { OAuthClientMetadataInput } from '@atproto/oauth-client-node'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'
import type { Clock } from '../../server/clock.ts'
import type { TurnByKey } from '../../server/in-turn.ts'
import type { Log } from '../../server/log.ts'
import { createSealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets } from '../../server/secret-file.ts'
import type { SignInWork } from '../store/kept.ts'
import { clientMetadataOf } from './client-metadata.ts'
import { cookiesFor } from './cookies.ts'
import { createKeep, renewKept, type Keep } from './keep.ts'
import { lazyClient } from './lazy-client.ts'
import { readPrint } from './secret-print.ts'
import { createResidentWrites, type ResidentWrites } from './resident-writes.ts'
import { openSignInKeys, publicKeysOf, type ClientKey } from './sign-in-keys.ts'
import { createSignIn, type SignIn } from './sign-in.ts'

export type OpenSignInDeps = {
  readonly dataDir: string
  /** Where the secret is kept; DATA_DIR/secret when not given. */
  readonly secretFile?: string | undefined
  /** The address under which people reach the site. */
  readonly url: string
  readonly work: SignInWork
  /** One at a time by name, among all processes of that store. */
  readonly lock: TurnByKey
  readonly identities: IdentityCache
  readonly resolveHandle: HandleResolver
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
  readonly allowLoopback: boolean
}

export type OpenedSignIn = {
  readonly keep: Keep
  readonly signIn: SignIn
  readonly writes: ResidentWrites
  /** Null where sign-in is not possible. */
  readonly documents: { readonly metadata: OAuthClientMetadataInput; readonly keys: { readonly keys: readonly ClientKey[] } } | null
}

/** Throws StartError when the secret or the keys cannot be used, or are not those of the store. */
export const openSignIn = async (deps: OpenSignInDeps): Promise<OpenedSignIn> => {
  const { dataDir, secretFile, url, work, lock, identities, resolveHandle, fetch, clock, log, allowLoopback } = deps
  const [secretAt, keysAt] = [secretFile ?? join(dataDir, 'secret'), join(dataDir, 'sign-in-keys')]
  const secrets = readOrCreateSecrets(secretAt)
  const sealer = createSealer(...deriveKeys(secrets, 'waki appview: seal sign-in'))
  const print = await readPrint(work, sealer, secretAt)
  const keys = openSignInKeys(keysAt, sealer)
  await print.check(keysAt, keys.nameKey)
  if (secrets.length > 1) log.info('sign-in.resealed', { rows: await renewKept(work, sealer) })
  const keep = createKeep({ work, sealer, nameKey: keys.nameKey, clock })
  const metadata = clientMetadataOf(url)
  const loadClient = metadata === null ? null : lazyClient({ metadata, keys, keep, lock, identities, resolveHandle, fetch, allowLoopback })
  const signIn = createSignIn({ loadClient, keep, cookies: cookiesFor(url), identities, resolveHandle, clock, log, allowLoopback })
  const documents = metadata === null ? null : { metadata, keys: publicKeysOf(keys) }
  return { keep, signIn, writes: createResidentWrites({ loadClient, keep, log }), documents }
}
