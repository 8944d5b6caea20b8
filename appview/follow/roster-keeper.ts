// The roster a running appview folds under: the store's, with what the roster file has added to it.

import { StartError } from '../../server/start-error.ts'
import type { Log } from '../../server/log.ts'
import type { Roster } from '../journal/model.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import type { Books } from '../store/store.ts'
import { changeRoster, changesBetween, readRosterFile, rosterOfRebuild } from './roster.ts'

export type RosterKeeper = {
  readonly current: () => Roster
  /**
   * Reads the file again. Additions are taken up from the next leaf; anything else changes nothing. Resolves to a sentence. `between`: does it when no batch is
   * under way, since what is decided already was decided without them.
   */
  readonly reload: (between: Between) => Promise<string>
  /** The roster of a rebuild that was asked for by its hash; null where the file says another one. */
  readonly asked: (hash: string) => Promise<Roster | null>
  /** What the store says is current, since a rebuild may have changed it. */
  readonly look: () => Promise<void>
}

export type Between = <T>(work: () => Promise<T>) => Promise<T>

/** Throws StartError when the file cannot be used or changes who is in the books. */
export const openRosterKeeper = async ({ books, file, log }: { books: Books; file: string; log: Log }): Promise<RosterKeeper> => {
  // A rebuild under another roster that was broken off goes on under that one.
  const bound = async () => (await books.folding()).state()
  let { roster, left } = await bound()
  const takeUp = async () => {
    const listed = await readRosterFile(file)
    const { cursor } = await books.state()
    const change = changeRoster({ roster, left }, listed, cursor.read.leaf + 1)
    if (!change.ok || change.added.length === 0) return change
    await books.setRoster(change.roster)
    roster = change.roster
    for (const { code, fromLeaf } of change.added) log.info('town.added', { code, fromLeaf })
    return change
  }
  const first = await takeUp()
  if (!first.ok) throw new StartError(first.sentence)
  const refuse = (reason: string): string => {
    log.error('roster.refused', { reason })
    return reason
  }
  const unlessUnusable = async <T>(otherwise: (reason: string) => T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      return otherwise(refuse(error.message))
    }
  }
  return {
    current: () => roster,
    reload: (between) =>
      unlessUnusable(String, async () => {
        const change = await between(takeUp).catch(asUnusable)
        if (!change.ok) return refuse(change.sentence)
        return change.added.length === 0 ? 'The roster is unchanged' : `Added ${change.added.map(({ code }) => code).join(', ')}`
      }),
    asked: (hash) =>
      unlessUnusable<Roster | null>(
        () => null,
        async () => {
          const own = rosterOfRebuild(roster, await readRosterFile(file))
          if (rosterHash(own) === hash) return own
          refuse(`a rebuild was asked for under another roster than that of ${file}: ${changesBetween(roster, own) || 'no change here'}`)
          return null
        },
      ),
    look: async () => {
      ;({ roster, left } = await bound())
    },
  }
}

const asUnusable = (error: unknown): never => {
  if (error instanceof StartError) throw error
  throw new StartError(`The roster was not taken up, since the store failed: ${String(error)}. Ask again when it answers`)
}

export const rosterHash = (roster: Roster): string => canonicalHash(roster)
