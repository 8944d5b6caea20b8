// Names that nothing here has, each told with the nearest that there is: fields of records and sheets, categories.

import { didYouMean } from '../../lexicons/nearest.ts'
import { unknownFieldsOf } from '../../lexicons/unknown-fields.ts'
import { categories } from '../journal/categories.ts'
import { reason, type Reason } from './outcome.ts'
import type { DeskRefusal } from './refusals.ts'

/** Of each field that the definition of a lexicon does not name. `lineOf`: the line that a path speaks of, where there are lines. */
export const unknownIn = (
  definition: string,
  value: object,
  code: DeskRefusal,
  lineOf: (path: readonly (string | number)[]) => number | null = () => null,
): readonly Reason[] => unknownFieldsOf(definition, value).map(({ path, told }) => reason(code, lineOf(path), told))

export const meantCategory = (typed: string): string =>
  didYouMean(
    typed,
    categories.map(({ code }) => code),
  )
