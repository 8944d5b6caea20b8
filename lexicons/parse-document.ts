// One lexicon document from JSON. Checks the form as @atproto/lexicon does, and that no definition of its own is `unknown`, which only a field may be.

import { parseLexiconDoc } from '@atproto/lexicon'
import type { LexiconDoc } from '@atproto/lexicon'

/** Throws an Error that names what is wrong. */
export const parseDocument = (value: unknown): LexiconDoc => {
  const document = parseLexiconDoc(value)
  for (const [name, definition] of Object.entries(document.defs))
    if (definition.type === 'unknown') throw new Error(`${document.id}#${name} may not be of type unknown`)
  return document
}
