// The tree written down from its definition, slowly: from a sorted list, the whole of it each time. What the real tree is compared with.
// https://atproto.com/specs/repository#mst-structure

import { createHash } from 'node:crypto'
import { encode } from '@atproto/lex-cbor'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { cidKey } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'

export type Entries = ReadonlyMap<string, CidBytes>
export type Twin = { readonly root: CidBytes; readonly nodes: ReadonlyMap<string, Uint8Array> }

type Pair = readonly [path: string, value: CidBytes]

/** The root, and every node's bytes under cidKey of its CID. */
export function twinOf(entries: Entries): Twin {
  const nodes = new Map<string, Uint8Array>()
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  const top = Math.max(0, ...sorted.map(([path]) => twinLayer(path)))
  const root = sorted.length === 0 ? store({ l: null, e: [] }, nodes) : build(sorted, top, nodes)
  if (root === null) throw new Error('a tree has a root')
  return { root: root.bytes, nodes }
}

/** Leading zero bits of the hash, written out, in pairs. */
export function twinLayer(path: string): number {
  const bits = Array.from(createHash('sha256').update(path).digest(), (byte) => byte.toString(2).padStart(8, '0')).join('')
  return Math.floor(bits.indexOf('1') / 2)
}

/** A node for this layer, or null for no entries at all. */
function build(pairs: readonly Pair[], layer: number, nodes: Map<string, Uint8Array>): CID | null {
  if (pairs.length === 0) return null
  const here = pairs.filter(([path]) => twinLayer(path) === layer)
  const between = (after: string | undefined, before: string | undefined): CID | null =>
    build(
      pairs.filter(([path]) => (after === undefined || path > after) && (before === undefined || path < before)),
      layer - 1,
      nodes,
    )
  const e = here.map(([path, value], index) => {
    const shared = sharedLength(here[index - 1]?.[0] ?? '', path)
    return { p: shared, k: Buffer.from(path.slice(shared)), v: CID.decode(value), t: between(path, here[index + 1]?.[0]) }
  })
  return store({ l: between(undefined, here[0]?.[0]), e }, nodes)
}

function store(node: unknown, nodes: Map<string, Uint8Array>): CID {
  const bytes = encode(node as never)
  const cid = CID.createV1(0x71, create(0x12, createHash('sha256').update(bytes).digest()))
  nodes.set(cidKey(cid.bytes), bytes)
  return cid
}

function sharedLength(a: string, b: string): number {
  for (let length = Math.min(a.length, b.length); ; length--) if (a.slice(0, length) === b.slice(0, length)) return length
}
