// What happens in the demo towns, day by day: acts, their confirmations, and the mistakes that people make. Pure, from a seed.

import { hostBodies, type Person } from './cast.ts'
import type { Random } from './random.ts'

export type Receiver = { readonly class: 'public' | 'unnamed' | 'person'; readonly person?: number; readonly count?: number }
export type Act = {
  readonly kind: 'act'
  readonly id: number
  readonly giver: number
  readonly category: string
  readonly minutes: number
  /** Days before the day of writing. */
  readonly daysAgo: number
  readonly town: 0 | 1
  readonly hostBody: number | null
  readonly eventId: string | null
  readonly beneficiaries: readonly Receiver[]
}
export type Confirmer = { readonly person: number } | { readonly host: number } | { readonly town: 0 | 1 }
export type Confirm = {
  readonly kind: 'confirm'
  readonly act: number
  readonly by: Confirmer
  readonly role: 'beneficiary' | 'witness' | 'hostBody' | 'municipality'
  readonly verdict: 'confirmed' | 'rejected'
  readonly minutes: number | null
  readonly receivers: readonly Receiver[]
  readonly onBehalf: 'beneficiary' | null
}
export type Edit = { readonly kind: 'edit'; readonly act: number; readonly minutes: number }
export type Delete = { readonly kind: 'delete'; readonly act: number }
export type Step = Act | Confirm | Edit | Delete

/** Steps by day (0 = the first). Within a day: acts, then confirmations, then edits and deletions. */
export type Year = readonly (readonly Step[])[]

const ACTS_PER_DAY_MIN = 11
const ACTS_PER_DAY_SPREAD = 14
const MINUTES = [15, 20, 30, 30, 45, 45, 60, 60, 60, 90, 120, 150, 180] as const
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
const WAY_WEIGHTS = { beneficiary: 50, event: 26, onBehalf: 13, witness: 4, nobody: 5, mistake: 2 }
const CLAIM_WINDOW_DAYS = 90
const EVENT_GIVERS_MAX = 6

/** Everything that happens on `days` days among these people. */
export const planYear = (random: Random, people: readonly Person[], days: number): Year => {
  const year: Step[][] = Array.from({ length: days }, () => [])
  const planner = createPlanner(random, people, year)
  for (let day = 0; day < days; day++) {
    const count = ACTS_PER_DAY_MIN + random.below(ACTS_PER_DAY_SPREAD)
    for (let done = 0; done < count;) done += planner.happen(day)
  }
  const order = { act: 0, confirm: 1, edit: 2, delete: 3 }
  return year.map((steps) => steps.toSorted((a, b) => order[a.kind] - order[b.kind]))
}

const createPlanner = (random: Random, people: readonly Person[], year: Step[][]) => {
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

  const ways: Readonly<Record<keyof typeof WAY_WEIGHTS, (day: number) => number>> = {
    beneficiary: (day) => {
      const made = act(day)
      confirm(soon(day), made, random.chance(6) ? { minutes: Math.max(10, made.minutes - 15) } : {})
      afterwards(soon(day), made)
      return 1
    },
    event: (day) => {
      const host = random.below(hostBodies.length)
      const body = hostBodies[host]
      if (body === undefined) return 0
      const category = body.categories[random.below(body.categories.length)] ?? 'community'
      const eventId = `event-${day}-${acts}`
      const minutes = random.pick(MINUTES)
      const size = 2 + random.below(EVENT_GIVERS_MAX)
      const taken = new Set<number>()
      while (taken.size < size) taken.add(resident(-1))
      for (const giver of taken) {
        const made = act(day, {
          giver,
          category,
          minutes,
          hostBody: host,
          eventId,
          town: body.town,
          daysAgo: 0,
          beneficiaries: [{ class: 'public' }],
        })
        confirm(soon(day), made, { by: { host }, role: 'hostBody', minutes, receivers: [{ class: 'public' }] })
      }
      return size
    },
    onBehalf: (day) => {
      const made = act(day, { beneficiaries: [{ class: 'unnamed', count: 1 + random.below(3) }] })
      confirm(soon(day), made, {
        by: { town: made.town },
        role: 'municipality',
        minutes: made.minutes,
        receivers: [{ class: 'unnamed' }],
        onBehalf: 'beneficiary',
      })
      return 1
    },
    witness: (day) => {
      const made = act(day)
      confirm(soon(day), made, { role: 'witness', receivers: [{ class: 'unnamed' }] })
      return 1
    },
    nobody: (day) => (act(day), 1),
    mistake: (day) => (mistake(day), 1),
  }

  /** A few people think again: they edit or delete, before or after the confirmation. */
  const afterwards = (day: number, made: Act): void => {
    if (random.chance(1)) put(day + 1, { kind: 'edit', act: made.id, minutes: made.minutes + 15 })
    else if (random.chance(1)) put(day + 2, { kind: 'delete', act: made.id })
  }

  const mistake = (day: number): void => {
    const kind = random.weighted({ self: 2, rejected: 4, late: 3, old: 2, stranger: 2, host: 1 })
    const made = act(
      day,
      kind === 'old' ? { daysAgo: CLAIM_WINDOW_DAYS + 10 } : { category: 'community', ...(kind === 'rejected' ? {} : { daysAgo: 0 }) },
    )
    if (kind === 'self') confirm(soon(day), made, { by: { person: made.giver } })
    if (kind === 'rejected') confirm(soon(day), made, { by: { town: made.town }, role: 'municipality', verdict: 'rejected' })
    if (kind === 'late') confirm(day + CLAIM_WINDOW_DAYS + 5, made, {})
    if (kind === 'stranger') confirm(soon(day), made, { by: { person: people.length - 1 }, role: 'witness' })
    if (kind === 'host') confirm(soon(day), made, { by: { person: resident(made.giver) }, role: 'hostBody' })
  }

  return { happen: (day: number): number => ways[random.weighted(WAY_WEIGHTS)](day) }
}
