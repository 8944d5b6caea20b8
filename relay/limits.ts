// Every limit of the relay, by name, unit last. Those a network's operator may want to change are settings (config.ts) with these as defaults.

/** How long events can be replayed. Leaves stay for ever. */
export const WINDOW_HOURS = 72
export const PRUNE_EVERY_MS = 10 * 60_000
/** Frames kept in memory for followers at the tip. */
export const WINDOW_MEMORY_BYTES = 16 * 1_048_576

/** Accounts of one host, and its events per second, before the host is paused: hosts named by the operator, and all others. */
export const TRUSTED_HOST_MAX_ACCOUNTS = 1_000_000
export const TRUSTED_HOST_MAX_EVENTS_PER_SECOND = 50_000
export const HOST_MAX_ACCOUNTS = 10_000
export const HOST_MAX_EVENTS_PER_SECOND = 1_000
/** A host may save up so many seconds of its allowance. */
export const HOST_BURST_SECONDS = 10
/** After so long a host paused for its number of accounts is tried again: the limit may have been raised. */
export const HOST_PAUSE_MS = 60_000

export const NEW_HOSTS_PER_DAY = 50
export const ADMISSIONS_AT_ONCE = 8
export const DESCRIBE_SERVER_TIMEOUT_MS = 5_000
export const DESCRIBE_SERVER_MAX_BYTES = 64_000
export const HOSTNAME_MAX_LENGTH = 300

/** Pause before a host is dialled again: doubled each time up to the bound, each shortened by chance to at least half. */
export const BACK_OFF_FIRST_MS = 500
export const BACK_OFF_MAX_MS = 60_000
/** So many failed attempts in a row, and the host is shown as offline. It is dialled for ever all the same. */
export const OFFLINE_AFTER_FAILURES = 5
/** Above the protocol's limit, so that a frame somewhat too large can still be recognised when it comes again. */
export const HOST_FRAME_MAX_BYTES = 16_000_000
/** Frames of one host that could not be decoded and are passed over when they come again. */
export const PASSED_OVER_MAX_FRAMES = 64

/** Events of one host that are being checked at a time; above either, the host's socket is not read. */
export const LANE_MAX_EVENTS = 256
export const LANE_MAX_BYTES = 16_000_000
/** Checked events that share one transaction. */
export const GROUP_MAX_EVENTS = 128

/** A DID that failed a check after its identity was asked anew is not asked anew again for so long. */
export const REFUSED_REFRESH_PAUSE_MS = 1_000
export const IDENTITY_TIMEOUT_MS = 5_000
export const IDENTITIES_MAX = 100_000
