// What a giver has claimed day by day, one document a month: an act changes a small one, however long its giver has been giving.

import type { ActionDoc, DaysDoc, GiverDay } from './documents.ts'
import type { Draft } from './draft.ts'

const MONTH_LENGTH = 7

export const EMPTY_DAY: GiverDay = { minutes: 0, categories: [] }

const idOf = (giver: string, performedOn: string): string => `${giver}/${performedOn.slice(0, MONTH_LENGTH)}`

/** Of the document in which a giver's day stands. */
export const daysKey = (giver: string, performedOn: string): string => `days:${idOf(giver, performedOn)}`

export const dayOfGiver = (draft: Draft, giver: string, performedOn: string): GiverDay =>
  draft.get('days', idOf(giver, performedOn))?.days[performedOn] ?? EMPTY_DAY

export const addToDay = (draft: Draft, action: ActionDoc): void => {
  const id = idOf(action.giver, action.performedOn)
  const days = draft.get('days', id)?.days ?? {}
  draft.put('days', id, { kind: 'days', days: { ...days, [action.performedOn]: withAct(days[action.performedOn], action) } })
}

/** Most days have one act, and many days the same: these stand in memory once. */
const singles = new Map<string, GiverDay[]>()

const withAct = (day: GiverDay | undefined, { minutes, category }: ActionDoc): GiverDay => {
  if (day !== undefined) return { minutes: day.minutes + minutes, categories: [...day.categories, category] }
  const known = singles.get(category) ?? []
  singles.set(category, known)
  return (known[minutes] ??= { minutes, categories: [category] })
}

/** Each day keeps its place, so that claims that lapse at one instant may do so in any order. */
export const takeFromDay = (draft: Draft, { giver, performedOn, minutes, category }: ActionDoc): void => {
  const id = idOf(giver, performedOn)
  const days: DaysDoc['days'] = draft.get('days', id)?.days ?? {}
  const day = days[performedOn]
  if (day === undefined) return
  const first = day.categories.indexOf(category)
  const left = { minutes: Math.max(0, day.minutes - minutes), categories: day.categories.filter((_, index) => index !== first) }
  const kept = Object.entries({ ...days, [performedOn]: left }).filter(([, { minutes: rest }]) => rest > 0)
  draft.put('days', id, kept.length === 0 ? null : { kind: 'days', days: Object.fromEntries(kept) })
}
