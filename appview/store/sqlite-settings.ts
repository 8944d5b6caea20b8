// How a handle that writes the books keeps their file.

import type { Database } from '../../server/sqlite.ts'

/** Pages kept in memory, and pages written before they are moved from the log into the file: the fold touches documents of many people at once. */
const PAGE_CACHE_KIB = 32_768
const CHECKPOINT_PAGES = 16_000

export const applySettings = (db: Database): void => {
  // What is deleted is overwritten with zeros.
  db.pragma('secure_delete = ON')
  // Of pages that a statement of many rows changes, a copy is kept until it has ended.
  db.pragma('temp_store = MEMORY')
  db.pragma(`cache_size = -${PAGE_CACHE_KIB}`)
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
}
