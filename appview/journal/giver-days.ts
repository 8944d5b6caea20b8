// What a giver has claimed day by day, one document a month: an act changes a small one, however long its giver has been giving.

import type { ActionDoc, DaysDoc, GiverDay } from './documents.ts'
import type { Draft } from './draft.ts'

const MONTH_LENGTH = 7

const EMPTY_DAY: Omit<GiverDay, 'day'> = { minutes: 0, categories: [] }
const NONE: readonly GiverDay[] = []

const idOf = (giver: string, performedOn: string): string => `${giver}/${performedOn.slice(0, MONTH_LENGTH)}`

/** Of the document in which a giver's day stands. */
export const daysKey = (giver: string, performedOn: string): string => `days:${idOf(giver, performedOn)}`

export const dayIn = (doc: DaysDoc | null, performedOn: string): Omit<GiverDay, 'day'> =>
  doc?.days.find(({ day }) => day === performedOn) ?? EMPTY_DAY

export const dayOfGiver = (draft: Draft, giver: string, performedOn: string): Omit<GiverDay, 'day'> =>
  dayIn(draft.get('days', idOf(giver, performedOn)), performedOn)

export const addToDay = (draft: Draft, { giver, performedOn: day, minutes, category }: ActionDoc): void => {
  const id = idOf(giver, day)
  const days = draft.get('days', id)?.days ?? NONE
  const place = days.findIndex((one) => one.day === day)
  const known = days[place]
  if (known === undefined) draft.put('days', id, { kind: 'days', days: [...days, { day, minutes, categories: [category] }] })
  else {
    const fuller = { day, minutes: known.minutes + minutes, categories: [...known.categories, category] }
    draft.put('days', id, { kind: 'days', days: days.with(place, fuller) })
  }
}

/** Each day keeps its place, so that claims that lapse at one instant may do so in any order. */
export const takeFromDay = (draft: Draft, { giver, performedOn: day, minutes, category }: ActionDoc): void => {
  const id = idOf(giver, day)
  const days = draft.get('days', id)?.days ?? NONE
  const place = days.findIndex((one) => one.day === day)
  const known = days[place]
  if (known === undefined) return
  const first = known.categories.indexOf(category)
  const left = { day, minutes: Math.max(0, known.minutes - minutes), categories: known.categories.filter((_, index) => index !== first) }
  const kept = days.with(place, left).filter(({ minutes: rest }) => rest > 0)
  draft.put('days', id, kept.length === 0 ? null : { kind: 'days', days: kept })
}
