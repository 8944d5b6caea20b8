// What falls due: in the file, and during a rebuild in memory until its end, since nearly all of it is taken back within days.

import { dueOrder } from '../journal/draft.ts'
import type { Due } from '../journal/model.ts'
import type { Database } from '../../server/sqlite.ts'
import { createHeldDues } from './held-dues.ts'
import type { HeldDues } from './held-dues.ts'
import type { Dids } from './sqlite-dids.ts'

export type Dues = {
  readonly add: (due: Due) => void
  readonly remove: (due: Due) => void
  /** At or before an instant, in order. */
  readonly through: (instant: string, limit: number) => readonly Due[]
  readonly next: () => string | null
  /** From an empty table on: kept in memory. */
  readonly hold: () => void
  /** What is held, and held no more. */
  readonly taken: () => readonly Due[]
  /** After a rollback. */
  readonly forget: () => void
}

export const openDues = (db: Database, dids: Dids): Dues => {
  const table = openTable(db, dids)
  let held: HeldDues | null = null
  return {
    add: (due) => (held ?? table).add(due),
    remove: (due) => (held ?? table).remove(due),
    through: (instant, limit) => (held ?? table).through(instant, limit),
    next: () => (held ?? table).next(),
    hold: () => {
      held = createHeldDues()
    },
    taken: () => {
      const dues = held?.all() ?? []
      held = null
      return dues
    },
    forget: () => {
      held = null
    },
  }
}

const openTable = (db: Database, dids: Dids) => {
  const add = db.prepare('INSERT INTO due (at, kind, uri, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const remove = db.prepare('DELETE FROM due WHERE at = ? AND kind = ? AND uri = ?')
  const through = db.prepare<[string, number], string>('SELECT value FROM due WHERE at <= ? ORDER BY at, kind, uri LIMIT ?').pluck()
  const together = db.prepare<[string, string], string>('SELECT value FROM due WHERE at = ? AND kind = ?').pluck()
  const next = db.prepare<[], { at: string | null }>('SELECT min(at) AS at FROM due')
  return {
    add: (due: Due): void => void add.run(due.at, due.kind, dids.write(due.uri), dids.write(JSON.stringify(due))),
    remove: (due: Due): void => void remove.run(due.at, due.kind, dids.seek(due.uri)),
    // Stored uris have another order than uris: of the last instant and kind all are looked at.
    through: (instant: string, limit: number): readonly Due[] => {
      const read = (values: readonly string[]): Due[] => values.map((value) => parseDue(dids.read(value))).toSorted(dueOrder)
      const found = read(through.all(instant, limit))
      const last = found.at(-1)
      if (last === undefined || found.length < limit) return found
      const before = found.filter(({ at, kind }) => at !== last.at || kind !== last.kind)
      return [...before, ...read(together.all(last.at, last.kind))].slice(0, limit)
    },
    next: (): string | null => next.get()?.at ?? null,
  }
}

const parseDue = (value: string): Due => JSON.parse(value)
