// DIDs in a text are found as one pattern finds them, whatever stands around them, and also where some are known by their length.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { replaceDids } from '../../appview/store/did-texts.ts'

const PATTERN = /did:(?:#|plc:[a-z0-9]{24}|[a-z0-9]+:[A-Za-z0-9._:%-]+)/g
const plc = (letter: string): string => `did:plc:${letter.repeat(24)}`
const PIECES = [
  plc('a'),
  plc('b'),
  `${plc('a')}zz`,
  'did:plc:short',
  'did:web:town.example',
  'did:#',
  'did:',
  'did:did:',
  'at://',
  '/x',
  '和記',
  '"',
]

test('DIDs are found as one pattern finds them', () => {
  const known = new Map([[plc('a'), '<a>']])
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const expected = text.replaceAll(PATTERN, (did) => known.get(did) ?? `[${did}]`)
      assert.equal(
        replaceDids(
          text,
          (did) => known.get(did),
          (did) => known.get(did) ?? `[${did}]`,
        ),
        expected,
      )
    }),
    { seed: 20260405, numRuns: 500 },
  )
})
