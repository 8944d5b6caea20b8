// Moving a store out of a SQLite file or into one.

import { isBeingCopied, markFile } from './copying.ts'
import { openDatabase } from '../../server/sqlite.ts'
import { openErasedNames } from './erased-names.ts'
import type { Found, Moving } from './moving.ts'
import { openIntake, packIntake } from './sqlite-intake.ts'
import { openState } from './sqlite-state.ts'
import { MIGRATIONS } from './migrations.ts'
import { openTables } from './sqlite-tables.ts'
import { START } from './store.ts'

export const openSqliteMoving = (file: string): Moving => {
  const db = openDatabase(file, MIGRATIONS)
  const tables = openTables(db)
  const state = openState(db)
  const intake = openIntake(tables, openErasedNames(db, file))
  const names = db.prepare<[], { hash: string; leaf: number; rkey: string }>('SELECT hash, leaf, rkey FROM erased ORDER BY hash, leaf')
  const subjects = db.prepare<[], { hash: string; place: number }>('SELECT hash, place FROM erased_subject ORDER BY hash, place')
  const addName = db.prepare('INSERT INTO erased VALUES (?, ?, ?)')
  const addSubject = db.prepare('INSERT INTO erased_subject VALUES (?, ?)')
  const aRow = db.prepare('SELECT 1 FROM intake LIMIT 1')
  const begin = (): Found => {
    const { origin, cursor } = state.read()
    if (isBeingCopied(db)) return 'part'
    if (origin !== null || cursor.read.leaf > 0) return 'books'
    if (aRow.get() !== undefined) return 'part'
    markFile(db, true)
    return 'nothing'
  }
  return {
    begin: async () => db.transaction(begin).immediate(),
    end: async () => markFile(db, false),
    erasures: async () => ({ names: names.all(), subjects: subjects.all() }),
    append: async ({ rows, proofs, heads }) => db.transaction(() => intake.append(packIntake(rows, proofs, heads))).immediate(),
    settle: async ({ origin, roster, cursor, erasures }) =>
      db
        .transaction(() => {
          for (const { hash, leaf, rkey } of erasures.names) addName.run(hash, leaf, rkey)
          for (const { hash, place } of erasures.subjects) addSubject.run(hash, place)
          if (origin !== null) state.bind(origin)
          state.setRoster(roster)
          state.move({ read: cursor.read, folded: START, step: cursor.step })
        })
        .immediate(),
    close: async () => void db.close(),
  }
}
