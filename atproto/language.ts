// A language tag of BCP 47, as records name the languages of their texts. https://atproto.com/specs/lexicon#language

import { parseLanguageString } from '@atproto/syntax'
import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'

export type Language = Branded<'Language'>

/** Ours: no tag in use comes near it. */
const LANGUAGE_MAX_LENGTH = 128

export const isLanguage = (value: unknown): value is Language =>
  typeof value === 'string' && value.length <= LANGUAGE_MAX_LENGTH && parseLanguageString(value) !== null

/** Throws InvalidSyntax. */
export const parseLanguage = (value: unknown): Language => parseWith('language', isLanguage, value)
