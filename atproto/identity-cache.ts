// Who a DID is, remembered for a while: key, PDS, and the handle where handle and DID name each other.
// One look-up per DID at a time; bounded; failures are remembered briefly; `refresh` always asks anew.

import { handleOf, pdsOf, signingKeyOf } from './did-document.ts'
import type { DidDocument } from './did-document.ts'
import type { Did } from './did.ts'
import type { Handle } from './handle.ts'
import { IDENTITY_FAILURE_FRESH_MS, IDENTITY_FRESH_MS, IDENTITY_MAX_ENTRIES } from './limits.ts'
import { UnresolvedDid } from './resolve-did.ts'
import type { IdentityEvidence, KeyEvidence, ResolvedDid } from './resolve-did.ts'
import { UnresolvedHandle } from './resolve-handle.ts'
import type { HandleResolver } from './resolve-handle.ts'

export type Identity = {
  readonly did: Did
  /** did:key of `#atproto`; null when the document has none. */
  readonly signingKey: string | null
  /** Origin of the PDS; null when the document names none. */
  readonly pds: string | null
  /** Verified both ways, else null. */
  readonly handle: Handle | null
  readonly document: DidDocument
  readonly evidence: IdentityEvidence | null
}

/** All throw UnresolvedDid. */
export type IdentityCache = {
  readonly get: (did: Did) => Promise<Identity>
  /** Asks anew, even while an earlier question is under way: its answer may be from before the change one looks for. */
  readonly refresh: (did: Did) => Promise<Identity>
  readonly forget: (did: Did) => void
  /** Key and what it is believed on; asked once per remembered identity. The key may be newer than that of `get`: compare them. */
  readonly evidenceOf: (did: Did) => Promise<KeyEvidence>
}

export type IdentityCacheOptions = {
  readonly resolveDid: { (did: Did): Promise<ResolvedDid>; readonly evidenceOf?: (did: Did) => Promise<KeyEvidence> }
  /** Without it every handle is null. */
  readonly resolveHandle?: HandleResolver
  readonly nowMs: () => number
  readonly freshMs?: number
  /** While the directory is unreachable an identity known before is believed for so long. */
  readonly staleMs?: number
  readonly failureFreshMs?: number
  readonly maxEntries?: number
}

type Entry = {
  readonly atMs: number
  readonly identity?: Identity
  readonly failure?: UnresolvedDid
  failedMs?: number
  evidence?: Promise<KeyEvidence>
}
type Flight = { readonly running: Promise<Identity>; next?: Promise<Identity> }

export function createIdentityCache(options: IdentityCacheOptions): IdentityCache {
  const { nowMs, freshMs = IDENTITY_FRESH_MS, failureFreshMs = IDENTITY_FAILURE_FRESH_MS, maxEntries = IDENTITY_MAX_ENTRIES } = options
  const staleMs = options.staleMs ?? freshMs * 24
  const entries = new Map<Did, Entry>()
  const flights = new Map<Did, Flight>()

  const remember = (did: Did, entry: Entry): void => keep(entries, did, entry, maxEntries)

  const ask = async (did: Did): Promise<Identity> => {
    try {
      const identity = await identityOf(options, did)
      remember(did, { atMs: nowMs(), identity })
      return identity
    } catch (error) {
      if (!(error instanceof UnresolvedDid)) throw error
      const known = entries.get(did)
      const mayPass = error.code === 'unreachable' && known?.identity !== undefined && nowMs() - known.atMs < staleMs
      if (mayPass) known.failedMs = nowMs()
      else remember(did, { atMs: nowMs(), failure: error })
      throw error
    }
  }

  const start = (did: Did): Promise<Identity> => {
    const flight: Flight = {
      running: ask(did).finally(() => {
        if (flights.get(did) === flight) flights.delete(did)
      }),
    }
    flights.set(did, flight)
    return flight.running
  }

  const refresh = (did: Did): Promise<Identity> => {
    const flight = flights.get(did)
    if (flight === undefined) return start(did)
    const again = (): Promise<Identity> => start(did)
    flight.next ??= flight.running.then(again, again)
    return flight.next
  }

  const get = async (did: Did): Promise<Identity> => {
    const entry = entries.get(did)
    const ageMs = entry === undefined ? Infinity : nowMs() - entry.atMs
    const failedJustNow = entry?.failedMs !== undefined && nowMs() - entry.failedMs < failureFreshMs
    if (entry?.identity !== undefined && (ageMs < freshMs || failedJustNow)) return entry.identity
    if (entry?.failure !== undefined && ageMs < failureFreshMs) throw entry.failure
    try {
      return await (flights.get(did)?.running ?? start(did))
    } catch (error) {
      // Only while it may still be believed does `ask` leave the earlier identity in place.
      const known = entries.get(did)?.identity
      if (known !== undefined) return known
      throw error
    }
  }

  const evidenceOf = async (did: Did): Promise<KeyEvidence> => {
    const identity = await get(did)
    if (identity.evidence !== null) return { signingKey: identity.signingKey, evidence: identity.evidence }
    const ask = options.resolveDid.evidenceOf
    if (ask === undefined) throw new UnresolvedDid('unsupported', `no evidence is to be had for ${did}`)
    const entry = entries.get(did)
    if (entry === undefined) return ask(did)
    entry.evidence ??= ask(did).catch((error: unknown) => {
      delete entry.evidence
      throw error
    })
    return entry.evidence
  }

  return { get, refresh, forget: (did) => void entries.delete(did), evidenceOf }
}

/** The newest behind all others; the oldest are dropped above `max`. */
function keep(entries: Map<Did, Entry>, did: Did, entry: Entry, max: number): void {
  entries.delete(did)
  entries.set(did, entry)
  for (const oldest of entries.keys()) {
    if (entries.size <= max) break
    entries.delete(oldest)
  }
}

async function identityOf(options: IdentityCacheOptions, did: Did): Promise<Identity> {
  const { document, evidence } = await options.resolveDid(did)
  return {
    did,
    signingKey: signingKeyOf(document) ?? null,
    pds: pdsOf(document) ?? null,
    handle: await verifiedHandle(options.resolveHandle, document),
    document,
    evidence,
  }
}

async function verifiedHandle(resolveHandle: HandleResolver | undefined, document: DidDocument): Promise<Handle | null> {
  const handle = handleOf(document)
  if (handle === undefined || resolveHandle === undefined) return null
  try {
    return (await resolveHandle(handle)) === document.id ? handle : null
  } catch (error) {
    if (error instanceof UnresolvedHandle) return null
    throw error
  }
}
