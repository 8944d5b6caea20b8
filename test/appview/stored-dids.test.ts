// What is stored with numbers in place of DIDs is read as it was written, whatever looks like such a number in what somebody wrote.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { openAppviewFile } from '../../appview/store/migrations.ts'
import { openDids } from '../../appview/store/sqlite-dids.ts'
import { personDid } from './books-town.ts'

const PIECES = [
  'did:',
  '#',
  '##',
  ';',
  '1',
  '12',
  'did:#',
  'did:#1;',
  'did:#12',
  'did:##',
  'did:web:a.example',
  '"',
  '語',
  ...[1, 2].map(personDid),
]

test('a text is read as it was written, and holds no DID where it is stored', () => {
  const db = openAppviewFile(':memory:')
  const dids = openDids(db)
  let seen = 0
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      const plain = pieces.join('')
      const stored = dids.write(plain)
      assert.equal(dids.read(stored), plain)
      assert.ok(!/did:(plc|web):/.test(stored))
      if (plain.includes('did:#')) seen += 1
    }),
    { seed: 20_260_404, numRuns: 2_000 },
  )
  assert.ok(seen > 100)
  db.close()
})
