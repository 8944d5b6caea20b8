// Keys of documents: text that begins with the book, so that everything of one book lies together and a shard can be chosen by it. Numbers are filled up
// with noughts, so that the order of keys is the order of what they stand for.

/** Of an appview that names none. */
export const DEFAULT_BOOK = 'main'

const DIGITS = 12
const PLACE_DIGITS = 16
const LAST_CHARACTER = '\u{10ffff}'

const textOf = (part: string | number): string => (typeof part === 'number' ? String(part).padStart(DIGITS, '0') : part)

export const keyOf = (book: string, ...parts: readonly (string | number)[]): string => [book, ...parts.map(textOf)].join('/')

/** Of a place in the log (leaf and op in one number). */
export const placeKey = (book: string, place: number): string => `${book}/${String(place).padStart(PLACE_DIGITS, '0')}`

export type Range = { readonly $gte?: string; readonly $gt?: string; readonly $lt?: string; readonly $lte?: string }

/** All that begins with this. */
export const begins = (prefix: string): Range => ({ $gte: prefix, $lt: `${prefix}${LAST_CHARACTER}` })

/** The book of what is folded, which a rebuild makes anew while the former is still there. */
export const foldedBook = (book: string, generation: number): string => `${book}.${textOf(generation)}`

/** The index that is meant: where several are led by the book, the server would try all of them first. */
export const BY_ID = { _id: 1 } as const

/** All there is of a book. */
export const within = (book: string): { readonly b: string; readonly _id: Range } => ({ b: book, _id: begins(`${book}/`) })
