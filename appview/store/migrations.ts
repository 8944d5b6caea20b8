// The schema of an appview's file, step by step; every connection opens it with the same.

import type { Database } from '../../server/sqlite.ts'
import { openDatabase } from '../../server/sqlite.ts'
import { booksSql, deskSql, erasureSql, foldedSql, outboxOrderSql, rowListsSql, workSql } from './schema.sql.ts'
import { deskVersionsSql } from './sqlite-desk.ts'
import { flowsSql } from './sqlite-flows.ts'
import { hooksSql } from './sqlite-hooks.ts'
import { jobsSql } from './sqlite-jobs.ts'
import { keptSql } from './sqlite-kept.ts'
import { noticesSql } from './sqlite-notices.ts'

export const MIGRATIONS: readonly string[] = [
  booksSql,
  workSql,
  erasureSql,
  deskSql,
  keptSql,
  flowsSql,
  jobsSql,
  noticesSql,
  foldedSql,
  hooksSql,
  deskVersionsSql,
  rowListsSql,
  outboxOrderSql,
]

/** Throws StartError when the file cannot be used. */
export const openAppviewFile = (file: string): Database => openDatabase(file, MIGRATIONS)
