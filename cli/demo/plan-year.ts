// What happens in the demo towns, day by day: acts, their confirmations, and the mistakes that people make. Pure, from a seed.

import { hostBodies, type Person } from './cast.ts'
import { createPen, MINUTES, type Pen } from './pen.ts'
import type { Random } from './random.ts'
import type { Act, Step } from './step.ts'

/** Steps by day (0 = the first). Within a day: acts, then confirmations, then edits and deletions. */
export type Year = readonly (readonly Step[])[]

const ACTS_PER_DAY_MIN = 11
const ACTS_PER_DAY_SPREAD = 14
const WAY_WEIGHTS = { beneficiary: 50, event: 12, onBehalf: 16, witness: 4, nobody: 5, mistake: 2 }
const CLAIM_WINDOW_DAYS = 90
const EVENT_GIVERS_MAX = 6
const EVENT_NUMBERS = 1_000_000

type Way = keyof typeof WAY_WEIGHTS

/** Everything that happens on `days` days among these people. */
export const planYear = (random: Random, people: readonly Person[], days: number): Year => {
  const year: Step[][] = Array.from({ length: days }, () => [])
  const pen = createPen(random, people, year)
  const ways = waysOf(random, people, pen)
  for (let day = 0; day < days; day++) {
    const count = ACTS_PER_DAY_MIN + random.below(ACTS_PER_DAY_SPREAD)
    for (let done = 0; done < count;) done += ways[random.weighted(WAY_WEIGHTS)](day)
  }
  const order = { act: 0, confirm: 1, edit: 2, delete: 3 }
  return year.map((steps) => steps.toSorted((a, b) => order[a.kind] - order[b.kind]))
}

/** Each way in which help comes about; answers how many acts it wrote. */
const waysOf = (random: Random, people: readonly Person[], pen: Pen): Readonly<Record<Way, (day: number) => number>> => {
  const { act, confirm, resident, soon } = pen
  return {
    beneficiary: (day) => {
      const made = act(day)
      confirm(soon(day), made, random.chance(6) ? { minutes: Math.max(10, made.minutes - 15) } : {})
      thinkAgain(random, pen, soon(day), made)
      return 1
    },
    event: (day) => {
      const host = random.below(hostBodies.length)
      const body = hostBodies[host]
      if (body === undefined) return 0
      const category = body.categories[random.below(body.categories.length)] ?? 'community'
      const eventId = `event-${day}-${random.below(EVENT_NUMBERS)}`
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
    mistake: (day) => (mistake(random, people, pen, day), 1),
  }
}

/** A few people edit or delete what they wrote, before or after its confirmation. */
const thinkAgain = (random: Random, pen: Pen, day: number, made: Act): void => {
  const thought = random.weighted({ edit: 1, delete: 1, stand: 98 })
  if (thought === 'edit') pen.put(day + 1, { kind: 'edit', act: made.id, minutes: made.minutes + 15 })
  if (thought === 'delete') pen.put(day + 2, { kind: 'delete', act: made.id })
}

/** Each of these ends in a coded refusal that the person concerned can see. */
const mistake = (random: Random, people: readonly Person[], pen: Pen, day: number): void => {
  const { act, confirm, resident, soon } = pen
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
