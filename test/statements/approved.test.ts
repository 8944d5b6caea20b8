// What statements look like, as plain text that has been read and approved: one of each kind, with its hash.

import { test } from 'node:test'
import { periodOfFiscalYear, periodOfMonth } from '../../appview/journal/calendar.ts'
import { BookKeeper } from '../journal/book.ts'
import { instant, keyOfEntity, roster, rowsOf } from '../journal/fixture.ts'
import { assertApproved, statementText } from './approved.ts'
import { statementOf } from './statement-of.ts'

const knownAt = { leaf: 50, instant: instant('2027-06-01T00:00:00+09:00') }
const year = periodOfFiscalYear(2026)
const book = new BookKeeper(roster).fold(rowsOf('town'), 16, instant('2028-06-01T00:00:00+09:00')).book()

const cases = [
  { name: 'person-giver', entity: keyOfEntity('A'), scope: '172014', period: year },
  { name: 'person-moved-away', entity: keyOfEntity('B'), scope: '172014', period: year },
  { name: 'person-moved-in', entity: keyOfEntity('B'), scope: '172031', period: year },
  { name: 'person-month', entity: keyOfEntity('A'), scope: '172014', period: periodOfMonth('2026-06') },
  { name: 'organisation', entity: keyOfEntity('H'), scope: '172014', period: year },
  { name: 'municipality', entity: 'M:172014', scope: '172014', period: year },
  { name: 'unnamed', entity: 'X:172014', scope: '172014', period: year },
  { name: 'scope', entity: null, scope: '172014', period: year },
  { name: 'scope-other-town', entity: null, scope: '172031', period: year },
]
for (const { name, ...wanted } of cases)
  test(`the approved statement: ${name}`, () => assertApproved(name, statementText(statementOf(book, { ...wanted, knownAt }))))

test('the approved statement: municipality-later-year', () => {
  const later = { leaf: 51, instant: instant('2028-06-01T00:00:00+09:00') }
  const wanted = { entity: 'M:172014', scope: '172014', period: periodOfFiscalYear(2027), knownAt: later }
  assertApproved('municipality-later-year', statementText(statementOf(book, wanted)))
})
