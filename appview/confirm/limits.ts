// Bounds of private confirmation.

/** A code is shown and read while two people stand together. */
export const CODE_LIFE_MS = 3 * 60_000
/** Without letters and digits that are taken for one another when read out. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
export const CODE_LENGTH = 8
/** Codes of one person that stand at a time. */
export const MOST_CODES = 20
/** Wrong codes of one person within the life of a code. */
export const MOST_WRONG_CODES = 20
