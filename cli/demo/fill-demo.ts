// Fills a new demo network through XRPC, as its people would: a fiscal year of mutual aid on a clock that every server steps together.

import { systemClock } from '../../server/clock.ts'
import { civilAt } from '../network/civil-now.ts'
import { runClocks, stepClocks } from '../network/clocks.ts'
import { openNewTowns, type RunningNetwork } from '../network/start-network.ts'
import { readLogins, type Login } from '../network/folder.ts'
import { progressBar } from '../progress.ts'
import { createCast, registerCast } from './accounts.ts'
import { castPeople, hostBodies } from './cast.ts'
import { demoDays, demoOpening } from './demo-days.ts'
import { planYear } from './plan-year.ts'
import { seededRandom } from './random.ts'
import { newestCommits, untilBooked, untilRelayed } from './settle.ts'
import { createStepWriter } from './write-steps.ts'

const SEED = 20_260_401
const EVENING_MS = 19 * 3_600_000
const MINUTE_MS = 60_000
const EVENING_MINUTES = 180
const LOGINS_SHOWN = 9

/** Writes the demo's year and brings the clocks to the present. Throws where a server refuses what the plan holds to be right. */
export const fillDemo = async (network: RunningNetwork, dir: string, say: (line: string) => void): Promise<void> => {
  const random = seededRandom(SEED)
  const days = demoDays(systemClock().realMs())
  const people = castPeople(random)
  const year = planYear(random, people, days.length)
  const total = people.length + hostBodies.length + year.length
  const bar = progressBar('Filling two towns', process.stdout)
  let done = 0
  const step = (): void => bar.show(++done, total)

  const opening = civilAt(Date.parse(demoOpening(systemClock().realMs())))
  await openNewTowns(network, { from: opening.date, now: opening.instant })
  const cast = await createCast(network, dir, people, step)
  await registerCast(cast, people, { from: opening.date, now: opening.instant })

  const newest = newestCommits()
  const write = createStepWriter(
    cast,
    network.file().towns.map((town) => town.code),
    newest,
  )
  for (const [i, day] of days.entries()) {
    const evening = civilAt(day.startMs + EVENING_MS + random.below(EVENING_MINUTES) * MINUTE_MS)
    await stepClocks(network.urls, evening.instant)
    await write(year[i] ?? [], evening)
    await untilRelayed(network.urls, newest)
    step()
  }
  await runClocks(network.urls)
  await untilBooked(network.urls)
  bar.done()
  sayLogins(dir, say)
}

const RANKS = ['resident', 'visitor']

/** Towns and host bodies first, then residents, those who show their statement before the others. */
const sayLogins = (dir: string, say: (line: string) => void): void => {
  const logins = readLogins(dir)
  const rank = ({ what }: Login): number => RANKS.findIndex((start) => what.startsWith(start)) * 2 - (what.includes('shows') ? 1 : 0)
  const shown = logins.toSorted((a, b) => rank(a) - rank(b)).slice(0, LOGINS_SHOWN)
  say(`\nLogins (handle, password, who); all ${logins.length} are in logins.json in the data folder:`)
  for (const login of shown) say(`  ${login.handle.padEnd(22)} ${login.password}   ${login.what}`)
}
