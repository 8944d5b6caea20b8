// Every limit of processes beside one another, by name.

/** So long a lease's beat may stand still, by the clock of whoever waits for it, before it is taken over. */
export const LEASE_TTL_MS = 5_000
/** Beats within that time. */
export const LEASE_BEATS_PER_TTL = 5
/** Looks at a lease within that time. */
export const LEASE_LOOKS_PER_TTL = 10
/** A holder known to live on this machine may be at long work: it is given so many times as long. */
export const LEASE_ALIVE_TIMES = 3
/** Of what one process does at a time by name, such as renewing what somebody's server granted: so many leases, and so long one waits for another process. */
export const LOCK_PLACES = 1_024
export const LOCK_PATIENCE_MS = 60_000
/** A tool that would do what the holder does waits so many times as long to see whether there is one. */
export const TOOL_PATIENCE_TIMES = 2
/** After a post could not be begun, nothing is tried for so many times as long. */
export const POST_RETRY_TIMES = 2
/** Whoever was fenced off by a writer without the lease, an operator's tool or one that had stalled, leaves it so many times as long. */
export const FENCED_PAUSE_TIMES = 12
/** What the follower told longer ago than so many times a lease's time is no news: nobody follows. */
export const TOLD_FRESH_TIMES = 2

/** Processes that start at once in one folder wait for one another so long while keys and schema are made. */
export const OPENING_PATIENCE_MS = 120_000
export const OPENING_STEP_MS = 20
/** How long a deed waits until another process has sent its records; they are sent later all the same. */
export const SENT_PATIENCE_MS = 5_000
export const SENT_STEP_MS = 50

export const FIGURES_EVERY_MS = 1_000
/** So long after a deletion, earlier pages may still stand in the engine's log. */
export const PURGE_EVERY_MS = 10_000
/** What a caller is told to wait while the books are folded anew. */
export const FOLDING_RETRY_S = 10
/** Until a rebuild that broke off is gone on with. */
export const REBUILD_RETRY_MS = 2_000

/** So long the store may take to answer who asks whether traffic may come. */
export const READY_WAIT_MS = 3_000
/** So long a process that ends waits for a store that does not answer. With the grace of answers (server/serve.ts) within the thirty seconds of deploy/compose.yaml. */
export const CLOSE_PATIENCE_MS = 15_000

/** How often who stands by is judged whether it could take over. */
export const SUCCESSION_LOOK_MS = 10_000
/** So long and so much its relay may take to say whose log it has. */
export const ORIGIN_PATIENCE_MS = 3_000
export const ORIGIN_MAX_BYTES = 64 * 1024
