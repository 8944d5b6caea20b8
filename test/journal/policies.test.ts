// Policies and rate tables that are edited or deleted: what is booked from then on follows what stands; what was known before stays to be read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PoliciesDoc, RatesDoc } from '../../appview/journal/documents.ts'
import { policyInForce, rateTableOn, stoodAt } from '../../appview/journal/policy.ts'
import { BookKeeper } from './book.ts'
import { KANAZAWA, type Log, smallTown, towns } from './rows.ts'

const DAY = '2026-05-10'

const policiesOf = (log: Log): PoliciesDoc => parseDoc(log, 'policies')
const ratesOf = (log: Log): RatesDoc => parseDoc(log, 'rates')
const parseDoc = (log: Log, kind: string) => {
  const { documents } = new BookKeeper(towns).fold(log.rows, 3).book()
  return JSON.parse(documents.get(`${kind}:${KANAZAWA.code}`) ?? 'null')
}

test('a policy deleted or edited holds no longer, and is still what held at the leaves before', () => {
  const log = smallTown()
  const first = policyInForce(policiesOf(log), DAY)
  const second = log.policy(KANAZAWA, { effectiveFrom: '2026-05-01', timeLevel: 3 })
  const edit = log.edit(second, { timeLevel: 2 })
  const end = log.delete(second)
  const doc = policiesOf(log)
  assert.equal(policyInForce(doc, DAY)?.cid, first?.cid)
  const heldAt = (leaf: number) => doc.policies.findLast((policy) => stoodAt(policy, leaf))?.timeLevel
  assert.deepEqual([second.leaf - 1, second.leaf, edit.leaf, end.leaf].map(heldAt), [first?.timeLevel, 3, 2, first?.timeLevel])
})

test('a rate table likewise', () => {
  const log = smallTown()
  const first = rateTableOn(ratesOf(log), DAY)
  const second = log.rates(KANAZAWA, { validFrom: '2026-05-01', source: '二' })
  const end = log.delete(second)
  const doc = ratesOf(log)
  assert.equal(rateTableOn(doc, DAY)?.cid, first?.cid)
  const heldAt = (leaf: number) => doc.tables.findLast((table) => stoodAt(table, leaf))?.source
  assert.deepEqual([second.leaf, end.leaf].map(heldAt), ['二', first?.source])
})

test('what one commit writes and takes back has never held', () => {
  const log = smallTown()
  const policy = log.policy(KANAZAWA, { effectiveFrom: '2026-05-01' })
  const end = log.delete(policy)
  log.rows[log.rows.length - 1] = { ...end, leaf: policy.leaf, op: 1 }
  assert.equal(policiesOf(log).policies.length, 1)
})
