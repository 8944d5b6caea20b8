// The state as one batch sees it: the loaded slice below, what the batch has changed above. Whatever is not loaded is noted as a need, and the
// event that wanted it is abandoned; a batch with needs gives no changes at all.

import assert from 'node:assert/strict'
import { dayOf } from './calendar.ts'
import { changesIn, keyOf, type Kind, type Seen } from './doc-changes.ts'
import { DueSet } from './due-set.ts'
import { compareBytes } from './units.ts'
import type { Doc } from './documents.ts'
import { asPosted, isOfErased, type Erasure } from './erasure.ts'
import type { Changes, Due, IntakeRow, JournalEvent, Refusal, Roster, Slice, Transaction } from './model.ts'
import type { RefusalCode } from './refusals.ts'

export type { Kind } from './doc-changes.ts'
export type DocOf<K extends Kind> = Extract<Doc, { readonly kind: K }>

/** Where in the order something happens: a leaf's row, or a due entry (leaf null). `prefix` begins the ids of its transactions. */
export type Occasion = {
  readonly leaf: number | null
  readonly op: number
  readonly recordedAt: string
  readonly day: string
  readonly prefix: string
}

export class NotLoaded extends Error {}
const notLoaded = new NotLoaded('a document is not loaded yet')

const isKind = <K extends Kind>(doc: Doc, kind: K): doc is DocOf<K> => doc.kind === kind
export const dueOrder = (a: Due, b: Due): number => compareBytes(a.at, b.at) || compareBytes(a.kind, b.kind) || compareBytes(a.uri, b.uri)

export const occasionOfRow = (row: IntakeRow): Occasion => ({
  leaf: row.leaf,
  op: row.op,
  recordedAt: row.recordedAt,
  day: dayOf(row.recordedAt),
  prefix: `${row.leaf}/${row.op}`,
})

export const occasionOfDue = (due: Due): Occasion => ({
  leaf: null,
  op: 0,
  recordedAt: due.at,
  day: dayOf(due.at),
  prefix: `${due.at}/${due.uri}`,
})

export class Draft {
  readonly roster: Roster
  readonly needs = new Set<string>()
  readonly #slice: Slice
  /** What the batch has asked for or changed. By kind, then by id: keys are long, and most documents are asked for several times. */
  readonly #seen = new Map<Kind, Map<string, Seen>>()
  /** What was asked for last of each kind: a rule that asks mostly asks again. */
  readonly #latest = new Map<Kind, { readonly id: string; readonly seen: Seen }>()
  readonly #transactions: Transaction[] = []
  readonly #refusals: Refusal[] = []
  readonly #dueAdd = new DueSet()
  readonly #dueRemove = new DueSet()
  #erased: Erasure | undefined
  /** No own due entry is earlier; may lag behind after a cancel. */
  #earliestDue = ''

  constructor(slice: Slice, roster: Roster) {
    this.#slice = slice
    this.roster = roster
  }

  /** The document, null where there is none. Throws NotLoaded, having noted the need. */
  get<K extends Kind>(kind: K, id: string): DocOf<K> | null {
    const known = this.#latest.get(kind)
    const { doc } = known?.id === id ? known.seen : this.#find(kind, id)
    if (doc === null) return null
    if (!isKind(doc, kind)) assert.fail(`${keyOf(kind, id)} holds a ${doc.kind}`)
    return doc
  }

  #find(kind: Kind, id: string): Seen {
    const seen = this.#ofKind(kind).get(id) ?? this.#load(kind, id)
    this.#latest.set(kind, { id, seen })
    return seen
  }

  #load(kind: Kind, id: string): Seen {
    const doc = this.#slice.of === undefined ? this.#slice.get(keyOf(kind, id)) : this.#slice.of(kind, id)
    if (doc === undefined) {
      this.needs.add(keyOf(kind, id))
      throw notLoaded
    }
    const seen = { doc, isChanged: false }
    this.#ofKind(kind).set(id, seen)
    return seen
  }

  #ofKind(kind: Kind): Map<string, Seen> {
    const known = this.#seen.get(kind)
    if (known !== undefined) return known
    const made = new Map<string, Seen>()
    this.#seen.set(kind, made)
    return made
  }

  /** Notes all of these that are not loaded, so that one more load is enough for them. */
  want(keys: () => readonly string[]): void {
    if (this.#slice.of !== undefined) return
    let missing = false
    for (const key of keys())
      if (!this.#slice.has(key) && !this.#isChanged(key)) {
        this.needs.add(key)
        missing = true
      }
    if (missing) throw notLoaded
  }

  put(kind: Kind, id: string, doc: Doc | null): void {
    const ofKind = this.#ofKind(kind)
    const seen = ofKind.get(id)
    if (seen === undefined) ofKind.set(id, { doc, isChanged: true })
    else [seen.doc, seen.isChanged] = [doc, true]
  }

  #isChanged(key: string): boolean {
    const end = key.indexOf(':')
    for (const [kind, ofKind] of this.#seen)
      if (kind.length === end && key.startsWith(kind)) return ofKind.get(key.slice(end + 1))?.isChanged === true
    return false
  }

  post(transaction: Transaction): void {
    const { lines } = transaction
    this.#transactions.push(lines.some(isOfErased) ? { ...transaction, lines: lines.map(asPosted) } : transaction)
  }

  /** Nothing comes after it in a batch. */
  erase(erasure: Erasure): void {
    assert(this.#erased === undefined, 'a batch erases one account at most')
    this.#erased = erasure
  }

  refuse(row: Omit<Refusal, 'code'>, code: RefusalCode): void {
    this.#refusals.push({ leaf: row.leaf, op: row.op, uri: row.uri, cid: row.cid, code, repo: row.repo })
  }

  schedule(due: Due): void {
    if (this.#dueRemove.delete(due)) return
    if (this.#dueAdd.isEmpty || due.at < this.#earliestDue) this.#earliestDue = due.at
    this.#dueAdd.add(due)
  }

  cancel(due: Due): void {
    if (!this.#dueAdd.delete(due)) this.#dueRemove.add(due)
  }

  /** The earliest entry this batch has scheduled itself that comes before the event: due by its instant, and before another due entry. */
  nextOwnDue(event: JournalEvent): Due | undefined {
    const through = event.kind === 'row' ? event.row.recordedAt : event.due.at
    if (this.#dueAdd.isEmpty || this.#earliestDue > through) return undefined
    let next: Due | undefined
    for (const due of this.#dueAdd.all()) if (next === undefined || dueOrder(due, next) < 0) next = due
    this.#earliestDue = next?.at ?? ''
    if (next === undefined || next.at > through) return undefined
    return event.kind === 'row' || dueOrder(next, event.due) < 0 ? next : undefined
  }

  changes(): Changes {
    return {
      put: changesIn(this.#seen),
      transactions: this.#transactions,
      refusals: this.#refusals,
      dueAdd: this.#dueAdd.all().toSorted(dueOrder),
      dueRemove: this.#dueRemove.all().toSorted(dueOrder),
      ...(this.#erased === undefined ? {} : { erased: this.#erased }),
    }
  }
}
