// Every limit of word after the fact, by name.

export const NOTIFY_EVERY_MS = 1_000
/** What waits at desks is looked at so often. */
export const NOTIFY_DESK_EVERY_MS = 5_000
/** After a failure: again after this, then twice as long, up to the other. */
export const NOTIFY_RETRY_FIRST_MS = 1_000
export const NOTIFY_RETRY_MAX_MS = 5 * 60_000
export const NOTIFY_ROWS = 500
/** So many pages of rows a turn, so that catching up leaves room for others. */
export const NOTIFY_PAGES = 4
/** The outbox holds whole statements: it is looked through so often. */
export const OUTBOX_EVERY_MS = 60_000
/** Of one receiver so many are kept; older ones than these days go, and are never told. */
export const NOTICES_EACH = 500
export const NOTICE_DAYS = 400
export const NOTICES_LISTED = 100
export const UNREAD_COUNTED = 99
/** At desks: drafts, records that were not published, jobs looked at of a town, and how many days of flags. */
export const DRAFTS_LOOKED_AT = 50
export const OUTBOX_LOOKED_AT = 100
export const JOBS_LOOKED_AT = 20
export const FLAG_DAYS = 7
/** Of a repo whose records a desk writes: what the books refused last. */
export const REFUSALS_LOOKED_AT = 20
export const HOSTS_LOOKED_AT = 1_000
/** A record that was tried so often, over some four minutes, waits long. */
export const LATE_ATTEMPTS = 8
/** Everything told is swept for its age so often. */
export const NOTICES_SWEPT_MS = 3_600_000

/** Hooks: how often they are looked at, how many at once, how many times as many a turn (the next turn goes on there), and how many notices go in one message. */
export const HOOKS_EVERY_MS = 2_000
export const HOOKS_LOOKED_AT = 500
export const HOOK_PAGES = 10
export const HOOK_BATCH = 50
/** So long a turn waits for answers before it looks at the next. */
export const HOOK_TURN_MS = 1_000
/** An answer that takes longer, or says more, is none. */
export const HOOK_TIMEOUT_MS = 10_000
export const HOOK_ANSWER_MAX_BYTES = 65_536
export const HOOK_RETRY_FIRST_MS = 5_000
export const HOOK_RETRY_MAX_MS = 60 * 60_000
/** After so many failures in a row a hook is stopped, which its owner sees. */
export const HOOK_ATTEMPTS = 12
export const HOOK_URL_MAX = 1_000
