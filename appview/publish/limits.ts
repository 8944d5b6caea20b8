// Every limit of publishing, by name.

export const PUBLISH_BATCH = 50
export const PUBLISH_EVERY_MS = 1_000
/** How often it is looked whether somebody was erased, how soon again where a town cannot be published as, and how many of them at once. */
export const ERASED_EVERY_MS = 5_000
export const ERASED_AGAIN_MS = 60_000
export const ERASED_LOOKED_AT = 200
export const PUBLISH_RETRY_FIRST_MS = 1_000
export const PUBLISH_RETRY_MAX_MS = 10 * 60_000
/** Refusals of the PDS that will not pass by themselves are given up after so many tries. */
export const PUBLISH_ATTEMPTS = 20
/** What waits is counted so often. */
export const WAITING_LOOKED_EVERY_MS = 2_000
/** Of what the log says of one key so much is looked at, newest first. */
export const PUBLISH_LOGGED_LOOKED_AT = 100
