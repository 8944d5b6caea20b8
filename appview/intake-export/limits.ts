// How much taking the intake away may cost, by name. An export is one reading of all that was ever taken in.

/** Of anybody so many read at once, all together and from one address, and so many begin from one address in a while. */
export const PUBLIC_READERS_AT_ONCE = 64
export const PUBLIC_READERS_PER_ADDRESS = 3
export const PUBLIC_EXPORTS_PER_ADDRESS = 20
export const PUBLIC_EXPORTS_WINDOW_MS = 10 * 60_000
/** What anybody may take is made once and given to all who ask for so long after; so many that somebody still reads are kept, then the newest stays the newest. */
export const PUBLIC_COPY_FRESH_MS = 60_000
export const PUBLIC_COPIES_KEPT = 4
/** For desks together. */
export const DESK_EXPORTS_AT_ONCE = 2
/** Whoever takes longer for all of it, nothing for a while, or after the first while less than so much on the average is cut off. */
export const EXPORT_LIFE_MS = 30 * 60_000
export const EXPORT_STALL_MS = 30_000
export const EXPORT_LEAST_BYTES_A_SECOND = 32_768
export const EXPORT_WATCH_MS = 1_000
/** Asks again after so long when others are at it. */
export const BUSY_RETRY_SECONDS = 30

/** Of a relay and of a directory that are held against an intake. */
export const LEAVES_ASKED_AT_ONCE = 16
export const DIDS_ASKED_AT_ONCE = 8
export const LEAF_TIMEOUT_MS = 15_000
export const ANSWER_MAX_BYTES = 2_000_000
export const ANSWER_TIMEOUT_MS = 20_000
