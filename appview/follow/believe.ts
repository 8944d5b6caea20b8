// Whether the appview itself believes a #commit or #sync that the relay passed on: structure, then signature, with the key of now, a refreshed one,
// or one of the directory's log. Does not check whether it follows what we hold: that is continuity.ts.

import type { BlockMap } from '../../atproto/block-map.ts'
import type { Cid } from '../../atproto/cid.ts'
import type { Commit } from '../../atproto/commit.ts'
import type { Did } from '../../atproto/did.ts'
import type { CommitEvent, SyncEvent } from '../../atproto/event.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { UnresolvedDid } from '../../atproto/resolve-did.ts'
import { verifyCommitStructure, verifySignatureOf } from '../../atproto/verify-commit.ts'
import { verifySyncStructure } from '../../atproto/verify-sync.ts'
import type { Clock } from '../../server/clock.ts'
import { IDENTITY_RETRY_MS, KEY_TIME_TOLERANCE_MS, WEB_IDENTITY_PATIENCE_MS } from './limits.ts'
import { pastKeys } from './past-keys.ts'
import type { PastKey } from './past-keys.ts'

export type Believed = {
  readonly ok: true
  readonly commit: Commit
  readonly commitCid: Cid
  readonly dataCid: Cid
  readonly blocks: BlockMap
  readonly didKey: string
  /** JSON of the identity evidence. */
  readonly evidence: string
}

export type Disbelieved = { readonly ok: false; readonly reason: string; readonly detail: string }

export type Believer = {
  event(event: CommitEvent | SyncEvent, recordedAt: string): Promise<Believed | Disbelieved>
  /** Which key signed a commit: the present one, or, given when the log received it, the one of that time; null when none did. */
  signer(did: Did, commit: Commit, recordedAt: string | null): Promise<{ readonly didKey: string; readonly evidence: string } | null>
}

export type BelieverDeps = {
  readonly identities: IdentityCache
  readonly fetch: typeof fetch
  readonly plcUrl: string
  readonly clock: Clock
  /** Whether the log's time is real time, so that it can be held against the directory's; not so under a settable clock. */
  readonly isRealTime: () => boolean
  readonly signal: AbortSignal
}

export const createBeliever = (deps: BelieverDeps): Believer => {
  const signer: Believer['signer'] = async (did, commit, recordedAt) => {
    const refresh = () => deps.identities.refresh(did)
    // A failure is remembered for a while; who waits for the directory asks it anew.
    const known = await patiently(deps, did, () => deps.identities.get(did), refresh)
    if (known === null) return null
    if (signs(known.signingKey, commit)) return keyUse(known.signingKey, await evidenceFor(deps, did))
    const fresh = await patiently(deps, did, refresh)
    if (fresh !== null && signs(fresh.signingKey, commit)) return keyUse(fresh.signingKey, await evidenceFor(deps, did))
    if (recordedAt === null) return null
    const past = await patiently(deps, did, () => pastKeys(deps.fetch, deps.plcUrl, did, deps.signal))
    const used = past?.find((key) => (!deps.isRealTime() || heldAt(key, Date.parse(recordedAt))) && signs(key.didKey, commit))
    return used === undefined ? null : keyUse(used.didKey, JSON.stringify(used.evidence))
  }
  return {
    signer,
    event: async (event, recordedAt) => {
      const nowMs = Date.parse(recordedAt)
      const verified = event.kind === 'commit' ? verifyCommitStructure(event, nowMs) : verifySyncStructure(event, nowMs)
      if (!verified.ok) return verified
      const used = await signer(event.kind === 'commit' ? event.repo : event.did, verified.commit, recordedAt)
      if (used === null) return { ok: false, reason: 'commit.signature', detail: `no key of ${verified.commit.did} signed it` }
      return { ...verified, ...used }
    },
  }
}

const signs = (didKey: string | null, commit: Commit): didKey is string =>
  didKey !== null && verifySignatureOf(commit, didKey) === undefined

// The relay may have known a new key a little later than the directory.
const heldAt = ({ fromMs, untilMs }: PastKey, ms: number): boolean =>
  fromMs - KEY_TIME_TOLERANCE_MS <= ms && ms <= untilMs + KEY_TIME_TOLERANCE_MS

const keyUse = (didKey: string, evidence: string) => ({ didKey, evidence })

const evidenceFor = async (deps: BelieverDeps, did: Did): Promise<string> => {
  const found = await patiently(deps, did, () => deps.identities.evidenceOf(did))
  return JSON.stringify(found?.evidence ?? null)
}

// The directory all share is waited for; a stranger's web server only for a while, since all others wait meanwhile.
const patiently = async <T>({ clock, signal }: BelieverDeps, did: Did, ask: () => Promise<T>, askAgain = ask): Promise<T | null> => {
  const startMs = clock.monotonicMs()
  for (let attempt = 1; ; attempt++) {
    try {
      return await (attempt === 1 ? ask() : askAgain())
    } catch (error) {
      if (!(error instanceof UnresolvedDid)) throw error
      if (error.code !== 'unreachable') return null
      if (!did.startsWith('did:plc:') && clock.monotonicMs() - startMs > WEB_IDENTITY_PATIENCE_MS) return null
      await clock.sleep(IDENTITY_RETRY_MS, signal)
    }
  }
}
