// Bounds of what is asked of other hosts for a lexicon.

export const LEXICON_PROOF_LIMITS = { maxBytes: 1_000_000, maxBlocks: 200 } as const
export const LEXICON_FRESH_MS = 60 * 60_000
export const LEXICON_FAILURE_FRESH_MS = 60_000
export const LEXICONS_REMEMBERED = 1_000
export const DNS_TIMEOUT_MS = 5_000
