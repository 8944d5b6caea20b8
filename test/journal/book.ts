// A journal in memory for tests: folds rows through decideBatch as an appview does, loading documents only when they are asked for, and keeps
// every document as JSON text between batches, so that nothing survives by reference.

import assert from 'node:assert/strict'
import { decideBatch } from '../../appview/journal/decide.ts'
import { dueOrder } from '../../appview/journal/draft.ts'
import { interleave } from '../../appview/journal/interleave.ts'
import type { Doc, Due, IntakeRow, JournalEvent, Refusal, Roster, Transaction } from '../../appview/journal/model.ts'

const MAX_ROUNDS = 20

export type Book = {
  readonly documents: ReadonlyMap<string, string>
  readonly dues: readonly Due[]
  readonly transactions: readonly Transaction[]
  readonly refusals: readonly Refusal[]
}

export class BookKeeper {
  readonly #roster: Roster
  readonly #documents = new Map<string, string>()
  readonly #transactions: Transaction[] = []
  readonly #refusals: Refusal[] = []
  #dues: readonly Due[] = []

  constructor(roster: Roster) {
    this.#roster = roster
  }

  /** Folds rows in batches of a size, then time through an instant. */
  fold(rows: readonly IntakeRow[], batchSize: number, through?: string): this {
    for (let start = 0; start < rows.length; start += batchSize) {
      const batch = rows.slice(start, start + batchSize)
      const until = batch.at(-1)?.recordedAt ?? ''
      this.#apply(
        interleave(
          batch,
          this.#dues.filter(({ at }) => at <= until),
        ),
      )
    }
    if (through !== undefined) this.advance(through)
    return this
  }

  advance(through: string): void {
    for (;;) {
      const due = this.#dues.filter(({ at }) => at <= through)
      if (due.length === 0) return
      this.#apply(interleave([], due))
    }
  }

  book(): Book {
    return { documents: this.#documents, dues: this.#dues, transactions: this.#transactions, refusals: this.#refusals }
  }

  #apply(events: readonly JournalEvent[]): void {
    const slice = new Map<string, Doc | null>()
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const result = decideBatch(slice, events, this.#roster)
      if (!('needs' in result)) {
        this.#keep(result)
        return
      }
      assert(result.needs.length > 0)
      for (const key of result.needs) {
        assert(!slice.has(key), `${key} is asked for once`)
        const text = this.#documents.get(key)
        slice.set(key, text === undefined ? null : JSON.parse(text))
      }
    }
    assert.fail('needs are met in a few rounds')
  }

  #keep(changes: Exclude<ReturnType<typeof decideBatch>, { needs: unknown }>): void {
    for (const [key, doc] of changes.put)
      if (doc === null) this.#documents.delete(key)
      else this.#documents.set(key, JSON.stringify(doc))
    this.#transactions.push(...changes.transactions)
    this.#refusals.push(...changes.refusals)
    const removed = new Set(changes.dueRemove.map((due) => JSON.stringify(due)))
    this.#dues = [
      ...this.#dues.filter((due) => !removed.has(JSON.stringify({ at: due.at, kind: due.kind, uri: due.uri }))),
      ...changes.dueAdd,
    ].toSorted(dueOrder)
  }
}
