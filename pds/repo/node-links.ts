// Row keys of a node's subtrees as bytes: six for each, little endian.

import assert from 'node:assert/strict'

const KEY_BYTES = 6

export const packLinks = (ids: readonly number[]): Uint8Array => {
  const packed = Buffer.alloc(ids.length * KEY_BYTES)
  for (const [place, id] of ids.entries()) packed.writeUIntLE(id, place * KEY_BYTES, KEY_BYTES)
  return packed
}

export const unpackLinks = (packed: Uint8Array): readonly number[] => {
  assert.equal(packed.length % KEY_BYTES, 0, 'links are whole keys')
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  return Array.from({ length: packed.length / KEY_BYTES }, (_, place) => bytes.readUIntLE(place * KEY_BYTES, KEY_BYTES))
}
