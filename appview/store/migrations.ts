// The schema of an appview's file, step by step; every connection opens it with the same.

import type { Database } from '../../server/sqlite.ts'
import { openDatabase } from '../../server/sqlite.ts'
import { booksSql, deskSql, erasureSql, workSql } from './schema.sql.ts'
import { flowsSql } from './sqlite-flows.ts'
import { keptSql } from './sqlite-kept.ts'

export const MIGRATIONS: readonly string[] = [booksSql, workSql, erasureSql, deskSql, keptSql, flowsSql]

/** Throws StartError when the file cannot be used. */
export const openAppviewFile = (file: string): Database => openDatabase(file, MIGRATIONS)
