// What the second computation books for one recognition: minutes, yen and who received which part.

import type { IntakeRow } from '../../appview/journal/model.ts'
import { closes, fields, jst, list, number, text, type Fields } from './second-fields.ts'
import type { World } from './second-world.ts'

export type Booked = {
  readonly date: string
  readonly prior: boolean
  readonly minutes: number
  readonly yen: number
  readonly giverScope: string
  readonly parts: readonly Part[]
}
export type Part = { readonly entity: string; readonly scope: string; minutes: number; yen: number }

/** What is booked for an action by the confirmation that recognises it, at row `i`. */
export const bookOf = (
  world: World,
  { row, memoScope }: { readonly row: IntakeRow; readonly memoScope: string },
  note: IntakeRow,
  i: number,
): Booked => {
  const act = fields(row.value)
  const performedOn = text(act['performedOn'])
  const prior = Date.parse(world.rows[i]?.recordedAt ?? '') >= closes(performedOn)
  const date = prior ? jst(world.rows[i]?.recordedAt ?? '') : performedOn
  const giverScope = (isCard(row) ? undefined : world.bookHome(row.repo, date, i)) ?? world.heir(memoScope, date, i)
  const claimed = number(act['minutes'], 0)
  const minutes = Math.min(claimed, number(fields(note.value)['minutes'], claimed))
  const yen = world.yen(giverScope, performedOn, text(act['category']), minutes, i)
  const parts = receiversOf(world, row, note, date, i)
  share(minutes, parts, (part, amount) => (part.minutes = amount))
  share(yen, parts, (part, amount) => (part.yen = amount))
  return { date, prior, minutes, yen, giverScope, parts }
}

/** Whose act it is: a card’s, of the body that wrote it; else the account’s. */
export const giverOf = (row: IntakeRow): string => {
  const card = fields(fields(row.value)['giver'])['card']
  return typeof card === 'string' ? `C:${row.repo}/${card}` : `P:${row.repo}`
}
export const isCard = (row: IntakeRow): boolean => giverOf(row).startsWith('C:')

const receiversOf = (
  world: World,
  row: IntakeRow,
  note: IntakeRow,
  date: string,
  i: number,
): readonly (Part & { readonly weight: number })[] => {
  const act = fields(row.value)
  const here = world.heir(text(fields(act['municipality'])['code']), date, i)
  const value = fields(note.value)
  if (value['receivers'] === undefined && value['role'] === 'beneficiary') {
    const home = world.home(note.repo, date, i)
    return [{ entity: home === undefined ? `X:${here}` : `P:${note.repo}`, scope: home ?? here, weight: 1, minutes: 0, yen: 0 }]
  }
  const stated = list(value['receivers'] ?? act['beneficiaries'])
  return (stated.length === 0 ? [{ class: 'unnamed' }] : stated).map((receiver: Fields) => {
    const said = text(receiver['scope'])
    const scope = said === '' ? here : world.heir(said, date, i)
    return {
      entity: `${receiver['class'] === 'public' ? 'M' : 'X'}:${scope}`,
      scope,
      weight: number(receiver['weight'] ?? receiver['count'], 1),
      minutes: 0,
      yen: 0,
    }
  })
}

/** Hamilton's method by giving out one at a time: each next one to whoever is furthest below the exact share. */
const share = (total: number, parts: readonly (Part & { readonly weight: number })[], set: (part: Part, amount: number) => void): void => {
  const weights = parts.reduce((sum, { weight }) => sum + weight, 0)
  const given = parts.map(({ weight }) => Math.trunc((total * weight) / weights))
  const lacking = (index: number): number => total * (parts[index]?.weight ?? 0) - (given[index] ?? 0) * weights
  for (let left = total - given.reduce((sum, amount) => sum + amount, 0); left > 0; left -= 1) {
    let best = 0
    for (const [index, part] of parts.entries()) {
      const ahead = lacking(index) - lacking(best)
      if (ahead > 0 || (ahead === 0 && part.entity < (parts[best]?.entity ?? ''))) best = index
    }
    given[best] = (given[best] ?? 0) + 1
  }
  for (const [index, part] of parts.entries()) set(part, given[index] ?? 0)
}

/** Whether a word says something else than what is booked. */
export const differs = (row: IntakeRow, what: Booked, note: IntakeRow): boolean => {
  const claimed = number(fields(row.value)['minutes'], 0)
  const said = number(fields(note.value)['minutes'], claimed)
  return fields(note.value)['verdict'] === 'rejected' || (said < claimed ? said : claimed) !== what.minutes
}

/** Whether an act touches the town of an entry. */
export const isConcerned = (
  world: World,
  { repo, recordedAt }: IntakeRow,
  act: IntakeRow,
  what: Booked | undefined,
  i: number,
): boolean => {
  const town = world.townOf(repo)
  const scopes = [
    text(fields(fields(act.value)['municipality'])['code']),
    what?.giverScope,
    ...(what?.parts ?? []).map(({ scope }) => scope),
  ]
  return scopes.some((scope) => scope !== undefined && (scope === town || world.heir(scope, jst(recordedAt), i) === town))
}

/** A booking, or the negation of one: at which row, and whether its year was closed by then. */
export type Booking = {
  readonly sign: 1 | -1
  readonly late: boolean
  readonly index: number
  readonly what: Booked
  /** Of a ruling: who had confirmed by then. */
  readonly parties?: readonly string[]
}

/** Where an entity is on a date: a person where they live by then. */
export const scopeThen = (world: World, entity: string, scope: string, date: string, i: number): string =>
  (entity.startsWith('P:') ? world.bookHome(entity.slice(2), date, i) : undefined) ?? world.heir(scope, date, i)

/** Adds what it puts on the accounts by "entity scope account unit date". */
export const addBooking = (
  world: World,
  row: IntakeRow,
  { sign, late, index, what }: Booking,
  add: (key: string, amount: number) => void,
): void => {
  const date = late ? jst(world.rows[index]?.recordedAt ?? '') : what.date
  const prior = late || what.prior
  const scopeOf = (entity: string, scope: string): string => (late ? scopeThen(world, entity, scope, date, index) : scope)
  const keyOf = (entity: string, scope: string): string => (/^[MX]:/.test(entity) ? `${entity.slice(0, 2)}${scope}` : entity)
  const giver = giverOf(row)
  for (const [unit, amount] of [
    ['MIN', what.minutes],
    ['JPY', what.yen],
  ] as const)
    add(`${giver} ${scopeOf(giver, what.giverScope)} ${prior ? 4190 : 4110} ${unit} ${date}`, -sign * amount)
  for (const part of what.parts)
    for (const [unit, amount] of [
      ['MIN', part.minutes],
      ['JPY', part.yen],
    ] as const) {
      const isPublic = part.entity.startsWith('M:')
      const scope = scopeOf(part.entity, part.scope)
      const where = `${keyOf(part.entity, scope)} ${scope}`
      add(`${where} ${prior ? 5190 : isPublic ? 5130 : 5110} ${unit} ${date}`, sign * amount)
      if (isPublic) add(`${where} 3420 ${unit} ${date}`, -sign * amount)
    }
}
