// Names of permission sets, which anybody may ask for: few at once, and neither disk nor memory fills with them.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { PERMISSION_SETS_MAX } from '../../../pds/oauth/corrected-provider.ts'
import { createLexiconStore, LEXICONS_KEPT, UNRESOLVED_KEPT } from '../../../pds/oauth/lexicon-store.ts'
import { parseLexicon } from '../../../pds/oauth/parse-stored.ts'
import { schema } from '../../../pds/schema/schema.ts'
import { openDatabase, openForReading } from '../../../server/sqlite.ts'
import { localPds } from '../local-pds.ts'
import { dpopApp, newVerifier } from './dpop-client.ts'

test('a request that names too many sets is refused before one is looked up, and what resolves to nothing is not written', async (t) => {
  const local = await localPds(t)
  const push = async (count: number) => {
    const scope = ['atproto', ...Array.from({ length: count }, (_, i) => `include:jp.example.n${count}x${i}`)].join(' ')
    return (await dpopApp(local.pds.url, { scope }).par(newVerifier())).json
  }
  const many = await push(PERMISSION_SETS_MAX + 1)
  assert.equal(many['error'], 'invalid_scope')
  assert.match(String(many['error_description']), /^More than 20 permission sets at once/)
  assert.match(String((await push(1))['error_description']), /^Could not resolve Lexicon/)
  const db = openForReading(join(local.config.dataDir, 'pds.sqlite'))
  t.after(() => db.close())
  assert.equal(db.prepare('SELECT count(*) FROM oauth_lexicon').pluck().get(), 0)
})

test('what is kept of names is bounded: the one asked for longest ago goes, what resolved is not put out by what did not', async (t) => {
  const db = openDatabase(':memory:', schema)
  t.after(() => db.close())
  const store = createLexiconStore(db)
  const put = async (name: string, at: number, isResolved: boolean): Promise<void> => {
    const lexicon = isResolved ? parseLexicon(JSON.stringify({ lexicon: 1, id: name, defs: {} })) : null
    const when = new Date(at)
    await store.storeLexicon(name, { lexicon, uri: null, createdAt: when, updatedAt: when, lastSucceededAt: isResolved ? when : null })
  }
  const isKept = async (name: string): Promise<boolean> => (await store.findLexicon(name)) !== null
  for (let i = 0; i <= UNRESOLVED_KEPT; i++) await put(`jp.nobody.n${i}`, i, false)
  assert.deepEqual([await isKept('jp.nobody.n0'), await isKept('jp.nobody.n1')], [false, true])
  for (let i = 0; i < LEXICONS_KEPT; i++) await put(`jp.example.n${i}`, i, true)
  await put('jp.nobody.n1', 5_000, true)
  assert.deepEqual([await isKept('jp.example.n0'), await isKept('jp.example.n1')], [false, true])
  assert.equal((await store.findLexicon('jp.nobody.n1'))?.lexicon?.id, 'jp.nobody.n1', 'it resolves by now')
  for (let i = 0; i <= UNRESOLVED_KEPT; i++) await put(`jp.nobody.m${i}`, 6_000 + i, false)
  assert.equal(await isKept('jp.example.n1'), true)
})
