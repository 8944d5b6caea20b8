// What happens in the demo towns beside the story, on each day on which somebody writes: acts, their confirmations, and the mistakes that people make.
// Pure, from a seed.

import { hostBodies, type Person } from './cast.ts'
import { createPen, isSensitive, MINUTES, type Pen, type PenPaper } from './pen.ts'
import type { Random } from './random.ts'
import type { Act, Step } from './step.ts'

/** Steps by writing day. Within a day in the order in which they are written. */
export type Plan = readonly (readonly Step[])[]

const ACTS = 3_900
const SPREAD_PERCENT = 40
const WAY_WEIGHTS = { beneficiary: 66, event: 12, witness: 4, nobody: 5, mistake: 2 }
const PRIVATE_PERCENT = 85
const PUBLIC_WHERE_SENSITIVE_PERCENT = 35
const CLAIM_WINDOW_DAYS = 90
const EVENT_GIVERS_MAX = 6
const EVENT_NUMBERS = 1_000_000

type Way = keyof typeof WAY_WEIGHTS

/** Everything that happens on these days among these people. */
export const planActs = (random: Random, given: Omit<PenPaper, 'random' | 'steps'>): Plan => {
  const { people, dates } = given
  const steps: Step[][] = dates.map(() => [])
  const pen = createPen({ ...given, random, steps })
  const ways = waysOf(random, people, pen)
  const each = ACTS / dates.length
  for (const at of dates.keys()) {
    const count = Math.round((each * (100 - SPREAD_PERCENT + random.below(2 * SPREAD_PERCENT))) / 100)
    for (let done = 0; done < count;) done += ways[random.weighted(WAY_WEIGHTS)](at)
  }
  return steps
}

/** Each way in which help comes about; answers how many acts it wrote. */
const waysOf = (random: Random, people: readonly Person[], pen: Pen): Readonly<Record<Way, (at: number) => number>> => {
  const { act, confirm, resident, soon } = pen
  return {
    beneficiary: (at) => {
      const made = forSomebody(random, pen, at)
      thinkAgain(random, pen, soon(at), made)
      return 1
    },
    event: (at) => {
      const host = random.below(hostBodies.length)
      const body = hostBodies[host]
      if (body === undefined) return 0
      const category = body.categories[random.below(body.categories.length)] ?? 'community'
      const eventId = `event-${at}-${random.below(EVENT_NUMBERS)}`
      const minutes = random.pick(MINUTES)
      const size = 2 + random.below(EVENT_GIVERS_MAX)
      const taken = new Set<number>()
      while (taken.size < size) taken.add(resident(-1))
      for (const giver of taken) {
        const made = act(at, {
          giver,
          category,
          minutes,
          hostBody: host,
          eventId,
          town: body.town,
          daysAgo: 0,
          beneficiaries: [{ class: 'public' }],
        })
        confirm(soon(at), made, { by: { host }, role: 'hostBody', minutes, receivers: [{ class: 'public' }] })
      }
      return size
    },
    witness: (at) => {
      const made = act(at)
      confirm(soon(at), made, { role: 'witness', receivers: [{ class: 'unnamed' }] })
      return 1
    },
    nobody: (at) => (act(at), 1),
    mistake: (at) => (mistake(random, people, pen, at), 1),
  }
}

/** Help for one person of one's own town; in the other one helps at events. Most keep their name to themselves: they tell their municipality, which says only that somebody did. */
const forSomebody = (random: Random, pen: Pen, at: number): Act => {
  const { act, confirm, confirmPrivately, later, soon } = pen
  const [giver, category] = [pen.giver(at), pen.category()]
  const town = pen.townOf(giver, at)
  const receiver = pen.resident(giver, { town, at })
  if (!isSensitive(category) && random.chance(PRIVATE_PERCENT)) {
    const made = act(at, { giver, category, town, beneficiaries: [{ class: 'person', person: receiver }] })
    confirmPrivately(Math.max(later(at, 1), soon(at)), made, receiver)
    return made
  }
  if (!isSensitive(category) || random.chance(PUBLIC_WHERE_SENSITIVE_PERCENT)) {
    const made = act(at, { giver, category })
    confirm(soon(at), made, { by: { person: receiver }, ...(random.chance(6) ? { minutes: Math.max(10, made.minutes - 15) } : {}) })
    return made
  }
  const made = act(at, { giver, category, beneficiaries: [{ class: 'unnamed', count: 1 + random.below(3) }] })
  confirm(soon(at), made, {
    by: { town: made.town },
    role: 'municipality',
    minutes: made.minutes,
    receivers: [{ class: 'unnamed' }],
    onBehalf: 'beneficiary',
  })
  return made
}

/** A few people edit or delete what they wrote, before or after its confirmation. */
const thinkAgain = (random: Random, pen: Pen, at: number, made: Act): void => {
  const thought = random.weighted({ edit: 1, delete: 1, stand: 98 })
  if (thought === 'edit') pen.put(pen.later(at, 1), { kind: 'edit', act: made.id, minutes: made.minutes + 15 })
  if (thought === 'delete') pen.put(pen.later(at, 2), { kind: 'delete', act: made.id })
}

/** Each of these ends in a coded refusal that the person concerned can see. */
const mistake = (random: Random, people: readonly Person[], pen: Pen, at: number): void => {
  const { act, confirm, later, resident, soon } = pen
  const kind = random.weighted({ self: 2, rejected: 4, late: 3, old: 2, stranger: 2, host: 1 })
  const made = act(
    at,
    kind === 'old' ? { daysAgo: CLAIM_WINDOW_DAYS + 10 } : { category: 'community', ...(kind === 'rejected' ? {} : { daysAgo: 0 }) },
  )
  if (kind === 'self') confirm(soon(at), made, { by: { person: made.giver } })
  if (kind === 'rejected') confirm(soon(at), made, { by: { town: made.town }, role: 'municipality', verdict: 'rejected' })
  if (kind === 'late') confirm(later(at, CLAIM_WINDOW_DAYS + 5), made, {})
  if (kind === 'stranger') confirm(soon(at), made, { by: { person: people.length - 1 }, role: 'witness' })
  if (kind === 'host') confirm(soon(at), made, { by: { person: resident(made.giver) }, role: 'hostBody' })
}
