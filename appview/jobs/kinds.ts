// How a kind of job is done: again from the start whenever somebody goes on with it, so each must come to the same however often it is begun.

import type { Outcome } from '../desk/outcome.ts'
import type { Json } from '../journal/model.ts'
import type { Job, JobKind, JobProgress } from '../store/jobs.ts'

/** While it is done. `signal`: somebody else has taken it over, or this process ends. */
export type Going = { readonly tell: (this: void, progress: JobProgress) => void; readonly signal: AbortSignal }

/** What it came to. A refusal ends it; whatever is thrown has it tried again. */
export type DoJob = (job: Job, going: Going) => Promise<Outcome<Json>>

/** Those this process can do; the others are left to whoever can. */
export type JobKinds = Partial<Record<JobKind, DoJob>>
