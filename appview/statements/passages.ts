// What passed from people to people, and who they are: the people behind each flow of a worksheet.

import { RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC, GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { isSensitive } from '../journal/categories.ts'
import type { Contribution } from './cells.ts'
import { personOf } from '../journal/headcount.ts'
import { SMALL_GROUP, SMALL_SENSITIVE_GROUP } from './small-groups.ts'

/** Received on one account (5110, 5130, 5190) in one scope of what somebody gave in another, within a period. */
export type Passage = {
  readonly giverScope: string
  readonly receiverScope: string
  readonly account: number
  readonly category: string
  readonly giver: string
  readonly receiver: string
  readonly minutes: number
  readonly yen: number
}

/** Passages that are looked at by themselves: all of the year, and what is late from earlier years, each also by who received it. */
export type PassageKind = 'year' | 'people' | 'public' | 'prior' | 'priorPeople' | 'priorPublic'

const isToPublic = ({ receiver }: Passage): boolean => receiver.startsWith('M:')

export const isOfKind: Readonly<Record<PassageKind, (passage: Passage) => boolean>> = {
  year: ({ account }) => account !== RECEIVED_PRIOR,
  people: ({ account }) => account === RECEIVED,
  public: ({ account }) => account === RECEIVED_PUBLIC,
  prior: ({ account }) => account === RECEIVED_PRIOR,
  priorPeople: (one) => one.account === RECEIVED_PRIOR && !isToPublic(one),
  priorPublic: (one) => one.account === RECEIVED_PRIOR && isToPublic(one),
}

/** What every scope gave and received, as the small groups of its statement count it. */
export const contributionsOf = (passages: readonly Passage[]): ReadonlyMap<string, readonly Contribution[]> => {
  const byScope = new Map<string, Contribution[]>()
  const add = (scope: string, contribution: Contribution): void => {
    const own = byScope.get(scope)
    if (own === undefined) byScope.set(scope, [contribution])
    else own.push(contribution)
  }
  for (const { giverScope, receiverScope, account, category, giver, receiver, minutes, yen } of passages) {
    const given = account === RECEIVED_PRIOR ? GIVEN_PRIOR : GIVEN
    add(giverScope, { account: given, category, month: '', entity: giver, giver, minutes: 0 - minutes, yen: 0 - yen })
    add(receiverScope, { account, category, month: '', entity: receiver, giver, minutes, yen })
  }
  return byScope
}

type Amounts = { minutes: number; yen: number }

/** Distinct givers and named receivers; who took all back does not count. */
export const peopleIn = (passages: Iterable<Passage>): number => {
  const people = new Map<string, Amounts>()
  for (const { giver, receiver, minutes, yen } of passages)
    for (const person of new Set([personOf(giver), personOf(receiver)])) {
      if (person === null) continue
      const known = people.get(person)
      if (known === undefined) people.set(person, { minutes, yen })
      else {
        known.minutes += minutes
        known.yen += yen
      }
    }
  let count = 0
  for (const { minutes, yen } of people.values()) if (minutes !== 0 || yen !== 0) count += 1
  return count
}

/** Nobody, or as many as a published cell needs: ten where all that was done is sensitive. */
export const isEnoughPeople = (passages: readonly Passage[]): boolean => {
  const isAllSensitive = passages.length > 0 && passages.every(({ category }) => isSensitive(category))
  const count = peopleIn(passages)
  return count === 0 || count >= (isAllSensitive ? SMALL_SENSITIVE_GROUP : SMALL_GROUP)
}
