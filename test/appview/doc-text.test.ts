// That documents come back from the text a file keeps just as they were, to the order of their fields, and that the text of actions is short.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { docOfText, jsonOfText, textOfDoc } from '../../appview/store/doc-text.ts'
import type { Doc } from '../../appview/journal/model.ts'
import { BookKeeper } from '../journal/book.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns } from '../journal/rows.ts'

const SEED = 20_261_121
const TOWNS = 6
const STEPS = 200
const BATCH = 50

const partsOf = (key: string): readonly [string, string] => [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]

const parseDoc = (text: string): Doc => JSON.parse(text)

const documents = (): readonly (readonly [string, Doc])[] =>
  fc
    .sample(steps(STEPS), { seed: SEED, numRuns: TOWNS })
    .flatMap((plan) => [...new BookKeeper(threeTowns).fold(townOf(plan).rows, BATCH).book().documents])
    .map(([key, text]) => [key, parseDoc(text)] as const)

const sameAgain = (key: string, doc: Doc): string => {
  const [kind, id] = partsOf(key)
  const text = textOfDoc(id, doc)
  assert.equal(JSON.stringify(docOfText(kind, id, text)), JSON.stringify(doc))
  assert.equal(jsonOfText(kind, id, text), JSON.stringify(doc))
  return text
}

test('every document comes back as it was, actions and confirmations from less than half the text', () => {
  const all = documents()
  const counts = new Map<string, { json: number; text: number }>()
  for (const [key, doc] of all) {
    const count = counts.get(doc.kind) ?? { json: 0, text: 0 }
    counts.set(doc.kind, count)
    count.json += JSON.stringify(doc).length
    count.text += sameAgain(key, doc).length
  }
  assert.ok(counts.size > 8, 'random towns make many kinds of documents')
  const { json = 0, text = 0 } = counts.get('action') ?? {}
  assert.ok(json > 0 && text < json / 2, `${text} of ${json} characters`)
})

test('a document with other fields than usual, or in another order, comes back as it was, too', () => {
  const [key, action] = documents().find(([, doc]) => doc.kind === 'action' && doc.confirmations.length > 0) ?? []
  assert.ok(key !== undefined && action?.kind === 'action')
  const { cid, ...rest } = action
  const [note, ...others] = action.confirmations
  assert.ok(note !== undefined)
  const { leaf, ...ofNote } = note
  const unusual: Doc[] = [
    { ...action, putOffDays: 3 },
    { ...rest, cid },
    { ...action, uri: `${action.uri}x` },
    { ...action, repo: 'did:web:elsewhere.example', giver: 'C:did:web:elsewhere.example/k-1' },
    { ...action, memo: { scope: '172014', effectiveDate: '2026-04-01' }, refusal: 'action.day-full', dispute: note.uri },
    { ...action, confirmations: [{ ...ofNote, leaf }, ...others] },
    { ...action, confirmations: [{ ...note, repo: 'did:web:b.example', subjectCid: 'bafy', minutes: 0, onBehalf: 'witness' }] },
    { ...action, confirmations: [], hostBody: 'did:web:c.example', eventId: 'e-1' },
  ]
  for (const doc of unusual) sameAgain(key, doc)
})
