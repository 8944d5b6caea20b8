// Fills a new demo network through XRPC, as its people and its desks would: a fiscal year of mutual aid, its close, and the time since, on a clock that
// every server steps together.

import { systemClock } from '../../server/clock.ts'
import { civilAt } from '../network/civil-now.ts'
import { runClocks, stepClocks } from '../network/clocks.ts'
import { openNewTowns, type RunningNetwork } from '../network/start-network.ts'
import { readLogins, type Login } from '../network/folder.ts'
import { progressBar } from '../progress.ts'
import { createCast } from './accounts.ts'
import { addDays, demoCalendar, demoOpening, midnightMs, type Calendar, type StoryDay } from './calendar.ts'
import { auditor, castPeople, desks, hostBodies } from './cast.ts'
import type { Tell } from './chapters/chapter.ts'
import { tellStory } from './chapters/story.ts'
import { openDesks } from './open-desks.ts'
import { planActs } from './plan-year.ts'
import { seededRandom } from './random.ts'
import { newestCommits } from './settle.ts'
import { createStage } from './stage.ts'
import { createStepWriter } from './write-steps.ts'

const SEED = 20_260_401
const EVENING_MS = 19 * 3_600_000
const MINUTE_MS = 60_000
const EVENING_MINUTES = 180
const LOGINS_SHOWN = 12
/** Whoever leaves records nothing in the days before, so that all of it is confirmed. */
const WINDING_DOWN_DAYS = 45

/** Writes the demo's story and brings the clocks to the present. Throws where a server refuses what the plan holds to be right. */
export const fillDemo = async (network: RunningNetwork, dir: string, say: (line: string) => void): Promise<void> => {
  const nowMs = systemClock().realMs()
  const random = seededRandom(SEED)
  // Who takes part hangs on no date.
  const people = castPeople(seededRandom(SEED))
  const calendar = demoCalendar(nowMs, random)
  const leaves = addDays(calendar.day.deleteAccount, -WINDING_DOWN_DAYS)
  const plan = planActs(random, { people, dates: calendar.dates, opening: calendar.day.opening, leaves, moves: calendar.day.move })
  const bar = progressBar('Two towns live a year', process.stdout)
  const total = people.length + hostBodies.length + 2 * desks.length + [auditor].length + plan.length
  let done = 0
  const step = (): void => bar.show(++done, total)
  const told: string[] = []

  const now = civilAt(Date.parse(demoOpening(nowMs)))
  await openNewTowns(network, { from: now.date, now: now.instant })
  const cast = await createCast(network, dir, people, step)
  const newest = newestCommits()
  const stage = createStage({ network, dir, calendar, people, cast, now, newest, say: (line) => void told.push(line) })
  await openDesks(stage)
  const write = createStepWriter(stage)
  const chaptersOf = storyBy(calendar)
  for (const [i, date] of calendar.dates.entries()) {
    stage.now = civilAt(midnightMs(date) + EVENING_MS + random.below(EVENING_MINUTES) * MINUTE_MS)
    await stepClocks(network.urls, stage.now.instant)
    await write(plan[i] ?? [])
    const chapters = chaptersOf(date)
    if (chapters.length > 0) await stage.settled()
    for (const tell of chapters) await tell(stage)
    await stage.relayed()
    step()
  }
  await runClocks(network.urls)
  await stage.settled()
  bar.done()
  for (const line of told) say(line)
  sayLogins(dir, say)
}

const storyBy = ({ day }: Calendar): ((date: string) => readonly Tell[]) => {
  const tellsOf = tellStory()
  const names = Object.keys(day) as StoryDay[]
  return (date) => names.filter((name) => day[name] === date).flatMap((name) => tellsOf(name))
}

const RANKS = ['resident', 'visitor']

/** Towns, desks and host bodies first, then residents, those who show their statement before the others. */
const sayLogins = (dir: string, say: (line: string) => void): void => {
  const logins = readLogins(dir)
  const rank = ({ what }: Login): number => RANKS.findIndex((start) => what.startsWith(start)) * 2 - (what.includes('shows') ? 1 : 0)
  const shown = logins.toSorted((a, b) => rank(a) - rank(b)).slice(0, LOGINS_SHOWN)
  say(`\nLogins (handle, password, who); all ${logins.length} are in logins.json in the data folder:`)
  for (const login of shown) say(`  ${login.handle.padEnd(22)} ${login.password}   ${login.what}`)
}
