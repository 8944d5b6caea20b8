// A close or a restatement as a job. What it does is one deed of the desk, whose line in the trail names the job: whoever goes on with it finds there
// whether it is done.

import { closeYear } from '../close/close-year.ts'
import type { CloseDeps, Closed } from '../close/close-year.ts'
import { closingPlace, uriOf } from '../close/record-keys.ts'
import { restateYear } from '../close/restate-year.ts'
import { done } from '../desk/outcome.ts'
import type { Actor, Outcome } from '../desk/outcome.ts'
import { fieldsOf } from '../journal/fields.ts'
import type { Json } from '../journal/model.ts'
import type { Desk } from '../store/desk.ts'
import type { Job } from '../store/jobs.ts'
import { keptAsk } from './job-ask.ts'
import type { JobAsk } from './job-ask.ts'
import type { DoJob } from './kinds.ts'

export type CloseJobDeps = Omit<CloseDeps, 'desk'> & { readonly desk: Pick<Desk, 'version' | 'persist' | 'rolesOf' | 'trail'> }

const LATELY = 50

export const closeJob =
  (deps: CloseJobDeps): DoJob =>
  async (job) => {
    const actor = { did: job.by, town: job.town }
    const ask = keptAsk(job.kind, job.ask)
    const before = await doneBefore(deps, job)
    if (before !== null) return done(before)
    const outcome = await closeOrRestate(deps, actor, ask, job.id)
    if (outcome.ok) return kept(outcome)
    // Whoever had this job before, and was taken for dead, may have done it meanwhile.
    const meanwhile = await doneBefore(deps, job)
    return meanwhile === null ? outcome : done(meanwhile)
  }

const closeOrRestate = (deps: CloseJobDeps, actor: Actor, ask: JobAsk, job: string): Promise<Outcome<Closed>> => {
  if (ask.kind === 'close') return closeYear(deps, actor, { ...ask, job })
  if (ask.kind === 'restate') return restateYear(deps, actor, { ...ask, job })
  throw new Error(`${ask.kind} is no close`)
}

const kept = (outcome: Outcome<Closed>): Outcome<Json> =>
  outcome.ok ? done({ ...outcome.value, statements: outcome.value.statements.map((one) => ({ ...one })) }) : outcome

/** What an earlier attempt came to. */
const doneBefore = async ({ desk, work, roster, flush }: CloseJobDeps, { town, id, ask }: Job): Promise<Json> => {
  const fiscalYear = Number(fieldsOf(ask)?.['fiscalYear'])
  const trail = await desk.trail(town, { on: String(fiscalYear), limit: LATELY })
  const { version, hash, gaps } =
    fieldsOf(
      trail.find(({ outcome, detail }) => outcome === 'done' && fieldsOf(detail)?.['job'] === id && 'hash' in (fieldsOf(detail) ?? {}))
        ?.detail ?? null,
    ) ?? {}
  const repo = roster().findLast((one) => one.code === town)?.did
  if (typeof version !== 'number' || repo === undefined) return null
  await flush()
  const place = closingPlace(repo, fiscalYear, version)
  const sent = (await work.outbox(repo, LOOKED_AT)).find(({ collection, rkey }) => collection === place.collection && rkey === place.rkey)
  return { version, hash: hash ?? null, record: uriOf(place), statements: membersOf(sent?.record['statements']), gaps: gaps ?? 0 }
}

const LOOKED_AT = 1_000

const membersOf = (statements: unknown): Json =>
  Array.isArray(statements)
    ? statements.map((one: unknown) => {
        const { entity, kind, hash } = fieldsOf(one as Json) ?? {}
        const bytes = fieldsOf(hash ?? null)?.['$bytes']
        return {
          entity: entity ?? null,
          kind: kind ?? null,
          hash: typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString('hex') : null,
        }
      })
    : []
