// Balances that follow people and municipalities: account 1310 by scope, its transfer at a move or a merger, and the companion lines of what is booked
// before one that already stands. The public has nothing on 1310; pools and cards do not move, but follow their municipality.

import { CLEARING, SCOPE_TRANSFER } from './chart.ts'
import { firstOpenDay, later } from './calendar.ts'
import type { Balance, Span } from './documents.ts'
import type { Draft, Occasion } from './draft.ts'
import { entityIn, mergersFrom, mergersOf, residenceOf } from './mergers.ts'
import type { Posting, Transaction, Unit } from './model.ts'
import { movesFrom, type Move } from './residence.ts'
import { enrolled } from './roll.ts'
import { exact } from './units.ts'

const UNITS: readonly Unit[] = ['MIN', 'JPY']
const NOTHING: readonly Balance[] = []

/** The DID of an entity that can move; undefined for M:, X: and C:. */
export const moverOf = (entity: string): string | undefined =>
  entity.startsWith('P:') || entity.startsWith('O:') ? entity.slice(2) : undefined

/** Adds the 1310 lines of a transaction to the balances of their entities. */
export const keepBalances = (draft: Draft, lines: readonly Posting[]): void => {
  const clearing = lines.filter(({ account }) => account === CLEARING)
  draft.want(() => clearing.map(({ entity }) => `balance:${entity}`))
  for (let at = 0; at < clearing.length;) at = keepBalance(draft, clearing, at)
}

/** Adds the lines from a place on that are of one entity in one scope; gives the place after them. */
const keepBalance = (draft: Draft, lines: readonly Posting[], from: number): number => {
  const { entity, scope } = lines[from] ?? { entity: '', scope: '' }
  const scopes = draft.get('balance', entity)?.scopes ?? NOTHING
  const place = scopes.findIndex((one) => one.scope === scope)
  const balance = { ...(scopes[place] ?? { scope, MIN: 0, JPY: 0, place: enrolled(draft, scope, entity) }) }
  let at = from
  for (let line = lines[at]; line?.entity === entity && line.scope === scope; line = lines[at]) {
    balance[line.unit] = exact(balance[line.unit] + line.amount)
    at += 1
  }
  draft.put('balance', entity, { kind: 'balance', scopes: place < 0 ? [...scopes, balance] : scopes.with(place, balance) })
  return at
}

/** What an entity has on 1310 in a scope, carried over to another. */
export const transfer = (entity: string, { from, to, date }: Move, unit: Unit, amount: number, isDated: boolean): readonly Posting[] => {
  const line = (scope: string, account: number, value: number): Posting => ({
    entity: entityIn(entity, scope),
    scope,
    account,
    unit,
    amount: value,
    ...(isDated ? { effectiveDate: date } : {}),
  })
  return [line(from, CLEARING, -amount), line(from, SCOPE_TRANSFER, amount), line(to, CLEARING, amount), line(to, SCOPE_TRANSFER, -amount)]
}

/** All that an entity has in the scope a move leads from. */
export const transferOfAll = (draft: Draft, entity: string, move: Move): readonly Posting[] => {
  const balance = draft.get('balance', entity)?.scopes.find(({ scope }) => scope === move.from)
  return balance === undefined
    ? []
    : UNITS.flatMap((unit) => (balance[unit] === 0 ? [] : transfer(entity, move, unit, balance[unit], false)))
}

/** For what an entity gets on 1310 before moves or mergers that stand already: lines that carry it on, dated max(move, first open day). */
const companionLines = (draft: Draft, lines: readonly Posting[], effectiveDate: string, occasion: Occasion): readonly Posting[] => {
  const holders: Posting[] = []
  for (const line of lines) if (line.account === CLEARING && !holders.some((other) => isSameHolder(other, line))) holders.push(line)
  return holders.flatMap(({ entity, scope }) =>
    movesOf(draft, entity, scope, effectiveDate).flatMap(({ from, to, date }) =>
      UNITS.flatMap((unit) => {
        const amount = clearingOf(lines, entity, scope, unit)
        const move = { from, to, date: later(date, firstOpenDay(occasion.recordedAt)) }
        return amount === 0 ? [] : transfer(entity, move, unit, amount, true)
      }),
    ),
  )
}

const isSameHolder = (one: Posting, other: Posting): boolean => one.entity === other.entity && one.scope === other.scope

const movesOf = (draft: Draft, entity: string, scope: string, date: string): readonly Move[] => {
  const did = moverOf(entity)
  return did === undefined
    ? mergersFrom(mergersOf(draft), scope, date).map(({ from, into, on }) => ({ from, to: into, date: on }))
    : movesFrom(residenceOf(draft, did), scope, date)
}

const clearingOf = (lines: readonly Posting[], entity: string, scope: string, unit: Unit): number =>
  lines.reduce(
    (sum, line) =>
      line.entity === entity && line.scope === scope && line.unit === unit && line.account === CLEARING ? sum + line.amount : sum,
    0,
  )

type Head = Omit<Transaction, 'lines' | 'recordedAt' | 'leaf' | 'op'>

/** Posts lines together with those that carry them on. */
export const postCarriedOn = (draft: Draft, head: Head, lines: readonly Posting[], occasion: Occasion): void =>
  postKept(draft, head, [...lines, ...companionLines(draft, lines, head.effectiveDate, occasion)], occasion)

/** Posts lines and keeps the balances they make. */
export const postKept = (draft: Draft, head: Head, lines: readonly Posting[], { recordedAt, leaf, op }: Occasion): void => {
  keepBalances(draft, lines)
  draft.post({ ...head, recordedAt, leaf, op, lines })
}

/** Transfers what a person has on 1310 in the old municipality to the new one, dated the move; `rule`: the last part of the id. */
export const postMove = (
  draft: Draft,
  did: string,
  { from, to }: Omit<Move, 'date'>,
  after: Span,
  occasion: Occasion,
  rule = 'move',
): void => {
  const entities = [`P:${did}`, `O:${did}`]
  draft.want(() => entities.map((entity) => `balance:${entity}`))
  const lines = entities.flatMap((entity) => transferOfAll(draft, entity, { from, to, date: after.from }))
  if (lines.length === 0) return
  const head = { effectiveDate: after.from, kind: 'move', sources: [after.uri], action: null, rate: null, rateCid: null } as const
  postKept(draft, { id: `${occasion.prefix}/${rule}`, ...head }, lines, occasion)
}
