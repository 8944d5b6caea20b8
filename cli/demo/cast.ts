// Who takes part in the demo: the staff of two desks, three host bodies and some three hundred residents, on both PDSes.

import { GIVEN_NAMES, surname } from './names.ts'
import type { Random } from './random.ts'

export type Person = {
  /** Index of the town of residence; visitors have none and are never admitted. */
  readonly town: 0 | 1 | null
  readonly pds: 0 | 1
  readonly handle: string
  /** As the register of the town writes it. */
  readonly name: string
  readonly household: string | null
  /** Somebody of whom the story tells. */
  readonly part: Part | null
  /** How much of the year's help this person gives, relative to others. */
  readonly energy: number
  readonly showsStatement: boolean
}
/** `mover` goes to the other town, `leaver` deletes the account. */
export type Part = 'mover' | 'leaver'
export type HostBody = {
  readonly town: 0 | 1
  readonly pds: 0 | 1
  readonly handle: string
  readonly names: { readonly ja: string; readonly en: string }
  readonly categories: readonly string[]
}

const RESIDENTS_PER_TOWN = [200, 104] as const
const VISITORS = 4
const SHOWING_PER_TOWN = 3
const MOVER = 30
const LEAVER = 31
/** Every so many residents two live together, in all so many pairs in each town. */
const HOUSEHOLD_EVERY = 10
const HOUSEHOLD_FIRST = 40
const HOUSEHOLDS_LAST = 100
const MOVED_PDS_PERCENT = 15
const BUSY_PERCENT = 20
const BUSY_ENERGY = 6
const QUIET_ENERGY = 2

export const hostBodies: readonly HostBody[] = [
  {
    town: 0,
    pds: 0,
    handle: 'mimamori.pds1.test',
    names: { ja: 'かなざわ見守りの会', en: 'Kanazawa Watch-over Circle' },
    categories: ['elderly', 'health', 'disability', 'safety'],
  },
  {
    town: 0,
    pds: 0,
    handle: 'saigawa.pds1.test',
    names: { ja: '犀川をきれいにする会', en: 'Friends of the Sai River' },
    categories: ['environment', 'community', 'environment', 'disaster'],
  },
  {
    town: 1,
    pds: 1,
    handle: 'kodomo.pds2.test',
    names: { ja: '小松こどもひろば', en: 'Komatsu Children’s Square' },
    categories: ['children', 'culture', 'international', 'community'],
  },
]

export const desks = [
  [
    { role: 'clerk', pds: 0, handle: 'madoguchi.pds1.test', roles: ['clerk'] },
    { role: 'approver', pds: 0, handle: 'kacho.pds1.test', roles: ['approver', 'admin'] },
  ],
  [
    { role: 'clerk', pds: 1, handle: 'madoguchi.pds2.test', roles: ['clerk'] },
    { role: 'approver', pds: 1, handle: 'kacho.pds2.test', roles: ['approver', 'admin'] },
  ],
] as const
/** Looks at the books of both towns. */
export const auditor = { pds: 0, handle: 'kansa.pds1.test', roles: ['auditor'] } as const

const handleOf = (number: number, pds: 0 | 1): string => {
  const [name] = GIVEN_NAMES[number % GIVEN_NAMES.length] ?? GIVEN_NAMES[0]
  const round = Math.floor(number / GIVEN_NAMES.length)
  return `${name}${round === 0 ? '' : round + 1}.pds${pds + 1}.test`
}

const nameOf = (number: number, home: number): string =>
  `${surname(home)} ${(GIVEN_NAMES[number % GIVEN_NAMES.length] ?? GIVEN_NAMES[0])[1]}`

/** Two neighbours in the list share a household here and there. */
const householdOf = (index: number): number | null => {
  const first = index - (index % HOUSEHOLD_EVERY)
  return first >= HOUSEHOLD_FIRST && first < HOUSEHOLDS_LAST && index - first < 2 ? first : null
}

/** Everybody, in the order in which their accounts are made. Handles are unique. */
export const castPeople = (random: Random): readonly Person[] => {
  const people: Person[] = []
  for (const town of [0, 1] as const) {
    for (let i = 0; i < RESIDENTS_PER_TOWN[town]; i++) {
      // Where one's repo lives has nothing to do with where one lives.
      const pds = random.chance(MOVED_PDS_PERCENT) ? (town === 0 ? 1 : 0) : town
      const together = householdOf(i)
      people.push({
        town,
        pds,
        handle: handleOf(people.length, pds),
        name: nameOf(people.length, together ?? people.length),
        household: together === null ? null : `H-${together}`,
        part: town === 1 ? null : i === MOVER ? 'mover' : i === LEAVER ? 'leaver' : null,
        energy: random.chance(BUSY_PERCENT) ? BUSY_ENERGY : QUIET_ENERGY,
        showsStatement: i < SHOWING_PER_TOWN,
      })
    }
  }
  for (let i = 0; i < VISITORS; i++)
    people.push({
      town: null,
      pds: 0,
      handle: handleOf(people.length, 0),
      name: nameOf(people.length, people.length),
      household: null,
      part: null,
      energy: 1,
      showsStatement: false,
    })
  return people
}
