// Runs the pure rule against the store: loads what it says it needs, until it says what changes.

import assert from 'node:assert/strict'
import { decideBatch } from '../journal/decide.ts'
import type { Changes, Doc, JournalEvent, Roster } from '../journal/model.ts'
import type { Books } from '../store/store.ts'

/** What these events change, given all that is folded before them. */
export const decideLoaded = async (
  books: Pick<Books, 'load' | 'documents'>,
  events: readonly JournalEvent[],
  roster: Roster,
): Promise<Changes> => {
  const all = await books.documents()
  const slice = new Map<string, Doc | null>()
  for (;;) {
    const answer = decideBatch(all ?? slice, events, roster)
    if (!('needs' in answer)) return answer
    const missing = answer.needs.filter((key) => !slice.has(key))
    assert.ok(all === null && missing.length > 0, 'the journal asks for documents it has been given')
    for (const [key, doc] of await books.load(missing)) slice.set(key, doc)
  }
}
