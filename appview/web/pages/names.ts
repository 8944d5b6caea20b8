// What people call an account: its handle, where handle and DID name each other; else the DID itself.

import { isDid } from '../../../atproto/did.ts'
import type { PagesDeps } from './deps.ts'

export const nameOf = async ({ identities }: PagesDeps, did: string): Promise<string> => {
  if (!isDid(did)) return did
  const identity = await identities.get(did).catch(() => null)
  return identity?.handle ?? did
}
