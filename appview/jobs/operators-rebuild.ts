// A rebuild folds the books of every municipality of an appview anew. Where there are several it is the operator's, who has the store at hand: asked for in the
// store, it is done by whichever process follows the log.

import { TidClock } from '../../atproto/tid.ts'
import type { Clock } from '../../server/clock.ts'
import { StartError } from '../../server/start-error.ts'
import type { Roster } from '../journal/model.ts'
import { lookAgain } from '../desk/turns.ts'
import type { Seen } from '../store/desk.ts'
import type { Job } from '../store/jobs.ts'
import type { Store } from '../store/store.ts'
import { JOBS_LOOKED_AT } from './limits.ts'

/** Stands where the DID of whoever asked does. */
export const OPERATOR = 'operator'

export const hasSeveralTowns = (roster: Roster): boolean => new Set(roster.map(({ code }) => code)).size > 1

/** A job that waits. */
export const newJobOf = ({ town, id, kind, ask, by, askedAt }: Pick<Job, 'town' | 'id' | 'kind' | 'ask' | 'by' | 'askedAt'>): Job => ({
  town,
  id,
  kind,
  ask,
  state: 'waiting',
  version: 1,
  progress: { done: 0, total: 0, what: '' },
  by,
  askedAt,
  startedAt: null,
  endedAt: null,
  attempts: 0,
  result: null,
  reasons: [],
  holder: null,
  beatMs: 0,
})

type Asked = Pick<Store, 'books' | 'desk' | 'work'>

/** A roster to fold under, and its hash: whoever does it must have the same one in its file. */
export type NewRoster = { readonly roster: Roster; readonly hash: string }

/** Stands among the jobs of the first municipality. Throws StartError where there is none, or a rebuild waits already. */
export const askForRebuild = async ({ books, desk, work }: Asked, clock: Clock, under?: NewRoster): Promise<Pick<Job, 'town' | 'id'>> => {
  const [first] = (await books.state()).roster
  if (first === undefined) throw new StartError('these books know no municipality yet: start an appview on them first')
  return lookAgain(clock, () => askIn({ desk, work }, { town: first.code, ask: { ...under } }, clock))
}

const askIn = async ({ desk, work }: Omit<Asked, 'books'>, { town, ask }: Pick<Job, 'town' | 'ask'>, clock: Clock): Promise<Job> => {
  const seen: Seen = { part: 'desk', version: await desk.version(town, 'desk') }
  const waiting = (await work.openJobs(JOBS_LOOKED_AT)).find(({ kind }) => kind === 'rebuild')
  if (waiting !== undefined) throw new StartError(`a rebuild is waiting or under way already: ${waiting.id} of ${waiting.town}`)
  const id = new TidClock(() => clock.civilMs()).next()
  const askedAt = new Date(clock.civilMs()).toISOString()
  const job = newJobOf({ town, id, kind: 'rebuild', ask, by: OPERATOR, askedAt })
  await desk.persist({ town, seen, audit: [], jobs: [job] })
  return job
}
