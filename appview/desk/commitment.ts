// The commitment of an entry: sha-256(salt ‖ DRISL-CBOR of the payload). What is private stays provable to whoever is shown payload and salt.

import { createHash } from 'node:crypto'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import type { Json } from '../journal/model.ts'

/** Hex. The payload in ATProto's JSON. */
export const commitmentOf = (payload: Json, salt: Uint8Array): string =>
  createHash('sha256')
    .update(salt)
    .update(encodeData(jsonToData(payload)))
    .digest('hex')

/** Whether these are what was committed to; both in hex. */
export const isCommittedTo = (commitment: string, payload: Json, salt: string): boolean =>
  commitmentOf(payload, Buffer.from(salt, 'hex')) === commitment

/** Hex of an entry record's commitment field; undefined when it is none. */
export const commitmentIn = (value: Json): string | undefined => {
  const bytes = fieldOf(fieldOf(value, 'commitment'), '$bytes')
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString('hex') : undefined
}

const fieldOf = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
