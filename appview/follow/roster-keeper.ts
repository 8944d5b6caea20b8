// The roster a running appview folds under: the store's, with what the roster file has added to it.

import { StartError } from '../../server/start-error.ts'
import type { Log } from '../../server/log.ts'
import type { Roster } from '../journal/model.ts'
import type { Books } from '../store/store.ts'
import { changeRoster, readRosterFile } from './roster.ts'

export type RosterKeeper = {
  readonly current: () => Roster
  /** Reads the file again. Additions are taken up from the next leaf; anything else changes nothing. Resolves to a sentence. */
  readonly reload: () => Promise<string>
}

/** Throws StartError when the file cannot be used or changes who is in the books. */
export const openRosterKeeper = async ({ books, file, log }: { books: Books; file: string; log: Log }): Promise<RosterKeeper> => {
  let { roster } = await books.state()
  const takeUp = async () => {
    const listed = await readRosterFile(file)
    const { cursor } = await books.state()
    const change = changeRoster(roster, listed, cursor.read.leaf + 1)
    if (!change.ok || change.added.length === 0) return change
    await books.setRoster(change.roster)
    roster = change.roster
    for (const { code, fromLeaf } of change.added) log.info('town.added', { code, fromLeaf })
    return change
  }
  const first = await takeUp()
  if (!first.ok) throw new StartError(first.sentence)
  return {
    current: () => roster,
    reload: async () => {
      try {
        const change = await takeUp()
        if (!change.ok) log.error('roster.refused', { reason: change.sentence })
        if (!change.ok) return change.sentence
        return change.added.length === 0 ? 'The roster is unchanged' : `Added ${change.added.map(({ code }) => code).join(', ')}`
      } catch (error) {
        if (!(error instanceof StartError)) throw error
        log.error('roster.refused', { reason: error.message })
        return error.message
      }
    },
  }
}
