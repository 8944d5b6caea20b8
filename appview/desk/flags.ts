// The audit queue: what the books flagged, and who gave most in a month, newest day first. It changes no figure. What is in order is set aside with a
// reason, which stands in the trail; what is not becomes a dispute, which two persons rule on.

import { addDays, isMonth, periodOfMonth } from '../journal/calendar.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import { actsBehind, createEarners, type Earners } from './earners.ts'
import type { Desks, Office } from './office.ts'
import type { DeskOperations, FlagView } from './operations.ts'
import { done, refused } from './outcome.ts'

const PAGE = 200
const MOST = 500
const TEXT_MAX = 1024
/** Flags of this many days are looked through; older ones have had their time. */
const DAYS_BACK = 400
const MONTH_LENGTH = 'YYYY-MM'.length
const TOP_EARNER = 'audit.top-earner'

export const flagDeeds = (desks: Desks): Pick<DeskOperations, 'flags' | 'dismissFlag'> => {
  const earners = createEarners()
  const all = async (office: Office, day: string): Promise<readonly FlagView[]> => [
    ...(await earnersOfDay(office, earners, day)),
    ...(await flagsOfDay(office, day)),
  ]
  return {
    flags: (actor, { cursor, limit }) =>
      desks.look(actor, 'flag.read', async (office) => {
        const days = (await daysOf(office)).filter((day) => cursor === undefined || day < cursor)
        const items: FlagView[] = []
        let last: string | null = null
        // Whole days, so that a day is a cursor.
        for (const day of days) {
          if (items.length >= Math.min(limit, MOST)) return done({ items, cursor: last })
          items.push(...(await all(office, day)))
          last = day
        }
        return done({ items, cursor: null })
      }),
    dismissFlag: (actor, { id, reason }) =>
      desks.perform(actor, { deed: 'flag.dismiss', on: id }, async (office) => {
        if (reason === '' || reason.length > TEXT_MAX) return refused('flag.reason-missing')
        const day = id.split('/')[0] ?? ''
        const flag = (await all(office, day)).find((one) => one.id === id)
        if (flag === undefined) return refused('flag.unknown', id)
        if (flag.isDismissed) return refused('flag.dismissed', id)
        // That it is dismissed stands in the trail alone; it is so once.
        return { ok: true, value: { ...flag, isDismissed: true }, changes: {}, detail: { reason } }
      }),
  }
}

/** Days with flags, and the last ones of months that are over; newest first. */
const daysOf = async (office: Office): Promise<readonly string[]> =>
  [...new Set([...(await flaggedDays(office)), ...lastDays(office)])].toSorted().toReversed()

const lastDays = ({ today }: Office): readonly string[] => {
  const days: string[] = []
  for (let day = lastOfMonthBefore(today); day >= addDays(today, -DAYS_BACK); day = lastOfMonthBefore(day)) days.push(day)
  return days
}

const lastOfMonthBefore = (day: string): string => addDays(`${day.slice(0, MONTH_LENGTH)}-01`, -1)

const flaggedDays = async (office: Office): Promise<readonly string[]> =>
  (await Promise.all(office.codes.map((code) => flaggedDaysOf(office, code)))).flat()

const flaggedDaysOf = async ({ books, today }: Office, code: string): Promise<readonly string[]> => {
  const prefix = `flags:${code}/`
  const days: string[] = []
  for (let after: string | null = `${prefix}${addDays(today, -DAYS_BACK)}`; after !== null;) {
    const keys: readonly string[] = await books.keys(prefix, after, PAGE)
    days.push(...keys.map((key) => key.slice(prefix.length)))
    after = keys.length < PAGE ? null : (keys.at(-1) ?? null)
  }
  return days
}

/** On the last day of a month, once it is over. */
const earnersOfDay = async (office: Office, earners: Earners, day: string): Promise<readonly FlagView[]> => {
  const { books, town, today } = office
  const month = day.slice(0, MONTH_LENGTH)
  if (!isMonth(month) || day >= today || day !== periodOfMonth(month).through) return []
  const views: FlagView[] = []
  for (const { entity, minutes } of await earners(books, town.code, month)) {
    const id = `${day}/${TOP_EARNER}/${entity}`
    const acts = await actsBehind(books, town.code, month, entity)
    views.push({
      id,
      day,
      code: TOP_EARNER,
      action: null,
      uri: null,
      leaf: null,
      isDismissed: await isDismissed(office, id),
      earner: { entity, minutes, acts },
    })
  }
  return views
}

const flagsOfDay = async (office: Office, day: string): Promise<readonly FlagView[]> => {
  const { books, codes } = office
  const docs = await Promise.all(codes.map((code) => readDoc(books, 'flags', `flags:${code}/${day}`)))
  const flags = docs.flatMap((doc) => doc?.flags ?? [])
  const views: FlagView[] = []
  for (const { code, action, leaf, op } of flags) {
    const id = `${day}/${leaf}/${op}/${code}`
    views.push({ id, day, code, action, uri: await uriAt(books, action), leaf, isDismissed: await isDismissed(office, id) })
  }
  return views
}

const isDismissed = async ({ desk, codes }: Office, id: string): Promise<boolean> => {
  const trails = await Promise.all(codes.map((code) => desk.trail(code, { on: id, limit: 5 })))
  return trails.flat().some(({ deed, outcome }) => deed === 'flag.dismiss' && outcome === 'done')
}

/** `place`: leaf/op. */
const uriAt = async (books: Books, place: string): Promise<string | null> => {
  const [leaf = 0, op = 0] = place.split('/').map(Number)
  const [row] = await books.intake({ leaf, op: op - 1 }, 1)
  return row?.leaf === leaf && row.op === op ? row.uri : null
}
