// What a store on SQLite remembers of its file is true until another process makes it untrue: by giving an erased person's key a name, or by folding anew.
// Before each answer it is seen whether anybody has written, and whether it was one of these; what a commit merely adds leaves everything as it was.

import type { Database } from '../../server/sqlite.ts'
import type { StateTable } from './sqlite-state.ts'
import type { Tables } from './sqlite-tables.ts'

/** Gives a part of the store that looks before each of its answers. */
export const besideOthers = (
  tables: Tables,
  state: StateTable,
  isRebuilding: () => boolean,
): (<Part extends object>(part: Part) => Part) => {
  const look = openLook(tables, state, isRebuilding)
  return (part) =>
    new Proxy(part, {
      get: (target, name): unknown => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          look()
          return Reflect.apply(value, target, args)
        }
      },
    })
}

/** Gives a part of the store whose answers are each of one moment, also while another handle writes what they are made of. */
export const atOneMoment = <Part extends object>(db: Database, isWritten: () => boolean, part: Part): Part => {
  // A promise is given out of it wrapped: what was asked is answered before it is given.
  const together = db.transaction((work: () => unknown) => [work()])
  return new Proxy(part, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown =>
        isWritten() && !db.inTransaction
          ? together.deferred(() => Reflect.apply(value, target, args))[0]
          : Reflect.apply(value, target, args)
    },
  })
}

const openLook = (tables: Tables, state: StateTable, isRebuilding: () => boolean): (() => void) => {
  const { db, docs } = tables
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  /** Whoever folds anew has taken an epoch before; whoever erases counts it. */
  const printOf = (): string => {
    const { epoch, rules } = state.read()
    docs.refresh()
    const erasures = docs.get('erasures:all')
    return `${epoch} ${rules} ${erasures?.kind === 'erasures' ? erasures.count : 0}`
  }
  let seen = version.get()
  let print = printOf()
  return () => {
    const now = version.get()
    if (now === seen) return
    // Whoever folds anew in two threads remembers what is not in the file yet.
    if (isRebuilding()) return
    seen = now
    const next = printOf()
    if (next !== print) tables.forget()
    print = next
  }
}
