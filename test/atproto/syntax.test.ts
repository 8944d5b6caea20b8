// Every parse function against the published vectors: each valid line passes, each invalid one is refused.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isAtIdentifier, parseAtIdentifier } from '../../atproto/at-identifier.ts'
import { isAtUri, makeAtUri, parseAtUri } from '../../atproto/at-uri.ts'
import { parseCid } from '../../atproto/cid.ts'
import { msOfDatetime, parseDatetime, toDatetime } from '../../atproto/datetime.ts'
import { isDid, parseDid } from '../../atproto/did.ts'
import { isHandle, parseHandle } from '../../atproto/handle.ts'
import { InvalidSyntax } from '../../atproto/invalid-syntax.ts'
import { parseLanguage } from '../../atproto/language.ts'
import { parseNsid } from '../../atproto/nsid.ts'
import { parseRecordKey } from '../../atproto/record-key.ts'
import { isRecordPath, joinPath, parseRecordPath, splitPath } from '../../atproto/record-path.ts'
import { parseTid } from '../../atproto/tid.ts'
import { interopDir, skipUnless } from '../support/needs.ts'

const skip = skipUnless(interopDir, 'the interop vectors')

/** Lines of a vector file, spaces kept, comments and empty lines left out. */
function lines(name: string): string[] {
  const text = readFileSync(join(interopDir ?? '', 'syntax', `${name}.txt`), 'utf8')
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

function accepts(parse: (value: unknown) => unknown, name: string): void {
  const values = lines(name)
  assert.ok(values.length > 0)
  for (const value of values) assert.doesNotThrow(() => parse(value), `${name}: ${value}`)
}

function refuses(parse: (value: unknown) => unknown, name: string): void {
  const values = lines(name)
  assert.ok(values.length > 0)
  for (const value of values) assert.throws(() => parse(value), InvalidSyntax, `${name}: ${value}`)
}

describe('published vectors', { skip }, () => {
  const parsers = {
    atidentifier: parseAtIdentifier,
    aturi: parseAtUri,
    datetime: parseDatetime,
    did: parseDid,
    handle: parseHandle,
    language: parseLanguage,
    nsid: parseNsid,
    recordkey: parseRecordKey,
    tid: parseTid,
  }
  for (const [name, parse] of Object.entries(parsers)) {
    test(`${name}: valid`, () => accepts(parse, `${name}_syntax_valid`))
    test(`${name}: invalid`, () => refuses(parse, `${name}_syntax_invalid`))
  }
  test('datetime and language that only look valid', () => {
    refuses(parseDatetime, 'datetime_parse_invalid')
    refuses(parseLanguage, 'language_parse_invalid')
  })
  test('of CIDs, only the blessed form', () => {
    refuses(parseCid, 'cid_syntax_invalid')
    const accepted = lines('cid_syntax_valid').filter((line) => line.startsWith('bafyrei') || line.startsWith('bafkrei'))
    for (const text of accepted) assert.equal(parseCid(text).toString(), text)
    for (const text of lines('cid_syntax_valid')) if (!accepted.includes(text)) assert.throws(() => parseCid(text), InvalidSyntax, text)
  })
})

test('what is no string is refused', () => {
  for (const parse of [
    parseDid,
    parseHandle,
    parseAtIdentifier,
    parseNsid,
    parseRecordKey,
    parseRecordPath,
    parseAtUri,
    parseDatetime,
    parseLanguage,
    parseTid,
    parseCid,
  ]) {
    for (const value of [undefined, null, 1, {}, [], ['did:plc:abc'], '']) assert.throws(() => parse(value), InvalidSyntax)
  }
})

test('handles come back in lower case, and only ASCII has one', () => {
  assert.equal(parseHandle('Hanako.Example.COM'), 'hanako.example.com')
  assert.equal(parseAtIdentifier('Hanako.Example.COM'), 'hanako.example.com')
  assert.equal(isHandle('Hanako.Example.COM'), false)
  assert.throws(() => parseHandle('\u212Aobe.example.com'), InvalidSyntax)
  assert.equal(isDid('did:plc:abc'), true)
  assert.equal(isAtIdentifier('did:web:example.com'), true)
})

test('an error says what was wanted and shows only the beginning of a long value', () => {
  const error = new InvalidSyntax('did', 'x'.repeat(10_000))
  assert.equal(error.what, 'did')
  assert.ok(error.message.length < 100)
})

test('a record path is a collection and a key, no more', () => {
  const path = parseRecordPath('org.waki.action/3jzfcijpj2z2a')
  assert.deepEqual(splitPath(path), { collection: 'org.waki.action', rkey: '3jzfcijpj2z2a' })
  const { collection, rkey } = splitPath(path)
  assert.equal(joinPath(collection, rkey), path)
  for (const bad of [
    'org.waki.action',
    'org.waki.action/',
    '/abc',
    'org.waki.action/a/b',
    'action/abc',
    'org.waki.action/..',
    `org.waki.action/${'a'.repeat(513)}`,
  ]) {
    assert.equal(isRecordPath(bad), false, bad)
  }
})

test('an at-uri gives its parts and can be made from them', () => {
  const { uri, authority, collection, rkey } = parseAtUri('at://did:plc:abc/org.waki.action/self')
  assert.deepEqual({ authority, collection, rkey }, { authority: 'did:plc:abc', collection: 'org.waki.action', rkey: 'self' })
  assert.equal(makeAtUri(parseDid('did:plc:abc'), parseNsid('org.waki.action'), parseRecordKey('self')), uri)
  assert.deepEqual(parseAtUri('at://Example.COM'), { uri: 'at://example.com', authority: 'example.com' })
  assert.equal(isAtUri('at://Example.COM'), false)
  for (const bad of ['at://did:plc:abc#/frag', 'at://did:plc:abc?x=1', 'at://did:plc:abc/org.waki.action/a/b'])
    assert.throws(() => parseAtUri(bad), InvalidSyntax)
})

test('datetimes are written in UTC with three decimals', () => {
  assert.equal(toDatetime(0), '1970-01-01T00:00:00.000Z')
  assert.equal(msOfDatetime(parseDatetime('1970-01-01T09:00:01.5+09:00')), 1500)
})
