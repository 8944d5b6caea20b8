// Random towns from a list of small numbers, so that a failing one shrinks: residents who move, act for one another, confirm, edit, delete, quarrel,
// live together, die, act by card; towns that take over an earlier scheme, keep a register of receivers, or become part of another; while time passes
// in leaps that cross lapses and cut-offs.

import * as fc from 'fast-check'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { addDays, dayOf } from '../../appview/journal/calendar.ts'
import { withoutTheDeparted } from './departures.ts'
import { FIRST_TWO, followRuling, tellOutage } from './random-ladder.ts'
import { takeOffice } from './random-desk.ts'
import { HOST, MINUTES, NAMES, OTHER_HOST, people, pick, TOWNS, type Step } from './random-people.ts'
import { KAGA, KANAZAWA, KOMATSU, Log, person } from './rows.ts'

const CATEGORIES = ['community', 'elderly', 'children', 'safety', 'other']
const LEAPS = [0, 0, 0, 0, 0, 1, 2, 9, 40]
const AGES = [0, 0, 1, 3, 0, 20, 60, 90, 91]
const RECENT = 20
const DAY_HOURS = ['09:00:00', '00:00:00', '23:59:59']

/** From here on deeds are confirmations again: people confirm more than they do all else. */
const FIRST_WORD = 35
const LAST_DEED = 45

export const steps = (maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.tuple(fc.nat(LAST_DEED), fc.nat(4), fc.nat(30), fc.nat(8), fc.nat(8)), { minLength: maxLength / 2, maxLength, size: 'max' })

/** Three towns of different rules and rates, two host bodies, all residents but one admitted from the start, and then the steps. */
export const townOf = (plan: readonly Step[]): Log => {
  const log = new Log().at('2026-04-01')
  log.policy(KANAZAWA, { claimDays: 90 })
  log.policy(KOMATSU, { claimDays: 30, actDays: 30, timeLevel: 2 })
  log.policy(KAGA, { minutesPerAct: 240, minutesPerDay: 300 })
  for (const town of TOWNS) log.rates(town)
  log.rates(KANAZAWA, {
    validFrom: '2026-07-01',
    rates: [
      { category: '*', yenPerHour: 1901, method: 'RC-S' },
      { category: 'safety', yenPerHour: 1007, method: 'RC-G' },
    ],
  })
  log.host(KANAZAWA, HOST)
  log.host(KAGA, OTHER_HOST)
  for (const [index, name] of NAMES.slice(0, -1).entries()) log.admit(pick(TOWNS, index), person(name), '2025-10-01')
  let day = '2026-05-20'
  const acts: IntakeRow[] = []
  const confirmations: IntakeRow[] = []
  for (const step of plan) {
    day = addDays(day, pick(LEAPS, step[4]))
    const time = pick(DAY_HOURS, step[0] + step[2])
    const last = log.rows.at(-1)?.recordedAt ?? ''
    const instant = new Date(`${day}T${time}+09:00`).toISOString()
    if (instant > last) log.at(instant)
    else day = dayOf(last)
    take(log, step, day, acts, confirmations)
  }
  const rows = withoutTheDeparted(log.rows)
  log.rows.splice(0, log.rows.length, ...rows)
  return log
}

const take = (log: Log, [deed, who, what, how, when]: Step, day: string, acts: IntakeRow[], confirmations: IntakeRow[]): void => {
  const someone = pick(people, who)
  const act = acts.length === 0 ? undefined : pick(what <= RECENT ? acts.slice(-3) : acts, what)
  if (deed <= 6 || act === undefined) acts.push(log.act(someone, actOf(what, how, when, day)))
  else if (deed <= 11 || deed >= FIRST_WORD) confirmations.push(log.confirm(confirmerOf(who, how), act, confirmationOf(what, how)))
  else if (deed === 12) {
    const edited = log.edit(act, { minutes: pick(MINUTES, how) })
    acts[acts.indexOf(act)] = edited
  } else if (deed === 13) log.delete(act)
  else if (deed === 14 && confirmations.length > 0) takeBack(log, confirmations, [deed, who, what, how, when], act)
  else if (deed === 15) log.admit(pick(TOWNS, how), someone, addDays(day, [-30, -3, 0, 0, 10][when % 5] ?? 0))
  else if (deed === 16) rule(log, pick(TOWNS, who), act, how % 2 === 0 ? 'upheld' : 'dismissed')
  else if (deed === 17) acts.push(confirmedBeforeSeen(log, someone, who, actOf(what, how, when, day)))
  else if (deed === 18) leave(log, someone, what)
  else if (deed === 19) log.admit(pick(TOWNS, how), someone, day)
  else if (deed === 20) acts.push(log.act(HOST, { ...actOf(what, how, when, day), giver: { card: `card${who % 2}` } }))
  else if (deed === 28 || deed === 33) {
    acts.push(ruledOn(log, someone, who, actOf(what, how, 0, day)))
    if (deed === 33) followRuling(log, [1 + (what % 3), 0, 0, how, when], day)
  } else if (deed >= 29 && deed <= 32) followRuling(log, [deed - 29, who, what, how, when], day)
  else if (deed === 34) tellOutage(log, [deed, who, what, how, when], day)
  else takeOffice(log, [deed, who, what, how, when], day, act)
}

