// Who speaks for a DID now. Asks the identity cache; asks anew once when something does not fit, but not again and again for a DID that just failed.
// Remembers the PDS last learnt, so that an event checked before a move is not appended after it.

import type { Did } from '../../atproto/did.ts'
import type { Identity, IdentityCache } from '../../atproto/identity-cache.ts'
import { originOf } from '../hosts/host-address.ts'
import type { Host } from '../hosts/host-table.ts'
import { IDENTITIES_MAX, REFUSED_REFRESH_PAUSE_MS } from '../limits.ts'

export type Identities = {
  /** Throws UnresolvedDid. */
  get(did: Did): Promise<Identity>
  /** Asks anew, always. Throws UnresolvedDid. */
  refresh(did: Did): Promise<Identity>
  /** Asks anew unless that was of no use a moment ago. Throws UnresolvedDid. */
  again(did: Did): Promise<Identity>
  /** To be told that asking anew changed nothing. */
  fruitless(did: Did): void
  /** Whether the identity last learnt, if any, names this host as the DID's PDS. */
  stillNames(did: Did, host: Host): boolean
}

/** Whether this host is the PDS of the DID. */
export const isPdsOf = (host: Host, identity: Identity): boolean => identity.pds !== null && originOf(identity.pds) === host.url

export const createIdentities = (cache: IdentityCache, monotonicMs: () => number): Identities => {
  const latest = new Map<Did, Identity>()
  const failedMs = new Map<Did, number>()
  const learn = (identity: Identity): Identity => {
    if (latest.get(identity.did) === identity) return identity
    rememberIn(latest, identity.did, identity)
    return identity
  }
  const get = async (did: Did): Promise<Identity> => learn(await cache.get(did))
  const refresh = async (did: Did): Promise<Identity> => learn(await cache.refresh(did))
  return {
    get,
    refresh,
    again: (did) => {
      const failed = failedMs.get(did)
      return failed !== undefined && monotonicMs() - failed < REFUSED_REFRESH_PAUSE_MS ? get(did) : refresh(did)
    },
    fruitless: (did) => rememberIn(failedMs, did, monotonicMs()),
    stillNames: (did, host) => {
      const identity = latest.get(did)
      return identity === undefined || isPdsOf(host, identity)
    },
  }
}

const rememberIn = <T>(map: Map<Did, T>, did: Did, value: T): void => {
  map.delete(did)
  map.set(did, value)
  if (map.size <= IDENTITIES_MAX) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    break
  }
}
