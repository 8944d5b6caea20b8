// The layer of a key: how many pairs of zero bits its SHA-256 begins with. https://atproto.com/specs/repository#mst-structure

import { hash } from 'node:crypto'

/** 0 for three keys in four, 128 at the most. */
export function layerOf(path: string): number {
  const digest = hash('sha256', path, 'hex')
  let layer = 0
  for (const digit of digest) {
    if (digit !== '0') return digit < '4' ? layer + 1 : layer
    layer += 2
  }
  return layer
}
