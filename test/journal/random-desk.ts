// What the desks of random towns do beside admissions and rulings.

import { hash } from 'node:crypto'
import { addDays } from '../../appview/journal/calendar.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { openingCsv } from '../../appview/journal/parse-opening.ts'
import { MINUTES, people, pick, TOWNS, type Step } from './random-people.ts'
import type { Log } from './rows.ts'

/** Openings, receivers, households, mergers, deaths: the last deeds of a step. Mergers and deaths are rarer than their numbers. */
export const takeOffice = (log: Log, [deed, who, what, how, when]: Step, day: string, act: IntakeRow): void => {
  const someone = pick(people, who)
  const town = pick(TOWNS, how)
  if (deed === 21) open(log, town, pick([[someone], [someone, pick(people, who + 1)]], what), how)
  else if (deed <= 23) log.entry(town, 'receiver', { action: act.uri, index: what % 3, did: pick(people, how) })
  else if (deed === 24) log.entry(town, 'household', { members: what % 3 === 0 ? [someone] : [someone, pick(people, who + 2)] })
  else if (deed === 25 && what % 3 === 0) log.entry(town, 'death', { did: someone, on: addDays(day, -(when % 4)) })
  else if (deed >= 26 && (deed === 27 || what % 2 === 0)) merge(log, town, pick(TOWNS, how + 1 + (what % 2)), day, when)
}

const open = (log: Log, town: { did: string }, holders: readonly string[], how: number): void => {
  const rows = holders.map((holder, index) => ({ holder, points: 0, usableUntil: null, minutes: pick(MINUTES, how + index) }))
  const sha256 = hash('sha256', openingCsv(rows), 'hex')
  log.entry(town, 'import', { sha256, rows })
  const minutes = rows.reduce((sum, row) => sum + row.minutes, 0)
  const control = { rows: rows.length, points: 0, minutes: how === 8 ? minutes + 1 : minutes }
  log.entry(town, 'opening', { sha256, control, approvals: ['did:web:one.example', 'did:web:two.example'] })
}

/** Each town says once at most of whom it is the successor, or that somebody is its own; who has not agreed has a month, and some object. */
const merge = (log: Log, into: { code: string; did: string }, from: { code: string; did: string }, day: string, when: number): void => {
  const hasSaid = (did: string): boolean => log.rows.some(({ repo, collection }) => repo === did && collection.endsWith('.municipality'))
  if (hasSaid(into.did) || from.code === into.code) return
  const word = {
    code: from.code,
    names: { ja: '町' },
    tier: 'municipality',
    successor: pick([into.code, into.code, into.code, from.code], day.charCodeAt(9)),
  }
  const isSilent = when % 5 === 4
  if (!isSilent && !hasSaid(from.did)) log.write(from.did, 'municipality', word, { key: 'self' })
  const validFrom = addDays(day, isSilent ? 30 : ([-20, 0, 3, 12][when % 4] ?? 0))
  const value = { code: into.code, names: { ja: '市' }, tier: 'municipality', predecessors: [from.code], validFrom }
  log.write(into.did, 'municipality', value, { key: 'self' })
}
