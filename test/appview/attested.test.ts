// What an organisation attested counts acts that time itself recognised, too: as an admission began for which the first word on them had waited.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import { periodOfFiscalYear } from '../../appview/journal/calendar.ts'
import { attestedBy } from '../../appview/queries/attested.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { systemClock } from '../../server/clock.ts'
import { KANAZAWA, person, smallTown, towns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'

const GIVERS = ['g1x', 'g2x', 'g3x', 'g4x', 'g5x'].map(person)
const BODY = person('h')
const LATER = person('c')

test('an act that time recognised is attested like others', async () => {
  const log = smallTown().at('2026-05-01')
  for (const giver of GIVERS) log.admit(KANAZAWA, giver)
  log.admit(KANAZAWA, LATER, '2026-05-10')
  log.at('2026-05-09')
  const first = log.act(GIVERS[0] ?? '', { performedOn: '2026-05-09', minutes: 20 })
  log.confirm(BODY, first, { role: 'hostBody' })
  const acts = GIVERS.map((giver) =>
    log.act(giver, { performedOn: '2026-05-09', minutes: 30, hostBody: BODY, beneficiaries: [{ class: 'person', did: LATER }] }),
  )
  for (const act of acts) log.confirm(LATER, act)
  log.at('2026-05-11')
  for (const act of acts) log.confirm(BODY, act, { role: 'hostBody' })
  log.at('2026-05-12').act(person('a'), { performedOn: '2026-05-12' })

  const folder = mkdtempSync(join(tmpdir(), 'waki-attested-'))
  const store = openSqliteStore(join(folder, 'appview.sqlite'))
  try {
    const { books } = store
    await books.setRoster(towns)
    const writer = await openWriter({ books, clock: systemClock(), roster: () => towns })
    await writer.append(log.rows.map(partOf))
    const booked = await books.transactions({ scope: KANAZAWA.code, limit: 500 })
    const byTime = booked.filter(({ kind, leaf }) => kind === 'recognise' && leaf === null)
    assert.equal(byTime.length, GIVERS.length, 'they are recognised as the admission begins')
    const told = async (instant: string) => {
      const position = await books.leafBefore(instant)
      return attestedBy(books, BODY, periodOfFiscalYear(2026), { origin: 'demo/test', ...position })
    }
    assert.deepEqual(await told('2026-05-12T15:00:00.000Z'), { acts: 6, minutes: 170 })
    assert.equal(await told('2026-05-10T15:00:00.000Z'), null, 'one giver, before the body has spoken of the others')
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
