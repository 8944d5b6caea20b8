// Nodes that lie: one by one, each way a stranger's node can break the form, refused by name before it is used.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from '@atproto/lex-cbor'
import { CID } from 'multiformats/cid'
import { cborCidBytes, cidForCbor, cidForRaw, cidKey } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import { InvalidTree, loadTree } from '../../atproto/mst.ts'
import type { TreeFault } from '../../atproto/invalid-tree.ts'
import { encodeNode } from '../../atproto/mst-encode.ts'
import { decodeNode } from '../../atproto/mst-decode.ts'
import { isRecordPath } from '../../atproto/record-path.ts'
import { seededRandom } from '../support/random.ts'
import { twinLayer } from './mst-twin.ts'
import { treeOf, value } from './tree-checks.ts'

type Entry = { p: number; k: Uint8Array; v: CID; t: CID | null }
type Written = { l: CID | null; e: Entry[] }

const blocks = new Map<string, Uint8Array>()
const keep = (bytes: Uint8Array): CidBytes => {
  const cid = cborCidBytes(bytes)
  blocks.set(cidKey(cid), bytes)
  return cid
}
const linkTo = (node: Written): CID => CID.decode(keep(encode(node as never)))
const record = cidForCbor(Buffer.from('record'))

/** The first `count` paths of a layer, in order. */
const pathsOf = (layer: number, count: number, collection = 'com.example.record'): string[] => {
  const paths: string[] = []
  for (let number = 0; paths.length < count; number++) {
    const path = `${collection}/${String(number).padStart(5, '0')}`
    if (twinLayer(path) === layer) paths.push(path)
  }
  return paths
}
const [low, middle, high] = pathsOf(0, 3) as [string, string, string]
const [above] = pathsOf(1, 1, 'com.example.zebra') as [string]
const [below] = pathsOf(1, 1, 'com.aardvark.record') as [string]

const shared = (a: string, b: string): number => Array.from(b).findIndex((letter, place) => a[place] !== letter)
const entry = (path: string, p = 0, t: CID | null = null, v: CID = record): Entry => ({ p, k: Buffer.from(path.slice(p)), v, t })
/** Entries with the prefixes they should have. */
const entries = (...paths: string[]): Entry[] =>
  paths.map((path, place) => entry(path, place === 0 ? 0 : shared(paths[place - 1] ?? '', path)))
const across = entries(low, ...pathsOf(0, 1, 'com.zzz.record'))
const leaf: Written = { l: null, e: entries(low, high) }

const readAll = (bytes: Uint8Array): unknown => [...loadTree((cid) => blocks.get(cidKey(cid)), keep(bytes)).entries()]
const faults: readonly (readonly [string, TreeFault, unknown])[] = [
  ['a list', 'not-a-node', []],
  ['a node without entries', 'not-a-node', { l: null }],
  ['a node with another field', 'not-a-node', { ...leaf, x: 1 }],
  ['an entry with another field', 'not-a-node', { l: null, e: [{ ...entry(low), x: 1 }] }],
  ['an entry without a prefix', 'not-a-node', { l: null, e: [{ k: Buffer.from(low), v: record, t: null }] }],
  ['a prefix below zero', 'not-a-node', { l: null, e: [{ ...entry(low), p: -1 }] }],
  ['a key that is text', 'not-a-node', { l: null, e: [{ ...entry(low), k: low }] }],
  ['a value that is no link', 'not-a-node', { l: null, e: [{ ...entry(low), v: null }] }],
  ['a record that is no CBOR', 'link', { l: null, e: [entry(low, 0, null, cidForRaw(Buffer.from('x')))] }],
  ['a left subtree that is no CBOR', 'link', { l: cidForRaw(Buffer.from('x')), e: entries(above) }],
  ['a right subtree that is no CBOR', 'link', { l: null, e: [entry(above, 0, cidForRaw(Buffer.from('x')))] }],
  ['a prefix before the first key', 'prefix', { l: null, e: [{ ...entry(low), p: 1 }] }],
  ['a prefix longer than the key before', 'prefix', { l: null, e: [entry(low), { ...entry(high), p: low.length + 1 }] }],
  ['a prefix that could be longer', 'prefix', { l: null, e: [entry(low), entry(high, shared(low, high) - 1)] }],
  ['a key twice', 'order', { l: null, e: [entry(low), { ...entry(low), p: low.length, k: Buffer.alloc(0) }] }],
  ['keys that descend', 'order', { l: null, e: entries(high, low) }],
  ['a key that is empty', 'key', { l: null, e: [{ ...entry(''), k: Buffer.alloc(0) }] }],
  ['a key without a record key', 'key', { l: null, e: [entry('com.example.record')] }],
  ['a key with three segments', 'key', { l: null, e: [entry(`${low}/x`)] }],
  ['a key whose collection is no NSID', 'key', { l: null, e: [entry('record/a')] }],
  ['a key beyond ASCII', 'key', { l: null, e: [entry('com.example.record/é')] }],
  ['a key too long', 'key', { l: null, e: [entry(`com.example.record/${'a'.repeat(513)}`)] }],
  ['a key far too long', 'key', { l: null, e: [entry(`com.example.record/${'a'.repeat(5000)}`)] }],
  ['keys of two layers', 'layer', { l: null, e: entries(below, low) }],
  ['a subtree below layer 0', 'layer', { l: linkTo(leaf), e: entries(middle) }],
  ['a child two layers lower', 'layer', { l: null, e: [entry(pathsOf(2, 1, 'com.aardvark.record')[0] ?? '', 0, linkTo(leaf))] }],
  ['a child of the same layer', 'layer', { l: null, e: [entry(below, 0, linkTo({ l: null, e: entries(above) }))] }],
  ['a root without keys above a subtree', 'empty', { l: linkTo(leaf), e: [] }],
  ['an empty subtree', 'empty', { l: linkTo({ l: null, e: [] }), e: entries(above) }],
  ['a left subtree behind its key', 'order', { l: linkTo(leaf), e: entries(below) }],
  ['a right subtree before its key', 'order', { l: null, e: [entry(above, 0, linkTo(leaf))] }],
  [
    'a subtree across the next key',
    'order',
    { l: null, e: [entry(below, 0, linkTo({ l: null, e: across })), entry(above, shared(below, above))] },
  ],
]

