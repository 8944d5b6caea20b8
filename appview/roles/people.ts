// Who people are: addresses, handles, and who is signed in here.

import { join } from 'node:path'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import { createDidResolver } from '../../atproto/resolve-did.ts'
import { createHandleResolver } from '../../atproto/resolve-handle.ts'
import { createSafeFetch } from '../../server/safe-fetch.ts'
import { deriveKeys, readSecrets } from '../../server/secret-file.ts'
import { PDS_ANSWER_MAX_BYTES, PDS_TIMEOUT_MS } from '../auth/limits.ts'
import { openSignIn } from '../auth/open-sign-in.ts'
import { hookKeys } from '../notify/hook-key.ts'
import { leaseLock } from './lease-lock.ts'
import { SIGN_IN, type Surroundings } from './surroundings.ts'

export type People = Awaited<ReturnType<typeof openPeople>>

export const openPeople = async ({ config, clock, log, store, seat, leaseTtlMs, url }: Surroundings) => {
  const { plcUrl, handleHosts = {}, allowLoopback = false, dataDir, secretFile } = config
  const fetch = createSafeFetch({ allowLoopback, maxBytes: PDS_ANSWER_MAX_BYTES, timeoutMs: PDS_TIMEOUT_MS })
  const resolveDid = createDidResolver({ fetch, plcUrl, allowLoopback })
  const resolveHandle = createHandleResolver({ fetch, handleHosts, allowLoopback })
  const identities = createIdentityCache({ resolveDid, resolveHandle, nowMs: () => clock.realMs() })
  const lock = leaseLock({ leases: store.leases, seat, clock, log, ttlMs: leaseTtlMs }, SIGN_IN)
  const known = { work: store.work, identities, resolveHandle, fetch, clock, log }
  const opened = await openSignIn({ ...known, lock, dataDir, secretFile, url, allowLoopback })
  const [key] = deriveKeys(readSecrets(secretFile ?? join(dataDir, 'secret')), 'waki appview: sign hooks')
  return { ...known, ...opened, hookKeys: hookKeys(key) }
}
