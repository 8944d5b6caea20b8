// What follows rulings in random towns: appeals and what two others decide on them, suspensions and their ends; and outages that are told.

import { addDays } from '../../appview/journal/calendar.ts'
import { fieldsOf, textOf } from '../../appview/journal/fields.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { HOST, pick, TOWNS, type Step } from './random-people.ts'
import { isEntry, uriSpokenOf } from './second-fields.ts'
import type { Log } from './rows.ts'

export const FIRST_TWO = ['did:web:one.example', 'did:web:two.example']
const OTHER_TWO = ['did:web:three.example', 'did:web:four.example']
const APPROVALS = [OTHER_TWO, OTHER_TWO, OTHER_TWO, [...FIRST_TWO.slice(1), ...OTHER_TWO.slice(1)], OTHER_TWO.slice(1)]

/** An appeal, an appeal that is decided at once, a suspension, its end: of one of the last rulings that uphold a dispute. */
export const followRuling = (log: Log, [deed, who, what, how, when]: Step, day: string): void => {
  const rulings = log.rows
    .filter((row) => isEntry(row, 'ruling') && fieldsOf(row.payload)?.['outcome'] === 'upheld')
    .slice(who <= 2 ? -1 : -3)
  if (rulings.length === 0) return
  const ruling = pick(rulings, who)
  const action = actionOf(log, ruling)
  const town = what % 6 === 5 ? pick(TOWNS, how) : { did: ruling.repo }
  const approvals = pick(APPROVALS, what)
  if (deed <= 1) {
    log.entry(town, 'appeal', { action, ruling: ruling.uri })
    if (deed === 1)
      log.entry(town, 'appeal-ruling', { action, ruling: ruling.uri, outcome: how % 3 === 0 ? 'upheld' : 'restored', approvals })
  } else if (deed === 2) {
    const until = addDays(day, [0, 3, 30, 179, 180, -1, 60, 90, 20][when] ?? 0)
    const did = someoneOf(log, action, how)
    for (const one of TOWNS.slice(0, what % 2 === 0 ? 3 : 1)) log.entry(one, 'suspension', { did, ruling: ruling.uri, until, approvals })
    const other = log.rows.findLast((row) => row.collection.endsWith('.action') && row.action === 'create' && row.repo !== did)
    if (other !== undefined && how % 2 === 0) log.confirm(did, other)
  } else {
    const last = log.rows.findLast((row) => isEntry(row, 'suspension'))
    const did = textOf(fieldsOf(last?.payload)?.['did'])
    if (last !== undefined && did !== undefined)
      log.entry(what % 2 === 0 ? { did: last.repo } : pick(TOWNS, how), 'suspension-end', { did, suspension: last.uri, approvals })
  }
}

const actionOf = (log: Log, ruling: IntakeRow): string => {
  const dispute = log.rows.find(({ uri }) => uri === spokenIn(ruling))
  return dispute === undefined ? '' : spokenIn(dispute)
}

const spokenIn = ({ payload }: IntakeRow): string => textOf(fieldsOf(fieldsOf(payload)?.['subject'])?.['uri']) ?? ''

/** Who gave it, one who confirmed it, or a stranger to it; nobody whom a register could name, which the second computation does not read. */
const someoneOf = (log: Log, action: string, how: number): string => {
  const giver = action.split('/')[2] ?? ''
  const confirmers = log.rows
    .filter((row) => row.collection.endsWith('.confirmation') && uriSpokenOf(row) === action)
    .map(({ repo }) => repo)
  const one = how <= 2 ? giver : how === 8 || confirmers.length === 0 ? HOST : pick(confirmers, how)
  const isMapped = log.rows.some((row) => isEntry(row, 'receiver') && fieldsOf(row.payload)?.['did'] === one)
  return isMapped && one !== giver ? HOST : one
}

export const tellOutage = (log: Log, [, who, what, how, when]: Step, day: string): void => {
  const from = addDays(day, [-3, -1, 0, -20, -40, -61, 1, -8, -2][how] ?? 0)
  const until = addDays(from, [0, 1, 2, 5, 14, 30, 31, 3, -1][when] ?? 0)
  const row = log.write(pick(TOWNS, who).did, 'notice', {
    kind: what % 9 === 8 ? 'method' : 'outage',
    title: '障害',
    body: '止まった',
    from,
    until,
  })
  if (what % 5 === 4) log.delete(row)
}
