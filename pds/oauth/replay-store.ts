// What may be used once. Code challenges and client assertions are remembered on disk. Proofs of possession come with every request and are remembered in
// memory: after a restart no nonce of before is taken (provider.ts), so no proof of before either. Bounded: beyond PROOFS_KEPT the first are forgotten.

import type { ReplayStore } from '@atproto/oauth-provider/store'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { hashOf } from './hash.ts'

export const PROOFS_KEPT = 500_000
const PROOF_NAMESPACE = 'DPoP'

export const createReplayStore = (db: Database, clock: Clock): ReplayStore => {
  const tidy = db.prepare<[number]>('DELETE FROM oauth_used WHERE expires_ms <= ?')
  const insert = db.prepare<[Uint8Array, number]>('INSERT INTO oauth_used (hash, expires_ms) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const once = db.transaction((hash: Uint8Array, nowMs: number, frameMs: number): boolean => {
    tidy.run(nowMs)
    return insert.run(hash, nowMs + frameMs).changes === 1
  })
  const proofs = createProofs(clock)
  return {
    unique: (namespace, nonce, frameMs) =>
      namespace === PROOF_NAMESPACE ? proofs(nonce, frameMs) : once(hashOf(`${namespace} ${nonce}`), clock.realMs(), Math.ceil(frameMs)),
  }
}

/** All frames are the same, so what came first expires first. */
const createProofs = (clock: Clock) => {
  const seen = new Map<string, number>()
  return (jti: string, frameMs: number): boolean => {
    const nowMs = clock.realMs()
    for (const [oldest, untilMs] of seen) {
      if (untilMs > nowMs && seen.size < PROOFS_KEPT) break
      seen.delete(oldest)
    }
    // A name as long as its sender likes is not kept whole.
    const key = jti.length <= 64 ? jti : Buffer.from(hashOf(jti)).toString('base64')
    if (seen.has(key)) return false
    seen.set(key, nowMs + frameMs)
    return true
  }
}
