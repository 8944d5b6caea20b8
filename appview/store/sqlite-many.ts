// Inserting several rows with one statement: what a statement costs by itself is paid once for all of them.

import type { Database, Statement } from '../../server/sqlite.ts'

export type Value = number | string | Uint8Array | null

/** Rows of one statement at most; values of one that deletes. */
const MOST_ROWS = 32

/** Texts of rows that are gathered for one insert, in UTF-16 units: records may be large, and a thread has little room. */
export const GATHERED_LETTERS = 4_000_000

/** Inserts rows of `columns` values each, given one after another; `verb` is INSERT or INSERT OR IGNORE, `conflict` what is done about a row that is there. */
export const insertMany = (
  db: Database,
  verb: 'INSERT' | 'INSERT OR IGNORE',
  table: string,
  columns: number,
  conflict = '',
): ((values: readonly Value[]) => void) => {
  const statements = new Map<number, Statement>()
  const row = `(${Array<string>(columns).fill('?').join(', ')})`
  const statementFor = (rows: number): Statement => {
    const known = statements.get(rows)
    if (known !== undefined) return known
    const made = db.prepare(`${verb} INTO ${table} VALUES ${Array<string>(rows).fill(row).join(', ')} ${conflict}`)
    statements.set(rows, made)
    return made
  }
  return (values) => {
    for (let at = 0; at < values.length; at += MOST_ROWS * columns) {
      const part = values.length <= MOST_ROWS * columns ? values : values.slice(at, at + MOST_ROWS * columns)
      statementFor(part.length / columns).run(part)
    }
  }
}

/** Deletes the rows in which `column` is one of the values. */
export const deleteMany = (db: Database, table: string, column: string): ((values: readonly Value[]) => void) => {
  const statements = new Map<number, Statement>()
  const statementFor = (count: number): Statement => {
    const known = statements.get(count)
    if (known !== undefined) return known
    const made = db.prepare(`DELETE FROM ${table} WHERE ${column} IN (${Array<string>(count).fill('?').join(', ')})`)
    statements.set(count, made)
    return made
  }
  return (values) => {
    for (let at = 0; at < values.length; at += MOST_ROWS) {
      const part = values.slice(at, at + MOST_ROWS)
      statementFor(part.length).run(part)
    }
  }
}
