// Texts packed as bytes are the same texts again, in their order: empty ones, none, of any alphabet, more than there was room for; and what was taken
// is not touched by what is packed next.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { packTexts, unpackTexts } from '../../appview/store/packed-texts.ts'
import type { PackedTexts } from '../../appview/store/packed-texts.ts'

const unpacked = (from: PackedTexts): readonly (string | null)[] => {
  const next = unpackTexts(from)
  return from.lengths.map(() => next())
}

test('what is packed is unpacked', () => {
  const long = '和の行動 '.repeat(200_000)
  const texts = ['at://did:plc:a/b/c', '', null, '金沢市 🍵', long, 'after it']
  const [first, second] = [packTexts(texts), packTexts(['other', null])]
  assert.deepEqual(unpacked(first), texts)
  assert.deepEqual(unpacked(second), ['other', null])
  assert.equal(unpackTexts(second)(), 'other')
  const text = fc.option(fc.string({ unit: 'grapheme' }))
  fc.assert(fc.property(fc.array(text), (some) => assert.deepEqual(unpacked(packTexts(some)), some)))
})
