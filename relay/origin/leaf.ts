// The bytes of a leaf: what the log promises about one event, fixed from the first event on. A DRISL-CBOR map of
//   v 1 · seq · time (as in the frame) · kind · who = sha-256(salt ‖ did) · frame = sha-256 of the payload as sent
//   #commit, #sync: rev, commit, data (links), and prevData of a commit that names one · #account: status
// The salt is HMAC-SHA-256(origin secret, leaf as eight bytes, big end first): without it `who` says nothing about the DID.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { encodeData } from '../../atproto/data-model.ts'
import type { DataMap } from '../../atproto/data-model.ts'
import type { Did } from '../../atproto/did.ts'
import { didOf } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import type { Head } from '../ingest/judge.ts'

export const LEAF_VERSION = 1

const HMAC_BLOCK_BYTES = 64
const HASH_BYTES = 32
const LEAF_NUMBER_BYTES = 8

/**
 * Gives the salt of a leaf, 32 bytes, from the origin's secret of at most 64. HMAC (https://www.rfc-editor.org/rfc/rfc2104#section-2) over buffers made
 * once: node's Hmac makes a key object for each call, which cost a fifteenth of the whole relay.
 */
export const createSalts = (secret: Uint8Array): ((leaf: number) => Uint8Array) => {
  assert(secret.length <= HMAC_BLOCK_BYTES, 'longer secrets would have to be hashed first')
  const key = Buffer.concat([secret], HMAC_BLOCK_BYTES)
  const inner = Buffer.concat([key.map((byte) => byte ^ 0x36)], HMAC_BLOCK_BYTES + LEAF_NUMBER_BYTES)
  const outer = Buffer.concat([key.map((byte) => byte ^ 0x5c)], HMAC_BLOCK_BYTES + HASH_BYTES)
  return (leaf) => {
    inner.writeBigUInt64BE(BigInt(leaf), HMAC_BLOCK_BYTES)
    hash('sha256', inner, 'buffer').copy(outer, HMAC_BLOCK_BYTES)
    return hash('sha256', outer, 'buffer')
  }
}

/** 32 bytes. */
export const whoOf = (salt: Uint8Array, did: Did): Uint8Array => hash('sha256', Buffer.concat([salt, Buffer.from(did)]), 'buffer')

/** Hash of a leaf in the tree, 32 bytes: sha-256(0x00 ‖ bytes). https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export const leafHash = (bytes: Uint8Array): Uint8Array => hash('sha256', Buffer.concat([Buffer.from([0]), bytes]), 'buffer')

/** `event` as sent by us, `payload` its encoded payload. */
export const leafBytes = (event: RepoEvent, head: Head | null, payload: Uint8Array, salt: Uint8Array): Uint8Array =>
  encodeData({
    v: LEAF_VERSION,
    seq: event.seq,
    time: event.time,
    kind: event.kind,
    who: whoOf(salt, didOf(event)),
    frame: hash('sha256', payload, 'buffer'),
    ...detailsOf(event, head),
  })

const detailsOf = (event: RepoEvent, head: Head | null): DataMap => {
  switch (event.kind) {
    case 'commit':
      return { rev: event.rev, ...linksOf(head), ...(event.prevData === null ? {} : { prevData: event.prevData }) }
    case 'sync':
      return { rev: event.rev, ...linksOf(head) }
    case 'account':
      return { status: event.status ?? (event.active ? 'active' : 'inactive') }
    case 'identity':
      return {}
  }
}

const linksOf = (head: Head | null): DataMap => (head === null ? {} : { commit: head.commitCid, data: head.dataCid })
