// The lexicons of Waki: the fixture's records satisfy them, plain mistakes do not, and the generated types are up to date.

import { jsonToLex } from '@atproto/lexicon'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { generateRecords } from '../../lexicons/generate.ts'
import { validateRecord } from '../../lexicons/validate-record.ts'
import { fixture } from './fixture.ts'

const valid = (collection: string, value: unknown) => validateRecord(collection, jsonToLex(value))

test('every record of the worked examples satisfies its lexicon', () => {
  let records = 0
  for (const example of fixture.examples)
    for (const input of example.inputs)
      if (input.value != null && input.collection !== undefined) {
        assert.equal(valid(input.collection, input.value), 'valid', `${example.id} leaf ${input.leaf}`)
        records += 1
      }
  assert.equal(records, 154)
})

test('plain mistakes are refused by the lexicon', () => {
  const action = {
    $type: 'org.waki.action',
    category: 'children',
    minutes: 60,
    performedOn: '2026-06-01',
    municipality: { scheme: 'jis-x-0402', code: '172014' },
    nonce: { $bytes: 'M0aVE/7ggnJqTyrIgtLg8g' },
    createdAt: '2026-06-01T10:00:00+09:00',
  }
  const mistakes: [string, object][] = [
    ['minutes 0', { minutes: 0 }],
    ['minutes 721', { minutes: 721 }],
    ['minutes as text', { minutes: '60' }],
    ['half a minute', { minutes: 0.5 }],
    ['nonce too short', { nonce: { $bytes: 'M0aVE/7g' } }],
    ['no municipality', { municipality: undefined }],
    ['a name instead of a DID', { hostBody: '公園愛護会' }],
    ['event id of 65', { eventId: 'x'.repeat(65) }],
    ['a beneficiary without class', { beneficiaries: [{ count: 2 }] }],
    ['five images', { images: [1, 2, 3, 4, 5] }],
  ]
  assert.equal(valid('org.waki.action', action), 'valid')
  for (const [name, change] of mistakes)
    assert.throws(() => valid('org.waki.action', { ...action, ...change }), { name: 'InvalidRecord' }, name)
})

test('the generated types are those of the JSON', () => {
  const plain = (text: string) => text.replaceAll(/[\s;]/g, '')
  const file = readFileSync(join(import.meta.dirname, '../../lexicons/records.ts'), 'utf8')
  assert.equal(plain(file), plain(generateRecords()))
})
