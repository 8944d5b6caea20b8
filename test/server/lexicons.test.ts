// The catalog and the record validator: documents stand where they say, the interoperability files agree, records are judged by data-model values.

import assert from 'node:assert/strict'
import { Lexicons } from '@atproto/lexicon'
import type { LexiconDoc } from '@atproto/lexicon'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cidForRaw } from '../../atproto/cid.ts'
import { InvalidData, jsonToData } from '../../atproto/data-model.ts'
import { catalog } from '../../lexicons/catalog.ts'
import { parseDocument } from '../../lexicons/parse-document.ts'
import { InvalidRecord, recordValidator, validateRecord } from '../../lexicons/validate-record.ts'
import { interopDir, skipUnless } from '../support/needs.ts'

const METHODS = {
  query: [
    'com.atproto.server.describeServer',
    'com.atproto.repo.getRecord',
    'com.atproto.sync.getRepo',
    'com.atproto.sync.listHosts',
    'com.atproto.identity.resolveIdentity',
  ],
  procedure: [
    'com.atproto.server.createSession',
    'com.atproto.repo.applyWrites',
    'com.atproto.repo.uploadBlob',
    'com.atproto.sync.requestCrawl',
    'com.atproto.admin.updateAccountSigningKey',
  ],
  subscription: ['com.atproto.sync.subscribeRepos'],
  record: ['com.atproto.lexicon.schema', 'org.waki.action'],
}

test('the catalog holds what the servers answer, of the right kind, with the errors of today', () => {
  for (const [type, nsids] of Object.entries(METHODS)) for (const nsid of nsids) assert.equal(catalog.getDef(nsid)?.type, type, nsid)
  const errorsOf = (nsid: string): string[] => {
    const definition = catalog.getDef(nsid)
    return definition?.type === 'procedure' || definition?.type === 'query' ? (definition.errors ?? []).map(({ name }) => name) : []
  }
  assert.ok(errorsOf('com.atproto.repo.createRecord').includes('RecordAlreadyExists'))
  assert.ok(errorsOf('com.atproto.repo.applyWrites').includes('RecordAlreadyExists'))
  assert.match(JSON.stringify(catalog.getDef('com.atproto.server.describeServer')), /blobUploadLimit/)
})

test('every reference inside the catalog leads somewhere', () => {
  const lost: string[] = []
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    if ('type' in value && value.type === 'ref' && 'ref' in value && catalog.getDef(String(value.ref)) === undefined)
      lost.push(String(value.ref))
    if ('type' in value && value.type === 'union' && 'refs' in value && Array.isArray(value.refs))
      lost.push(...value.refs.map(String).filter((ref) => catalog.getDef(ref) === undefined))
    Object.values(value).forEach(walk)
  }
  for (const document of catalog) walk(document)
  assert.deepEqual(lost, [])
})

type Case = { readonly name: string; readonly lexicon: unknown; readonly data: unknown }
const read = (file: string): Case[] => JSON.parse(readFileSync(join(interopDir ?? '', 'lexicon', file), 'utf8'))
const skip = skipUnless(interopDir, 'bluesky-social/atproto-interop-tests')

test('lexicon documents of the interoperability files', { skip }, () => {
  for (const { name, lexicon } of read('lexicon-valid.json')) assert.ok(parseDocument(lexicon), name)
  for (const { name, lexicon } of read('lexicon-invalid.json')) assert.throws(() => parseDocument(lexicon), name)
})

test('record data of the interoperability files', { skip }, () => {
  const folder = join(interopDir ?? '', 'lexicon', 'catalog')
  const documents = readdirSync(folder).map((file): LexiconDoc => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  const validate = recordValidator(new Lexicons(documents))
  const collection = 'example.lexicon.record'
  for (const { name, data } of read('record-data-valid.json')) assert.equal(validate(collection, jsonToData(data)), 'valid', name)
  for (const { name, data } of read('record-data-invalid.json')) {
    const judge = () => validate(collection, jsonToData(data))
    assert.throws(judge, (error: unknown) => error instanceof InvalidRecord || error instanceof InvalidData, name)
  }
})

const images = new Lexicons([
  parseDocument({
    lexicon: 1,
    id: 'com.example.picture',
    defs: {
      main: {
        type: 'record',
        key: 'tid',
        record: {
          type: 'object',
          required: ['images'],
          properties: { images: { type: 'array', maxLength: 4, items: { type: 'ref', ref: '#image' } } },
        },
      },
      image: { type: 'object', required: ['file'], properties: { file: { type: 'blob', accept: ['image/*'], maxSize: 1000 } } },
    },
  }),
])

test('blobs are judged wherever they stand: presence, size, media type; the record is left as it was', () => {
  const validate = recordValidator(images)
  const picture = (file: object) => ({ $type: 'com.example.picture', images: [{ file }] })
  const blob = { $type: 'blob', ref: cidForRaw(Buffer.from('x')), mimeType: 'image/png', size: 1000 }
  const good = picture(blob)
  assert.equal(validate('com.example.picture', good), 'valid')
  assert.equal(good.images[0]?.file, blob)
  const wrong: [object, RegExp][] = [
    [{ ...blob, size: 1001 }, /^Record\/images\/0\/file must not be larger than 1000 bytes$/],
    [{ ...blob, mimeType: 'video/mp4' }, /^Record\/images\/0\/file must be one of \(image\/\*\)$/],
    [{ ...blob, ref: 'bafy' }, /should be a blob ref/],
    [{ ...blob, $type: 'other' }, /should be a blob ref/],
  ]
  for (const [file, pattern] of wrong)
    assert.throws(
      () => validate('com.example.picture', picture(file)),
      (error: unknown) => error instanceof InvalidRecord && pattern.test(error.message),
      String(pattern),
    )
})

test('unknown collections are not judged; a wrong $type always is; messages name the path', () => {
  assert.equal(validateRecord('com.example.unknown', { $type: 'com.example.unknown', any: [1] }), 'unknown')
  assert.equal(validateRecord('com.atproto.sync.getRepo', { $type: 'com.atproto.sync.getRepo' }), 'unknown')
  for (const value of [{ $type: 'com.example.other' }, {}, null, 1, []])
    assert.throws(() => validateRecord('com.example.unknown', value), InvalidRecord)
  assert.throws(
    () => validateRecord('org.waki.action', { $type: 'org.waki.action', minutes: 721 }),
    (error: unknown) => error instanceof InvalidRecord && error.path.startsWith('Record'),
  )
})
