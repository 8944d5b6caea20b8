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

/** Whom an entity counts as; null for municipalities and pools. An erased person has one slot, whatever scope a line stands in. */
export const personOf = (entity: string): string | null => {
  if (entity.startsWith('M:')) return null
  if (!entity.startsWith('X:')) return entity
  const slot = entity.indexOf('#')
  return slot < 0 ? null : entity.slice(slot)
}

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
      const [own, from] = [personOf(entity), giver === null ? null : personOf(giver)]
      if (own !== null) count(way, own, isPublic, line)
      if (from !== null && from !== own) count(way, from, isPublic, line)
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
