// Every limit of who is calling, by name.

export const SESSION_LIFE_MS = 12 * 60 * 60_000
/** A sign-in that was begun and not finished. */
export const REQUEST_LIFE_MS = 15 * 60_000
/** Tokens that nobody used for so long are forgotten; servers end theirs sooner. */
export const GRANT_LIFE_MS = 180 * 24 * 60 * 60_000
/** Sign-ins that are asking their servers at one moment. */
export const SIGN_INS_AT_ONCE = 64
/** Sign-ins begun from one address in SIGN_IN_WINDOW_MS; a hall full of people may share one. */
export const SIGN_INS_PER_ADDRESS = 200
export const SIGN_IN_WINDOW_MS = 5 * 60_000
/** Rows sealed anew in one step after the secret was rotated. */
export const RENEW_BATCH = 500
export const REMEMBERED_TOKENS = 100_000
export const PDS_ANSWER_MAX_BYTES = 1_000_000
export const PDS_TIMEOUT_MS = 10_000
