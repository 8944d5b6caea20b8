// A store with an intake and nothing folded yet, as a rebuild begins with.

import type { Books, Cursor } from '../appview/store/store.ts'
import { RULES } from '../appview/journal/rules.ts'
import type { TownIntake } from './town-intake.ts'

const NOTHING = { put: new Map(), transactions: [], refusals: [], dueAdd: [], dueRemove: [] }
const COMMIT_ROWS = 20_000

/** Gives the number of rows. */
export const fillIntake = async (books: Books, { roster, pages }: TownIntake): Promise<number> => {
  await books.setRoster(roster)
  const epoch = await books.takeEpoch()
  let { cursor } = await books.state()
  let waiting: Parameters<Books['commit']>[0]['intake'][number][] = []
  let count = 0
  const commit = async (): Promise<void> => {
    const last = waiting.at(-1)
    if (last === undefined) return
    const nextCursor: Cursor = { ...cursor, read: { leaf: last.leaf, instant: last.recordedAt }, step: cursor.step + 1 }
    await books.commit({ epoch, expectedCursor: cursor, nextCursor, intake: waiting, proofs: [], heads: [], changes: NOTHING })
    cursor = nextCursor
    count += waiting.length
    waiting = []
  }
  for (const page of pages()) {
    waiting = waiting.concat(page)
    if (waiting.length >= COMMIT_ROWS) await commit()
  }
  await commit()
  await books.resetFold(epoch, RULES)
  return count
}
