// That rows of intake come back from the text a file keeps just as they were, to the order of their fields; that the text is short, and no longer when the
// record is gone, so that it can be overwritten where it lies.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { emptied, withdrawn, withdrawnKey, withSubject } from '../../appview/journal/residue.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { rowOfText, textOfRow } from '../../appview/store/row-text.ts'
import { nsid } from '../../lexicons/authority.ts'
import { steps, townOf } from '../journal/random-town.ts'

const SEED = 20_261_122
const TOWNS = 6
const STEPS = 200

const rows = (): readonly IntakeRow[] => fc.sample(steps(STEPS), { seed: SEED, numRuns: TOWNS }).flatMap((plan) => townOf(plan).rows)

const sameAgain = (row: IntakeRow): string => {
  const text = textOfRow(row)
  assert.equal(JSON.stringify(rowOfText(text)), JSON.stringify(row))
  assert.equal(JSON.stringify(rowOfText(JSON.stringify(row))), JSON.stringify(row), 'as JSON it is read, too')
  return text
}

const someAction = (): IntakeRow =>
  rows().find(({ collection, action }) => collection === nsid.action && action === 'create') ?? assert.fail('there are actions')

test('every row comes back as it was, from two thirds of the text', () => {
  let [json, text] = [0, 0]
  for (const row of rows()) {
    json += JSON.stringify(row).length
    text += sameAgain(row).length
  }
  assert.ok(json > 0 && text < (json * 2) / 3, `${text} of ${json} characters`)
})

test('what is left of an act whose record is gone comes back, too, and is no longer than it was', () => {
  const plain = someAction()
  const row = {
    ...plain,
    value: { ...Object(plain.value), nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' }, note: 'weeded the beds behind the hall' },
  }
  const gone = withdrawn(row, withdrawnKey(row.leaf, row.op))
  sameAgain(withSubject(gone, row.uri))
  for (const left of [emptied(row), gone]) assert.ok(sameAgain(left).length <= textOfRow(row).length)
})

test('a row with other fields than usual, or in another order, comes back as it was', () => {
  const row = someAction()
  const { leaf, ...others } = row
  const unusual: readonly IntakeRow[] = [
    { ...row, uri: `${row.uri}x` },
    { ...row, source: 'resync', action: 'update' },
    { ...row, cid: null, value: null, action: 'delete' },
    { ...row, source: 'account', collection: '', rkey: '', uri: '', cid: null, value: null, account: { active: false, status: 'deleted' } },
    { ...row, payload: { index: 3 } },
    { ...others, leaf },
  ]
  for (const one of unusual) sameAgain(one)
})
