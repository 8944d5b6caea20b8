// Writes single acts and confirmations into the demo's plan, with the habits of ordinary people.

import type { Person } from './cast.ts'
import type { Random } from './random.ts'
import type { Act, Confirm, Step } from './step.ts'

export const MINUTES = [15, 20, 30, 30, 45, 45, 60, 60, 60, 90, 120, 150, 180] as const
const CATEGORY_WEIGHTS = {
  elderly: 20,
  children: 16,
  community: 13,
  environment: 12,
  culture: 9,
  health: 7,
  safety: 7,
  disability: 6,
  disaster: 4,
  international: 3,
  other: 3,
}

export type Pen = {
  readonly act: (day: number, given?: Partial<Act>) => Act
  readonly confirm: (day: number, of: Act, given: Partial<Confirm>) => void
  readonly put: (day: number, step: Step) => void
  /** Somebody who is admitted and is not `except`. */
  readonly resident: (except: number) => number
  /** The day on which somebody gets round to confirming. */
  readonly soon: (day: number) => number
}

/** A pen for one year: whatever it puts lands on its day, or nowhere if the year is over by then. */
export const createPen = (random: Random, people: readonly Person[], year: Step[][]): Pen => {
  let acts = 0
  const givers = people.flatMap((person, index) => Array.from({ length: person.energy }, () => index))
  const anybody = (): number => givers[random.below(givers.length)] ?? 0
  const resident = (except: number): number => {
    const index = random.below(people.length)
    return index === except || people[index]?.town === null ? resident(except) : index
  }
  const put = (day: number, step: Step): void => void year[day]?.push(step)

  const act = (day: number, given: Partial<Act> = {}): Act => {
    const giver = given.giver ?? anybody()
    const made: Act = {
      kind: 'act',
      id: acts++,
      giver,
      category: random.weighted(CATEGORY_WEIGHTS),
      minutes: random.pick(MINUTES),
      daysAgo: Math.min(day, Number(random.weighted({ '0': 70, '1': 20, '3': 7, '6': 3 }))),
      town: people[giver]?.town ?? 0,
      hostBody: null,
      eventId: null,
      beneficiaries: [],
      ...given,
    }
    put(day, made)
    return made
  }
  const confirm = (day: number, of: Act, given: Partial<Confirm>): void =>
    put(day, {
      kind: 'confirm',
      act: of.id,
      by: { person: resident(of.giver) },
      role: 'beneficiary',
      verdict: 'confirmed',
      minutes: null,
      receivers: [],
      onBehalf: null,
      ...given,
    })
  const soon = (day: number): number => day + Number(random.weighted({ '0': 45, '1': 30, '3': 15, '9': 8, '25': 2 }))

  return { act, confirm, put, resident, soon }
}
