// A rebuild of a store in a file: another thread writes, and until the end the books say that no rules have folded them, so that whoever opens them after
// it was broken off drops what is there and begins anew. A store in memory is rebuilt as it is followed.

import assert from 'node:assert/strict'
import type { Tables } from './sqlite-tables.ts'
import { openApart } from './sqlite-rebuild-apart.ts'
import type { Apart } from './sqlite-rebuild-apart.ts'
import type { StateTable } from './sqlite-state.ts'
import type { BooksState, Commit } from './store.ts'
import { StoreRefused } from './store.ts'

export type Rebuild = {
  readonly begin: () => void
  readonly end: () => Promise<void>
  /** Takes a commit that only folds; false when this is for the store itself to do. */
  readonly take: (commit: Commit) => Promise<boolean>
  /** Where the books will stand. */
  readonly state: () => BooksState
  readonly stop: () => Promise<void>
  readonly isUnderWay: () => boolean
}

const UNFINISHED = 0

type Work = { readonly apart: Apart; cursor: BooksState['cursor'] }

export const openRebuild = (tables: Tables, state: StateTable, file: string): Rebuild => {
  let work: Work | null = null
  let rules: number | null = null
  /** What is folded so far is in the file, and from here on the store writes itself. */
  const leave = async (): Promise<void> => {
    if (work === null) return
    const { apart, cursor } = work
    await apart.end()
    work = null
    tables.forget()
    state.move(cursor)
  }
  const stop = async (): Promise<void> => {
    const left = work
    work = null
    rules = null
    await left?.apart.stop()
  }
  return {
    begin: () => {
      if (file === ':memory:') return
      const before = state.read()
      rules = before.rules
      state.setRules(UNFINISHED)
      work = { apart: openApart(tables, file), cursor: before.cursor }
    },
    end: async () => {
      await leave()
      if (rules !== null) state.setRules(rules)
      rules = null
    },
    take: async ({ epoch, expectedCursor, nextCursor, intake, changes }) => {
      if (work === null) return false
      state.checkEpoch(epoch)
      if (work.cursor.step !== expectedCursor.step) throw new StoreRefused('cursor', `the rebuild is at commit ${work.cursor.step}`)
      assert.equal(intake.length, 0, 'a rebuild takes nothing in')
      // Whoever is erased now, by other rules than before, is erased from all that is written.
      if (changes.erased !== undefined && changes.erased.did !== changes.erased.name) {
        await leave()
        return false
      }
      try {
        await work.apart.write(changes)
        work.cursor = nextCursor
      } catch (error) {
        await stop()
        throw error
      }
      return true
    },
    state: () => (work === null ? state.read() : { ...state.read(), cursor: work.cursor }),
    stop,
    isUnderWay: () => work !== null,
  }
}
