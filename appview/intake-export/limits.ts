// How much taking the intake away may cost, by name. An export is one reading of all that was ever taken in.

/** For anybody: one at a time, and so long between two. */
export const PUBLIC_EXPORTS_AT_ONCE = 1
export const PUBLIC_EXPORT_PAUSE_MS = 60_000
/** For desks together. */
export const DESK_EXPORTS_AT_ONCE = 2
/** Whoever reads more slowly than that is cut off. */
export const EXPORT_LIFE_MS = 30 * 60_000
/** Asks again after so long when others are at it. */
export const BUSY_RETRY_SECONDS = 30

/** Of a relay and of a directory that are held against an intake. */
export const LEAVES_ASKED_AT_ONCE = 16
export const DIDS_ASKED_AT_ONCE = 8
export const LEAF_TIMEOUT_MS = 15_000
export const ANSWER_MAX_BYTES = 2_000_000
export const ANSWER_TIMEOUT_MS = 20_000
