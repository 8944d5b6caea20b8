// The mark on a store that is being copied into: from before the first row until the copy was compared with its source. Whoever finds it later finds a part.

import type { Database } from '../../server/sqlite.ts'
import { StartError } from '../../server/start-error.ts'

/** "waki" in the head of the file, which is otherwise 0. */
const MARK = 0x77_61_6b_69

const WHAT = 'is under way or was broken off: wait for it, or'

export const partOfFile = (file: string): StartError =>
  new StartError(`a copy into ${file} ${WHAT} delete ${file}, ${file}-wal and ${file}-shm, and copy again`)

export const partOfBook = (book: string): StartError =>
  new StartError(
    `a copy into the book ${book} ${WHAT} empty it with \`npx waki store drop --store mongodb://… --book ${book} --yes ${book}\`, and copy again`,
  )

export const isBeingCopied = (db: Database): boolean => db.pragma('application_id', { simple: true }) === MARK

/** As part of a transaction it is stored with it, or not at all. */
export const markFile = (db: Database, isCopying: boolean): void => void db.pragma(`application_id = ${isCopying ? MARK : 0}`)
