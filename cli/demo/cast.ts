// Who takes part in the demo: three host bodies and some three hundred residents of two towns, on both PDSes.

import type { Random } from './random.ts'

export type Person = {
  /** Index of the town of residence; visitors have none and are never admitted. */
  readonly town: 0 | 1 | null
  readonly pds: 0 | 1
  readonly handle: string
  /** How much of the year's help this person gives, relative to others. */
  readonly energy: number
  readonly showsStatement: boolean
}
export type HostBody = {
  readonly town: 0 | 1
  readonly pds: 0 | 1
  readonly handle: string
  readonly names: { readonly ja: string; readonly en: string }
  readonly categories: readonly string[]
}

const GIVEN_NAMES = [
  'aoi',
  'haruto',
  'yui',
  'sota',
  'hina',
  'riku',
  'mei',
  'minato',
  'sakura',
  'itsuki',
  'tsumugi',
  'asahi',
  'ema',
  'yuma',
  'rin',
  'hinata',
  'mio',
  'sora',
  'kaho',
  'ren',
  'chiyo',
  'takeshi',
  'fumi',
  'isamu',
  'kiyo',
  'shigeru',
  'toshiko',
  'minoru',
  'yoshie',
  'kazuo',
  'setsuko',
  'hideo',
  'michiko',
  'osamu',
  'emiko',
  'noboru',
  'akiko',
  'satoru',
  'naomi',
  'makoto',
] as const
const RESIDENTS_PER_TOWN = [200, 104] as const
const VISITORS = 4
const SHOWING_PER_TOWN = 3
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

const handleOf = (number: number, pds: 0 | 1): string => {
  const name = GIVEN_NAMES[number % GIVEN_NAMES.length] ?? 'aoi'
  const round = Math.floor(number / GIVEN_NAMES.length)
  return `${name}${round === 0 ? '' : round + 1}.pds${pds + 1}.test`
}

/** Everybody, in the order in which their accounts are made. Handles are unique. */
export const castPeople = (random: Random): readonly Person[] => {
  const people: Person[] = []
  for (const town of [0, 1] as const) {
    for (let i = 0; i < RESIDENTS_PER_TOWN[town]; i++) {
      // Where one's repo lives has nothing to do with where one lives.
      const pds = random.chance(MOVED_PDS_PERCENT) ? (town === 0 ? 1 : 0) : town
      people.push({
        town,
        pds,
        handle: handleOf(people.length, pds),
        energy: random.chance(BUSY_PERCENT) ? BUSY_ENERGY : QUIET_ENERGY,
        showsStatement: i < SHOWING_PER_TOWN,
      })
    }
  }
  for (let i = 0; i < VISITORS; i++)
    people.push({ town: null, pds: 0, handle: handleOf(people.length, 0), energy: 1, showsStatement: false })
  return people
}
