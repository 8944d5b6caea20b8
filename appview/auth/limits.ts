// Every limit of who is calling, by name.

export const SESSION_LIFE_MS = 12 * 60 * 60_000
export const REMEMBERED_TOKENS = 100_000
export const PDS_ANSWER_MAX_BYTES = 1_000_000
export const PDS_TIMEOUT_MS = 10_000
