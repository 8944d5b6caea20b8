// Every limit of word after the fact, by name.

export const NOTIFY_EVERY_MS = 1_000
/** What waits at desks is looked at so often. */
export const NOTIFY_DESK_EVERY_MS = 5_000
/** After a failure: again after this, then twice as long, up to the other. */
export const NOTIFY_RETRY_FIRST_MS = 1_000
export const NOTIFY_RETRY_MAX_MS = 5 * 60_000
export const NOTIFY_ROWS = 500
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
/** Everything told is swept for its age so often. */
export const NOTICES_SWEPT_MS = 3_600_000
