// Runs the pure rule against the store: loads what it says it needs, until it says what changes.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { decideBatch, openBatch } from '../journal/decide.ts'
import { goneActs } from '../journal/erasure.ts'
import type { Changes, Doc, IntakeRow, JournalEvent, Roster, Slice } from '../journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Books } from '../store/store.ts'
import { EVENTS_AT_ONCE } from './limits.ts'

const PAGE = 1000

/** What these events change, given all that is folded before them. */
export const decideLoaded = async (
  books: Pick<Books, 'load' | 'documents' | 'rows'>,
  events: readonly JournalEvent[],
  roster: Roster,
): Promise<Changes> => {
  const all = await books.documents()
  return withGone(books, events, all === null ? await decideAsking(books, events, roster) : await decideAtHand(all, events, roster))
}

/** A portion at a time: whoever asks for a statement does not wait for all of them. */
const decideAtHand = async (all: Slice, events: readonly JournalEvent[], roster: Roster): Promise<Changes> => {
  const batch = openBatch(all, roster)
  for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
    if (at > 0) await setImmediate()
    batch.decide(events.slice(at, at + EVENTS_AT_ONCE))
  }
  const answer = batch.end()
  if ('needs' in answer) assert.fail('the journal asks for documents it has been given')
  return answer
}

const decideAsking = async (books: Pick<Books, 'load'>, events: readonly JournalEvent[], roster: Roster): Promise<Changes> => {
  const slice = new Map<string, Doc | null>()
  for (;;) {
    const answer = decideBatch(slice, events, roster)
    if (!('needs' in answer)) return answer
    const missing = answer.needs.filter((key) => !slice.has(key))
    assert.ok(missing.length > 0, 'the journal asks for documents it has been given')
    for (const [key, doc] of await books.load(missing)) slice.set(key, doc)
  }
}

/** An erasure leaves behind which acts of the account stand in the books. */
const withGone = async (books: Pick<Books, 'rows'>, events: readonly JournalEvent[], changes: Changes): Promise<Changes> => {
  if (changes.erased === undefined) return changes
  const { did } = changes.erased
  const own: IntakeRow[] = events.flatMap((event) => (event.kind === 'row' && event.row.repo === did ? [event.row] : []))
  for (let before: { leaf: number; op: number } | undefined; ;) {
    const rows = await books.rows({ repo: did, collection: nsid.action, limit: PAGE, ...(before === undefined ? {} : { before }) })
    own.push(...rows)
    before = rows.at(-1)
    if (rows.length < PAGE) return { ...changes, put: new Map<string, Doc | null>([...changes.put, ...goneActs(own)]) }
  }
}
