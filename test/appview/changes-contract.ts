// What every engine of the store contract must do for those who wait for a change.

import assert from 'node:assert/strict'
import type { Store } from '../../appview/store/store.ts'
import type { On } from './on-fresh-store.ts'
import { commitSurely, rowAt } from './store-rows.ts'

/** Waits, each time woken, until what the store says is a leaf; gives how often it was woken. */
export const untilLeaf = async ({ books }: Store, leaf: number): Promise<number> => {
  const over = new AbortController()
  let woken = 0
  for await (const _ of books.changed(over.signal)) {
    woken += 1
    if ((await books.state()).cursor.read.leaf >= leaf) break
  }
  return woken
}

/** One row more, at its leaf. */
export const commitLeaf = (store: Store, leaf: number): Promise<void> => {
  const row = rowAt(leaf, 0, `r${leaf}`)
  return commitSurely(store.books, { intake: [row] }, leaf, row.recordedAt)
}

export const changes = (on: On): void => {
  on('who waits for a change is woken at first, by a commit, and by the end of waiting', async (store) => {
    const waits = [untilLeaf(store, 1), untilLeaf(store, 1), untilLeaf(store, 2)]
    await commitLeaf(store, 1)
    await Promise.all(waits.slice(0, 2))
    await commitLeaf(store, 2)
    assert.ok(((await waits[2]) ?? 0) >= 2)
    const over = new AbortController()
    const waiting = store.books.changed(over.signal)[Symbol.asyncIterator]()
    assert.deepEqual(await waiting.next(), { done: false, value: undefined })
    const last = waiting.next()
    over.abort()
    assert.equal((await last).done, true)
  })
}
