// How many persons took part in a town: givers and named receivers with something left of what they gave or received, told apart by what it was, so that
// what was taken back wholly does not count. Grows line by line, so that it can be known as of any of them.

import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from './chart.ts'

/** `public`: of what was given to the public. */
export type Heads = { readonly area: number; readonly public: number }

/** A line of one of these accounts, with the giver of its transaction. */
export type HeadLine = {
  readonly account: number
  readonly entity: string
  readonly giver: string | null
  readonly minutes: number
  readonly yen: number
}

export const HEAD_ACCOUNTS: readonly number[] = [GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC]

export const isPerson = (entity: string): boolean => !entity.startsWith('M:') && (!entity.startsWith('X:') || entity.includes('#'))

type Left = { minutes: number; yen: number }
/** In how many ways a person has something left. */
type Ways = { all: number; public: number }

export type Headcount = { readonly add: (line: HeadLine) => void; readonly heads: () => Heads }

export const createHeadcount = (): Headcount => {
  const left = new Map<string, Map<string, Left>>()
  const ways = new Map<string, Ways>()
  const heads = { area: 0, public: 0 }
  const change = (person: string, isPublic: boolean, by: 1 | -1): void => {
    const own = ways.get(person) ?? { all: 0, public: 0 }
    const before = { ...own }
    own.all += by
    if (isPublic) own.public += by
    ways.set(person, own)
    heads.area += Number(own.all > 0) - Number(before.all > 0)
    heads.public += Number(own.public > 0) - Number(before.public > 0)
  }
  const count = (way: string, person: string, isPublic: boolean, { minutes, yen }: HeadLine): void => {
    const people = left.get(way) ?? new Map<string, Left>()
    left.set(way, people)
    const own = people.get(person) ?? { minutes: 0, yen: 0 }
    const had = own.minutes !== 0 || own.yen !== 0
    own.minutes += minutes
    own.yen += yen
    people.set(person, own)
    const has = own.minutes !== 0 || own.yen !== 0
    if (had !== has) change(person, isPublic, has ? 1 : -1)
  }
  return {
    add: (line) => {
      const { account, entity, giver } = line
      if (!HEAD_ACCOUNTS.includes(account)) return
      const isPublic = account === RECEIVED_PUBLIC || (account === RECEIVED_PRIOR && entity.startsWith('M:'))
      const way = `${account}${isPublic ? ' public' : ''}`
      if (isPerson(entity)) count(way, entity, isPublic, line)
      if (giver !== null && giver !== entity && isPerson(giver)) count(way, giver, isPublic, line)
    },
    heads: () => ({ ...heads }),
  }
}

/** Of all of these lines. */
export const headsIn = (lines: Iterable<HeadLine>): Heads => {
  const count = createHeadcount()
  for (const line of lines) count.add(line)
  return count.heads()
}
