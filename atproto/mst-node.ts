// A node in its place in the tree: its layer, its bounds, and its content, which is read from the source when it is first asked for.
// Reading checks what the bytes alone cannot tell: the layer of each key, the bounds the parent sets, that no node is needless.
// Nodes are never changed once made; reading and sealing only fill in what was true before.

import assert from 'node:assert/strict'
import { cborCidBytes } from './cid.ts'
import type { CidBytes } from './cid.ts'
import { InvalidTree, MissingNode } from './invalid-tree.ts'
import { decodeNode } from './mst-decode.ts'
import type { KeyRule } from './mst-decode.ts'
import { encodeNode } from './mst-encode.ts'
import { layerOf } from './mst-layer.ts'

/** Gives a node's bytes, which must hash to `cid`: whoever reads blocks from a stranger has checked that already. */
export type NodeSource = (cid: CidBytes) => Uint8Array | undefined

/** Where nodes are read from, and what they may have as keys. */
export type Origin = { readonly source: NodeSource; readonly isKey: KeyRule }

/** children[i] holds the keys before keys[i], the last child those behind all; a child lies exactly one layer lower. */
export type Content = {
  readonly keys: readonly string[]
  readonly values: readonly CidBytes[]
  readonly children: readonly (Node | null)[]
}

/** All keys of an unread node lie between `after` and `before`, both left out. */
type Unread = { readonly origin: Origin; readonly after: string | undefined; readonly before: string | undefined }

export type Sealed = { readonly cid: CidBytes; readonly bytes: Uint8Array }

export class Node {
  readonly layer: number
  #content: Content | undefined
  #cid: CidBytes | undefined
  #bytes: Uint8Array | undefined
  readonly #unread: Unread | undefined

  private constructor(layer: number, content: Content | undefined, cid: CidBytes | undefined, unread: Unread | undefined) {
    this.layer = layer
    this.#content = content
    this.#cid = cid
    this.#unread = unread
  }

  static of(layer: number, content: Content): Node {
    return new Node(layer, content, undefined, undefined)
  }

  /** The root of a stored tree: the one node that may be empty, and whose layer only its keys tell. */
  static readRoot(cid: CidBytes, origin: Origin): Node {
    const bytes = fetch(origin, cid)
    const form = decodeNode(bytes, origin.isKey)
    const [first] = form.keys
    if (first === undefined && form.links[0] !== null) throw new InvalidTree('empty', 'the root has no keys and is not needed')
    const layer = first === undefined ? 0 : layerOf(first)
    const root = new Node(layer, undefined, cid, { origin, after: undefined, before: undefined })
    root.#bytes = bytes
    root.#content = placed(form, layer, root.#unread as Unread)
    return root
  }

  /** Throws MissingNode or InvalidTree. */
  get content(): Content {
    return (this.#content ??= this.#read())
  }

  get cid(): CidBytes {
    return (this.#cid ??= cborCidBytes(this.#encoded()))
  }

  get sealed(): Sealed {
    return { cid: this.cid, bytes: this.#encoded() }
  }

  #read(): Content {
    assert(this.#cid !== undefined && this.#unread !== undefined, 'a node has content or somewhere to read it from')
    const { origin, after, before } = this.#unread
    this.#bytes = fetch(origin, this.#cid)
    const form = decodeNode(this.#bytes, origin.isKey)
    const first = form.keys[0]
    const last = form.keys.at(-1)
    if (first === undefined && form.links[0] === null) throw new InvalidTree('empty', 'a node without keys and without a subtree')
    if (first !== undefined && after !== undefined && first <= after) throw new InvalidTree('order', `${first} lies below ${after}`)
    if (last !== undefined && before !== undefined && last >= before) throw new InvalidTree('order', `${last} lies below ${before}`)
    return placed(form, this.layer, this.#unread)
  }

  #encoded(): Uint8Array {
    if (this.#bytes === undefined && this.#content === undefined) this.#content = this.#read()
    return (this.#bytes ??= encodeContent(this.content))
  }

  /** A child of a node that is being read. */
  static unread(layer: number, cid: CidBytes, unread: Unread): Node {
    return new Node(layer, undefined, cid, unread)
  }
}

/** The subtrees a stored node leads to, in the order of their keys. For storage that keeps trees by row; checks the form as reading does. */
export const nodeLinks = (bytes: Uint8Array): CidBytes[] => decodeNode(bytes, () => true).links.filter((link) => link !== null)

function placed({ keys, values, links }: ReturnType<typeof decodeNode>, layer: number, { origin, after, before }: Unread): Content {
  for (const key of keys) {
    if (layerOf(key) !== layer) throw new InvalidTree('layer', `${key} stands in layer ${layer}`)
  }
  const children = links.map((cid, index) => {
    if (cid === null) return null
    if (layer === 0) throw new InvalidTree('layer', 'a subtree below the lowest layer')
    return Node.unread(layer - 1, cid, {
      origin,
      after: index === 0 ? after : keys[index - 1],
      before: index === keys.length ? before : keys[index],
    })
  })
  return { keys, values, children }
}

function fetch({ source }: Origin, cid: CidBytes): Uint8Array {
  const bytes = source(cid)
  if (bytes === undefined) throw new MissingNode(cid)
  return bytes
}

const encodeContent = ({ keys, values, children }: Content): Uint8Array =>
  encodeNode({ keys, values, links: children.map((child) => child && child.cid) })
