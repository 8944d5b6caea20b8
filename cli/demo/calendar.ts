// When the demo's story takes place: it opens on the first of April of the last fiscal year that could be closed and told to its end, and lives to yesterday.
// What is told on fixed days has its name here; between them people write every few days.

import type { Random } from './random.ts'

const DAY_MS = 86_400_000
const JST_OFFSET_MS = 9 * 3_600_000
const MORNING_MS = 7 * 3_600_000
const DATE_LENGTH = 10
const YEAR_LENGTH = 4
/** By then the story of a closed year is over. */
const STORY_ENDS = '07-20'
const GAP_MIN_DAYS = 2
const GAP_SPREAD_DAYS = 5

/** The story's days, in order; it opens on the first of the closed fiscal year. */
const storyDays = (year: number, today: string) =>
  ({
    opening: `${year}-04-01`,
    neighbours: `${year}-05-18`,
    actBeforeMove: `${year}-09-25`,
    move: `${year}-10-01`,
    confirmAfterMove: `${year}-10-06`,
    actUpheld: `${year}-12-07`,
    openUpheld: `${year}-12-14`,
    ruleUpheld: `${year}-12-21`,
    actDismissed: `${year + 1}-01-11`,
    openDismissed: `${year + 1}-01-18`,
    ruleDismissed: `${year + 1}-01-25`,
    actOfOpenDispute: `${year + 1}-03-08`,
    lateActs: `${year + 1}-03-16`,
    laterActs: `${year + 1}-03-23`,
    household: `${year + 1}-05-11`,
    openDispute: `${year + 1}-05-20`,
    close: `${year + 1}-06-02`,
    confirmLate: `${year + 1}-06-03`,
    deleteAccount: `${year + 1}-06-09`,
    confirmLater: `${year + 1}-06-10`,
    restate: `${year + 1}-06-17`,
    stampSheet: `${year + 1}-06-28`,
    eveOfErasure: `${year + 1}-07-08`,
    erasure: `${year + 1}-07-10`,
    yesterday: addDays(today, -1),
  }) as const

export type StoryDay = keyof ReturnType<typeof storyDays>

export type Calendar = {
  /** The fiscal year that is closed in the story. */
  readonly closedYear: number
  readonly day: Readonly<Record<StoryDay, string>>
  /** Days on which something is written, the story's among them, in order. */
  readonly dates: readonly string[]
}

export const dateAt = (ms: number): string => new Date(ms + JST_OFFSET_MS).toISOString().slice(0, DATE_LENGTH)

/** 00:00 of a civil date in Asia/Tokyo, epoch milliseconds. */
export const midnightMs = (date: string): number => Date.parse(date) - JST_OFFSET_MS

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, DATE_LENGTH)

export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS

const closedYearAt = (today: string): number => {
  const year = Number(today.slice(0, YEAR_LENGTH))
  return today.slice(YEAR_LENGTH + 1) >= STORY_ENDS ? year - 1 : year - 2
}

export const demoCalendar = (nowMs: number, random: Random): Calendar => {
  const today = dateAt(nowMs)
  const closedYear = closedYearAt(today)
  const day = storyDays(closedYear, today)
  const dates = new Set<string>(Object.values(day).filter((date) => date !== day.opening))
  for (let date = addDays(day.opening, 1); date < today; date = addDays(date, GAP_MIN_DAYS + random.below(GAP_SPREAD_DAYS))) dates.add(date)
  return { closedYear, day, dates: [...dates].toSorted() }
}

/** The instant at which the demo opens: seven in the morning of its first day, ISO. */
export const demoOpening = (nowMs: number): string => {
  const today = dateAt(nowMs)
  return new Date(midnightMs(storyDays(closedYearAt(today), today).opening) + MORNING_MS).toISOString()
}