const actOf = (what: number, how: number, when: number, day: string) => ({
  category: pick(CATEGORIES, what),
  minutes: pick(MINUTES, how),
  performedOn: addDays(day, -(AGES[when] ?? 0)),
  municipality: { scheme: 'jis-x-0402', code: pick(TOWNS, what).code },
  ...(what % 11 === 0 ? { beneficiaries: [{ class: 'public' }] } : {}),
  ...(what % 13 === 1 ? { beneficiaries: [{ class: 'unnamed', count: 3 }], hostBody: HOST } : {}),
})

const confirmerOf = (who: number, how: number): string =>
  how <= 3 ? pick(people, who + 1) : how <= 5 ? pick([HOST, OTHER_HOST], who) : pick(TOWNS, how).did

const confirmationOf = (what: number, how: number) => ({
  role: how <= 3 ? pick(['beneficiary', 'witness', 'beneficiary', 'beneficiary'], how) : how <= 5 ? 'hostBody' : 'municipality',
  verdict: what % 7 === 6 ? 'rejected' : 'confirmed',
  ...(what % 5 === 4 ? { minutes: pick(MINUTES, what) } : {}),
  ...(what % 4 === 3
    ? {
        receivers: [
          { class: 'unnamed', weight: 2, scope: pick(TOWNS, how).code },
          { class: 'public', weight: 1, ...(what % 3 === 0 ? { scope: KOMATSU.code } : {}) },
          { class: 'person', weight: 1 },
        ],
      }
    : {}),
  ...(how === 5 || how === 8 ? { onBehalf: 'beneficiary' } : {}),
})

const rule = (log: Log, town: { did: string }, act: IntakeRow, outcome: string): void => {
  const dispute = log.entry(town, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
  log.entry(town, 'ruling', { subject: { uri: dispute.uri, cid: dispute.cid }, outcome, approvals: FIRST_TWO })
}

/** An act that two confirm, and a ruling takes back. */
const ruledOn = (log: Log, giver: string, who: number, fields: ReturnType<typeof actOf>): IntakeRow => {
  const act = log.act(giver, fields)
  log.confirm(pick(people, who + 1), act)
  log.confirm(HOST, act, { role: 'hostBody' })
  rule(
    log,
    pick(
      TOWNS,
      TOWNS.findIndex(({ code }) => code === fields.municipality.code),
    ),
    act,
    'upheld',
  )
  return act
}

/** A word is taken back, or said otherwise: of another act, of fewer minutes, or so that nobody can read it. */
const takeBack = (log: Log, confirmations: IntakeRow[], [, who, what, how, when]: Step, act: IntakeRow): void => {
  const word = pick(confirmations, what)
  const others = [{ subject: { uri: act.uri, cid: act.cid } }, { minutes: pick(MINUTES, when) }, { verdict: 'perhaps' }]
  if (how % 2 === 0) log.delete(word)
  else confirmations[confirmations.indexOf(word)] = log.edit(word, pick(others, who + when))
}

/** Accounts come and go; some only show themselves. */
const leave = (log: Log, did: string, what: number): void => {
  if (what % 4 === 3) log.write(did, 'profile', { statementVisibility: 'public' })
  else log.account(did, what % 4 === 2 ? null : what % 2 === 0 ? 'deleted' : 'deactivated')
}

/** The relay may bring a confirmation before the action it speaks of. */
const confirmedBeforeSeen = (log: Log, giver: string, who: number, fields: ReturnType<typeof actOf>): IntakeRow => {
  const key = `early${log.leaf}`
  const unseen = { uri: `at://${giver}/org.waki.action/${key}`, cid: `cid${log.leaf + 2}` }
  log.write(pick(people, who + 1), 'confirmation', { subject: unseen, role: 'beneficiary', verdict: 'confirmed' })
  return log.write(giver, 'action', fields, { key })
}
