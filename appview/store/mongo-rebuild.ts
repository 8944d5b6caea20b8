// A rebuild on MongoDB: it folds into documents of its own while the former ones are shown, and one transaction shows the new ones; broken off, the next start
// goes on from its last commit.

import { keptAfter } from './kept-roster.ts'
import { begun, formerFolds, seenBy, switched } from './mongo-generations.ts'
import { checkEpoch } from './mongo-state.ts'
import { FOLDED, FORMER } from './mongo-tables.ts'
import type { Tables } from './mongo-tables.ts'
import type { Work } from './mongo-transaction.ts'
import { readState } from './mongo-transaction.ts'
import type { Books } from './store.ts'
import { START, StoreRefused } from './store.ts'

export const openRebuild = (tables: Tables, work: Work): Pick<Books, 'resetFold' | 'beginRebuild' | 'endRebuild' | 'purge'> => {
  const purge = async (): Promise<void> => {
    const filters = formerFolds(tables.book, await readState(tables))
    for (const name of FOLDED) {
      const old: { deleteMany(filter: object): Promise<unknown> } = tables[name]
      for (const filter of filters) await old.deleteMany(filter)
    }
    for (const name of FORMER) for (const filter of filters) await tables.db.collection<{ _id: string; b: string }>(name).deleteMany(filter)
  }
  return {
    resetFold: async (epoch, rules, roster) => {
      await work.transact(async (transaction) => {
        checkEpoch(transaction, epoch)
        const { row, change } = transaction
        const under = roster === undefined ? {} : { roster: keptAfter(seenBy('folding', row).roster, roster) }
        change({ ...begun(row, { rules, folded: START, ...under }), step: row.step + 1 })
      })
      await purge()
    },
    // Its commits are commits like others.
    beginRebuild: async () => {},
    endRebuild: async () => {
      if ((await readState(tables)).building === null) return
      await work.transact(async ({ row: { building, read }, change }) => {
        if (building === null) return
        if (building.folded.leaf !== read.leaf || building.folded.instant !== read.instant)
          throw new StoreRefused('cursor', `the rebuild stands at leaf ${building.folded.leaf}, what was read at ${read.leaf}`)
        change(switched(building))
      })
      await purge()
    },
    purge,
  }
}
