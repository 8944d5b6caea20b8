// A frame of the relay → what the writer needs to know of that leaf. Reading may wait for an identity; it changes nothing that is stored.

import type { Did } from '../../atproto/did.ts'
import { parseEvent } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { Origin } from '../store/store.ts'
import type { Believer } from './believe.ts'
import type { ReadLeaf } from './continuity.ts'

/** The relay ended the stream, or speaks of something that is no leaf. */
export type Aside = { readonly kind: 'aside'; readonly name: string; readonly message: string }
export type Leaf = { readonly kind: 'leaf' } & ReadLeaf

export type ReadFrame = (frame: Uint8Array) => Promise<Leaf | Aside>

/** Throws InvalidFrame and InvalidEvent for what the relay must not send. */
export const createReadFrame = (origin: Origin, believer: Believer, identities: IdentityCache): ReadFrame => {
  const judge = async (event: RepoEvent, recordedAt: string) => {
    if (event.kind === 'commit' || event.kind === 'sync') return believer.event(event, recordedAt)
    if (event.kind === 'identity') forget(identities, event.did)
    return null
  }
  return async (bytes) => {
    const frame = decodeFrame(bytes)
    if (frame.kind === 'error') return { kind: 'aside', name: frame.error, message: frame.message ?? '' }
    if (frame.kind === 'unknown') return { kind: 'aside', name: 'unknown', message: `op ${frame.op}` }
    const event = parseEvent(frame.t, frame.payload)
    if (event.kind === 'info') return { kind: 'aside', name: event.name, message: event.message ?? '' }
    if (event.kind === 'unknown') return { kind: 'aside', name: 'unknown', message: event.t }
    const recordedAt = new Date(event.time).toISOString()
    const place = { origin: origin.name, leaf: event.seq - origin.base, recordedAt }
    return { kind: 'leaf', place, event, verdict: await judge(event, recordedAt) }
  }
}

const forget = (identities: IdentityCache, did: Did): void => identities.forget(did)
