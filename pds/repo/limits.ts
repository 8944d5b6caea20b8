// Every limit of the repositories' room, by name. Limits of the protocol stand in atproto/limits.ts.

/** Writes and record bytes of one group commit; what is beyond waits for the next. */
export const GROUP_MAX_WRITES = 256
export const GROUP_MAX_BYTES = 4_000_000
/** Calls that may wait to be written, and the bytes of their records; beyond it callers are told to come back, and when. */
export const QUEUE_MAX_WRITES = 10_000
export const QUEUE_MAX_BYTES = 64_000_000
export const OVERLOADED_RETRY_SECONDS = 2
/** Tree nodes kept in memory, for all repos of the process together. */
export const NODE_CACHE_MAX_BYTES = 32_000_000
/** Bodies of the methods that write records; JSON is larger than the CBOR it becomes. */
export const RECORD_BODY_MAX_BYTES = 1_600_000
export const APPLY_WRITES_BODY_MAX_BYTES = 4_000_000
/** Repos exported at once, each on its own view of the database, and those that may wait for a place. */
export const EXPORT_MAX_RUNNING = 4
export const EXPORT_MAX_WAITING = 64
/** An export holds the database's past open; a reader slower than this is cut off. */
export const EXPORT_MAX_MS = 10 * 60_000
