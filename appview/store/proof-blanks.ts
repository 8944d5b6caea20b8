// Proofs without the records that are gone: each record gives way to a block of zeros of its length, the last one to zeros altogether. The length
// stays, so that the bytes are overwritten where they lie and no copy is left behind.

import { readCar, writeCar } from '../../atproto/car.ts'
import type { Block } from '../../atproto/car.ts'
import { cidForRaw } from '../../atproto/cid.ts'

/** What was stored has been checked when it came in. */
const NO_LIMITS = { maxBytes: Number.MAX_SAFE_INTEGER, maxBlocks: Number.MAX_SAFE_INTEGER }

/** A CAR begins with the length of its header, which is not 0. */
export const isBlank = (car: Uint8Array): boolean => car[0] === 0

/** The CAR with zeros in place of the records whose CIDs (text) are given. */
export const blanked = (car: Uint8Array, cids: ReadonlySet<string>): Uint8Array => {
  const { roots, blocks } = readCar(car, NO_LIMITS)
  const root = roots[0]
  if (root === undefined) return new Uint8Array(car.length)
  const kept = [...blocks].map((block): Block => {
    if (!cids.has(block.cid.toString())) return block
    const bytes = new Uint8Array(block.bytes.length)
    return { cid: cidForRaw(bytes), bytes }
  })
  return writeCar(root, kept)
}
