// A journal in memory for tests: folds rows through decideBatch as an appview does, loading documents only when they are asked for, and keeps
// every document as JSON text between batches, so that nothing survives by reference.

import assert from 'node:assert/strict'
import { decideBatch } from '../../appview/journal/decide.ts'
import { dueOrder } from '../../appview/journal/draft.ts'
import { asPosted, goneActs, isFarewell, untilErasure, type Erasure } from '../../appview/journal/erasure.ts'
import { earlierWords, withoutEarlier } from '../../appview/journal/earlier-words.ts'
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
  readonly #rows: IntakeRow[] = []
  #dues: readonly Due[] = []

  constructor(roster: Roster) {
    this.#roster = roster
  }

  /** Folds rows in batches of a size, then time through an instant. */
  fold(rows: readonly IntakeRow[], batchSize: number, through?: string): this {
    for (let start = 0; start < rows.length;) {
      const farewell = rows.slice(start, start + batchSize).findIndex(isFarewell)
      const batch = rows.slice(start, start + (farewell < 0 ? batchSize : farewell + 1))
      const dues = untilErasure(this.#dues.filter(({ at }) => at <= (batch.at(-1)?.recordedAt ?? '')))
      const last = dues.at(-1)
      const now = last?.kind === 'account-erasure' ? batch.filter(({ recordedAt }) => recordedAt < last.at) : batch
      const before = this.#versionsBefore(now)
      this.#rows.push(...now)
      this.#apply(interleave(now, dues, earlierWords(now, before)))
      start += now.length
    }
    if (through !== undefined) this.advance(through)
    return this
  }

  advance(through: string): void {
    for (;;) {
      const due = untilErasure(this.#dues.filter(({ at }) => at <= through))
      if (due.length === 0) return
      this.#apply(interleave([], due, new Map()))
    }
  }

  book(): Book {
    return { documents: this.#documents, dues: this.#dues, transactions: this.#transactions, refusals: this.#refusals }
  }

  #versionsBefore(rows: readonly IntakeRow[]): ReadonlyMap<string, IntakeRow> {
    const found = withoutEarlier(rows).flatMap(({ uri }) => this.#rows.findLast((row) => row.uri === uri) ?? [])
    return new Map(found.map((row) => [row.uri, row]))
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
    if (changes.erased !== undefined) this.#rename(changes.erased)
  }

  /** As a store does, but for the uris of the account's records, which keep their keys here. */
  #rename({ did, name }: Erasure): void {
    for (const [key, doc] of goneActs(this.#rows.filter(({ repo }) => repo === did))) this.#documents.set(key, JSON.stringify(doc))
    const renamed = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(did, name))
    const documents = renamed([...this.#documents])
    this.#documents.clear()
    for (const [key, text] of documents) this.#documents.set(key, text)
    this.#dues = renamed(this.#dues)
    this.#rows.splice(0, Infinity, ...renamed(this.#rows))
    this.#refusals.splice(0, Infinity, ...renamed(this.#refusals))
    const transactions = renamed(this.#transactions).map((one) => ({ ...one, lines: one.lines.map(asPosted) }))
    this.#transactions.splice(0, Infinity, ...transactions)
  }
}
