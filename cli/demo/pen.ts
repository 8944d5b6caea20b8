// Writes single acts and confirmations into the demo's plan, with the habits of ordinary people. Times are numbers of writing days: the first is 0.

import { addDays, daysBetween } from './calendar.ts'
import type { Person } from './cast.ts'
import type { Random } from './random.ts'
import type { Act, Confirm, PrivateConfirm, Step } from './step.ts'

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

/** Of these none but the receiver may say who it was. */
const SENSITIVE: readonly string[] = ['health', 'elderly', 'disability', 'children']
export const isSensitive = (category: string): boolean => SENSITIVE.includes(category)

export type Pen = {
  readonly act: (at: number, given?: Partial<Act>) => Act
  readonly confirm: (at: number, of: Act, given: Partial<Confirm>) => void
  readonly confirmPrivately: (at: number, of: Act, by: number) => void
  readonly put: (at: number, step: Step) => void
  readonly category: () => string
  /** Somebody who helps often or seldom. */
  readonly giver: (at: number) => number
  /** Somebody who is admitted, stays, and is not `except`; of one town where it is given. */
  readonly resident: (except: number, home?: { readonly town: 0 | 1; readonly at: number }) => number
  readonly townOf: (index: number, at: number) => 0 | 1
  /** The writing day on or after so many days. */
  readonly later: (at: number, days: number) => number
  /** When somebody gets round to confirming. */
  readonly soon: (at: number) => number
}

export type PenPaper = {
  readonly random: Random
  readonly people: readonly Person[]
  readonly dates: readonly string[]
  /** Nothing is recorded of the time before, but by mistake. */
  readonly opening: string
  /** From then on whoever leaves does nothing more. */
  readonly leaves: string
  /** From then on whoever moves lives in the other town. */
  readonly moves: string
  readonly steps: Step[][]
}

/** Whatever it puts lands on its day, or nowhere if the story is over by then. */
export const createPen = ({ random, people, dates, opening, leaves, moves, steps }: PenPaper): Pen => {
  let acts = 0
  const givers = people.flatMap((person, index) => Array.from({ length: person.energy }, () => index))
  const giver = (at: number): number => {
    const index = givers[random.below(givers.length)] ?? 0
    return people[index]?.part !== 'leaver' || (dates[at] ?? leaves) < leaves ? index : giver(at)
  }
  const townOf = (index: number, at: number): 0 | 1 =>
    people[index]?.part === 'mover' && (dates[at] ?? moves) >= moves ? 1 : (people[index]?.town ?? 0)
  const resident: Pen['resident'] = (except, home) => {
    const index = random.below(people.length)
    const { town = null, part = null } = people[index] ?? {}
    const isElsewhere = home !== undefined && townOf(index, home.at) !== home.town
    return index === except || town === null || part === 'leaver' || isElsewhere ? resident(except, home) : index
  }
  const put = (at: number, step: Step): void => void steps[at]?.push(step)
  const category = (): string => random.weighted(CATEGORY_WEIGHTS)

  const act = (at: number, given: Partial<Act> = {}): Act => {
    const by = given.giver ?? giver(at)
    const made: Act = {
      kind: 'act',
      id: acts++,
      giver: by,
      category: category(),
      minutes: random.pick(MINUTES),
      daysAgo: Math.min(Number(random.weighted({ '0': 60, '1': 25, '3': 10, '6': 5 })), daysBetween(opening, dates[at] ?? opening)),
      town: townOf(by, at),
      hostBody: null,
      eventId: null,
      beneficiaries: [],
      ...given,
    }
    put(at, made)
    return made
  }
  const confirm = (at: number, of: Act, given: Partial<Confirm>): void =>
    put(at, {
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
  const confirmPrivately = (at: number, of: Act, by: number): void => {
    const step: PrivateConfirm = { kind: 'private', act: of.id, by }
    put(at, step)
  }
  const later = (at: number, days: number): number => {
    if (days === 0) return at
    const from = addDays(dates[at] ?? leaves, days)
    const found = dates.findIndex((date) => date >= from)
    return found < 0 ? dates.length : found
  }
  const soon = (at: number): number => later(at, Number(random.weighted({ '0': 45, '1': 30, '3': 15, '9': 8, '25': 2 })))

  return { act, confirm, confirmPrivately, put, category, giver, resident, townOf, later, soon }
}