for (const [name, reason, node] of faults) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => readAll(encode(node as never)),
      (error) => {
        assert.ok(error instanceof InvalidTree, String(error))
        assert.equal(error.reason, reason, error.message)
        return true
      },
    )
  })
}

test('bounds reach down through nodes without keys', () => {
  const [top] = pathsOf(2, 1, 'com.aardvark.record') as [string]
  const hollow = (inner: Written): Written => ({ l: linkTo(inner), e: [] })
  assert.doesNotThrow(() => readAll(encode({ l: null, e: [entry(top, 0, linkTo(hollow(leaf)))] } as never)))
  assert.throws(() => readAll(encode({ l: linkTo(hollow(leaf)), e: entries(top) } as never)), InvalidTree)
})

test('a chain of hollow nodes ends at layer 0', () => {
  const [top] = pathsOf(2, 1, 'com.aardvark.record') as [string]
  let chain: Written = leaf
  for (let depth = 0; depth < 500; depth++) chain = { l: linkTo(chain), e: [] }
  assert.throws(() => readAll(encode({ l: null, e: [entry(top, 0, linkTo(chain))] } as never)), InvalidTree)
})

test('bytes that are cut, longer, or claim more than there is', () => {
  const bytes = encode(leaf as never)
  for (let length = 0; length < bytes.length; length++) assert.throws(() => readAll(bytes.subarray(0, length)), InvalidTree)
  assert.throws(() => readAll(Buffer.concat([bytes, Buffer.alloc(1)])), InvalidTree)
  for (const hex of [
    'a26165 9affffffff',
    'a26165 9bffffffffffffffff',
    'a26165 9fff616cf6',
    'a26165 81a4616b5affffffff',
    'a26165 9800616cf6',
    'a26165 80616cf7',
  ]) {
    assert.throws(() => readAll(Buffer.from(hex.replaceAll(' ', ''), 'hex')), InvalidTree, hex)
  }
})

test('random damage: what is still read has exactly one form', () => {
  const random = seededRandom(21)
  const nodes = [...treeOf([...Array(300).keys()].map((number) => [`com.example.record/${number}`, value(number)])).nodes()]
  let read = 0
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(random.pick(nodes).bytes)
    for (let hits = random.below(3); hits >= 0; hits--) bytes[random.below(bytes.length)] = random.below(256)
    try {
      assert.deepEqual(Buffer.from(encodeNode(decodeNode(bytes, isRecordPath))), Buffer.from(bytes))
      read++
    } catch (error) {
      assert.ok(error instanceof InvalidTree, String(error))
    }
  }
  assert.ok(read > 100 && read < 20_000, `${read} were read`)
})

test('a node larger than the scratch is written and read', () => {
  const keys = Array.from({ length: 2000 }, (_, number) => `com.example.record/${'x'.repeat(60)}${String(number).padStart(5, '0')}`)
  const form = { keys, values: keys.map(value), links: [null, ...keys.map(() => null)] }
  assert.deepEqual(decodeNode(encodeNode(form), isRecordPath).keys, keys)
})
