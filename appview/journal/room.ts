// How many confirmations one action keeps: of each author the newest word of their own and the newest on behalf; of those of one level so many. Each
// level has its own room, so that whoever counts finds it, however many come who do not.

import type { ConfirmationNote } from './documents.ts'
import type { Draft } from './draft.ts'
import type { Level } from './level.ts'

/** As many as an action can name. */
const MOST_WITHOUT_LEVEL = 16
const MOST_OF_PERSONS = 32
const MOST_OF_HOST_BODIES = 32
/** Towns are as many as the roster has. */
const ROOMS: Readonly<Record<Level, number>> = {
  0: MOST_WITHOUT_LEVEL,
  1: MOST_OF_PERSONS,
  2: MOST_OF_HOST_BODIES,
  3: Number.POSITIVE_INFINITY,
}

/** Whether both are words of one author, both their own or both on behalf of others. */
export const isSameVoice = (one: ConfirmationNote, other: ConfirmationNote): boolean =>
  one.repo === other.repo && (one.onBehalf === null) === (other.onBehalf === null)

/** Whether a note finds its place beside others; `level` says what each would count. */
export const hasRoom = (
  draft: Draft,
  others: readonly ConfirmationNote[],
  note: ConfirmationNote,
  level: (note: ConfirmationNote) => Level,
): boolean => {
  if (others.length < MOST_WITHOUT_LEVEL) return true
  draft.want(() => others.flatMap(({ repo }) => [`hosts:${repo}`, `admissions:${repo}`]))
  const own = level(note)
  return others.filter((other) => level(other) === own).length < ROOMS[own]
}
