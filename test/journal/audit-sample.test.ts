// The random sample of the audit: about one of fifty recognised acts reaches the queue, the same ones in every fold; what is not recognised never does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BookKeeper } from './book.ts'
import { KANAZAWA, person, smallTown, towns } from './rows.ts'

const ACTS = 3000
const PEOPLE = 60
const DAYS = 28

test('about two in a hundred recognised acts are drawn, the same by everybody', () => {
  const log = smallTown()
  for (let n = 0; n < PEOPLE; n += 1) log.admit(KANAZAWA, person(`p${n}x`))
  for (let n = 0; n < ACTS; n += 1) {
    const day = `2026-06-${String(1 + Math.floor((n * DAYS) / ACTS)).padStart(2, '0')}`
    const act = log
      .at(new Date(Date.parse(`${day}T00:00:00.000Z`) + n).toISOString())
      .act(person(`p${n % PEOPLE}x`), { minutes: 1, performedOn: day })
    if (n % 2 === 0) log.confirm(person(`p${(n + 1) % PEOPLE}x`), act)
  }
  const drawnIn = (size: number): readonly { action: string; leaf: number }[] =>
    [...new BookKeeper(towns).fold(log.rows, size).book().documents]
      .filter(([key]) => key.startsWith('flags:'))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, text]) => JSON.parse(text).flags)
      .filter(({ code }: { code: string }) => code === 'audit.sample')
  const drawn = drawnIn(500)
  assert(drawn.length > 15 && drawn.length < 50, `${drawn.length} of ${ACTS / 2}`)
  assert.deepEqual(drawnIn(77), drawn)
  for (const { action, leaf } of drawn) assert.equal(`${leaf - 1}/0`, action, 'it names the act, and the word that recognised it')
})
