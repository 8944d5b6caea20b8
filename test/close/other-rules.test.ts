// A year closed by earlier rules of the journal: its version stays as it was signed, these books say that they cannot tell, and a restatement makes it by
// the rules of now, naming what it replaces, merging at least what was merged. From an intake both verify for what they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { closedYear, sealedStatement } from '../../appview/close/closings.ts'
import { restateYear } from '../../appview/close/restate-year.ts'
import { verifyStatements } from '../../appview/intake-export/verify-statements.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { BooksNotReadable } from '../../appview/store/store.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { recordsWith } from './altered-records.ts'
import { DESK, closableTown, codesOf, valueOf } from './closing-town.ts'

const FY = { fiscalYear: 2026 }
const MORE = 30
const MERGED_THEN = ['culture', 'community', 'environment']

test('a year closed by earlier rules is restated by those of now; each version verifies for what it is', async () => {
  await using town = await closableTown()
  const { books } = town.store
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish(recordsWith({ moreGiven: MORE, rules: RULES - 1, merged: MERGED_THEN }))
  const yearOf = async () => (await closedYear(books, ROSTER, CODE, 2026)) ?? assert.fail('closed')
  const verdicts = async (): Promise<readonly string[]> =>
    (await verifyStatements(books, books, {})).map(({ version, verdict }) => `${version} ${verdict}`)
  assert.deepEqual(await verdicts(), Array<string>(3).fill('1 other-rules'))

  const restated = valueOf(await restateYear(town.deps, DESK, { ...FY, reason: '計算規則の改定' }))
  assert.equal(restated.version, 2)
  await town.publish()
  const [first = assert.fail(), second = assert.fail()] = (await yearOf()).versions
  assert.deepEqual([first.rules, second.rules, second.replaces, second.revaluedBy], [RULES - 1, RULES, first.hash, null])
  assert.deepEqual(second.merged.toSorted(), MERGED_THEN.toSorted(), 'what was merged then does not come apart now')
  const given = async (version: typeof first): Promise<number | undefined> => {
    const { statement } = (await sealedStatement(books, version, null)) ?? assert.fail('sealed')
    return 'units' in statement ? statement.units.MIN.PL['4110'] : undefined
  }
  const minutes = 12 * 60 + 12 * 50 + 3 * 40
  assert.deepEqual([await given(first), await given(second)], [minutes + MORE, minutes])
  assert.deepEqual(await verdicts(), [...Array<string>(3).fill('1 other-rules'), ...Array<string>(3).fill('2 same')])
  assert.equal(codesOf(await restateYear(town.deps, DESK, { ...FY, reason: 'x' })), 'restate.unchanged')
})

test('books that other rules have folded are signed by nobody', async () => {
  await using town = await closableTown()
  const { books } = town.store
  const state = async () => ({ ...(await books.state()), rules: RULES - 1 })
  const others = { ...town.deps, books: { ...books, state } }
  await assert.rejects(closeYear(others, DESK, FY), BooksNotReadable)
  assert.deepEqual(await town.store.work.outbox(TOWN, 9), [])
  valueOf(await closeYear(town.deps, DESK, FY))
})
