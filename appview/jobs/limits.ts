// Every limit of long work, by name.

/** Waiting jobs are looked for so often; whoever asks for one wakes its own process at once. */
export const JOBS_EVERY_MS = 1_000
/** Who is at a job says so this often, with how far it is. */
export const JOB_BEAT_MS = 1_000
/** Whoever was silent so long is taken for dead, and another process goes on. */
export const JOB_LEASE_MS = 10_000
export const JOBS_AT_ONCE = 2
export const JOBS_LOOKED_AT = 200
/** So often a job is begun or gone on with before it is given up. */
export const JOB_ATTEMPTS = 3
export const JOB_RETRY_MS = 2_000
export const JOB_RETRY_MAX_MS = 60_000
/** The answer to whoever asks for a close waits so long for its end. */
export const JOB_PATIENCE_MS = 2_000
export const JOB_LOOK_EVERY_MS = 20
export const JOBS_LISTED = 100
/** Files made by jobs are taken away within a week. */
export const JOB_FILES_KEPT_MS = 7 * 86_400_000
export const JOB_FILES_SWEPT_MS = 3_600_000
/** Of waiting and running ones of a town. */
export const JOBS_WAITING = 20
