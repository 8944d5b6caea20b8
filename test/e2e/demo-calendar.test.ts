// When the demo's story takes place, whatever day it is started on: the year it closes is over and past its cut-off, and the story ends before today.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays, daysBetween, demoCalendar, demoOpening, midnightMs } from '../../cli/demo/calendar.ts'
import { seededRandom } from '../../cli/demo/random.ts'
import { cutOffOf, dayOf, fiscalYearOf } from '../../appview/journal/calendar.ts'

const CLAIM_DAYS = 90
const GRACE_DAYS = 30
const EVERY = 800

const todays = Array.from({ length: EVERY }, (_, i) => addDays('2026-01-01', i))
const at = (today: string) => midnightMs(today) + 9 * 3_600_000

test('on any day of two years the story fits between its opening and today', () => {
  for (const today of todays) {
    const { closedYear, day, dates } = demoCalendar(at(today), seededRandom(1))
    assert.equal(fiscalYearOf(day.opening), closedYear)
    assert.equal(dayOf(demoOpening(at(today))), day.opening)
    const told = Object.values(day)
    assert.deepEqual(told, told.toSorted(), 'told in the order of days')
    assert.deepEqual(dates, [...new Set(dates)].toSorted())
    assert(
      dates.every((date) => date > day.opening && date < today),
      today,
    )
    assert(
      told.slice(1).every((date) => dates.includes(date)),
      today,
    )
    const cutOff = dayOf(cutOffOf(closedYear))
    assert(day.openDispute < cutOff && day.close >= cutOff && day.confirmLate >= cutOff)
    assert(fiscalYearOf(day.laterActs) === closedYear && fiscalYearOf(day.move) === closedYear)
  }
})

test('late words come while the claims live, and the erasure after its grace', () => {
  const { day } = demoCalendar(at('2026-11-21'), seededRandom(1))
  assert(daysBetween(day.lateActs, day.confirmLate) < CLAIM_DAYS && daysBetween(day.laterActs, day.confirmLater) < CLAIM_DAYS)
  assert(daysBetween(day.deleteAccount, day.eveOfErasure) < GRACE_DAYS && daysBetween(day.deleteAccount, day.erasure) > GRACE_DAYS)
  assert.equal(demoCalendar(at('2026-07-19'), seededRandom(1)).closedYear, 2024)
  assert.equal(demoCalendar(at('2026-07-20'), seededRandom(1)).closedYear, 2025)
})
