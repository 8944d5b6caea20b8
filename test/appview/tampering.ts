// Tampering with a copy of an appview's folder, by hand in its database, as somebody could who has the disk but neither the keys nor the log.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { auditAppview } from '../../appview/audit.ts'
import type { Beside } from '../../appview/audit.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { readDirectory } from '../../plc/audit.ts'
import { eachLine, nothingBefore, openBytes, writeHeadOfLines, writeLine } from '../../appview/store/packed-lines.ts'
import type { PackedLine } from '../../appview/store/packed-lines.ts'
import { openDids } from '../../appview/store/sqlite-dids.ts'
import { readRelayLog } from '../../relay/audit.ts'
import { openDatabase, openForReading } from '../../server/sqlite.ts'
import type { Database } from '../../server/sqlite.ts'

export type Folders = { readonly dir: string }

export const STORE_FILE = join('appview', 'appview.sqlite')
export const RELAY_FILE = join('relay', 'relay.sqlite')

/** Copies the folders of a stopped network that an appview's auditor looks at. */
export const copyFolders = (from: string, to: string): Folders => {
  for (const name of ['appview', 'relay', 'plc']) cpSync(join(from, name), join(to, name), { recursive: true })
  return { dir: to }
}

/** Changes a database as its file is, whatever its schema's version. */
export const inStore = (folders: Folders, change: (db: Database) => void, name = STORE_FILE): void => {
  const file = join(folders.dir, name)
  const reading = openForReading(file)
  const version = Number(reading.pragma('user_version', { simple: true }))
  reading.close()
  const db = openDatabase(file, Array<string>(version).fill(''))
  db.pragma('foreign_keys = OFF')
  try {
    change(db)
  } finally {
    db.close()
  }
}

export type Placed = { readonly place: number; readonly row: IntakeRow }

const parsePlaced = (row: unknown): { place: number; row: string } => row as { place: number; row: string }

export const rowsOf = (db: Database): Placed[] => {
  const dids = openDids(db)
  return db
    .prepare('SELECT place, row FROM intake ORDER BY place')
    .all()
    .map(parsePlaced)
    .map(({ place, row }) => ({ place, row: JSON.parse(dids.read(row)) }))
}

/** Writes other fields into the first row that is so. */
export const changeRow = (db: Database, isIt: (row: IntakeRow) => boolean, more: (row: IntakeRow) => object): void => {
  const { place, row } = rowsOf(db).find((one) => isIt(one.row)) ?? assert.fail('there is such a row')
  db.prepare('UPDATE intake SET row = ? WHERE place = ?').run(JSON.stringify({ ...row, ...more(row) }), place)
}

/** As if the log had never had that leaf. */
export const dropLeaf = (db: Database, leaf: number): void => {
  const places = rowsOf(db).filter(({ row }) => row.leaf === leaf)
  assert.ok(places.length > 0)
  for (const { place } of places) db.prepare('DELETE FROM intake WHERE place = ?').run(place)
  db.prepare('DELETE FROM proof WHERE leaf = ?').run(leaf)
}

/** Runs one statement, which must change something. */
export const run = (sql: string) => (db: Database) => assert.ok(db.prepare(sql).run().changes > 0, sql)

/** What the auditor says, with the log and the directory beside it or with the appview's folder alone. */
export const problemsIn = async ({ dir }: Folders, isAlone = false): Promise<string[]> => {
  const log = readRelayLog(join(dir, 'relay')) ?? assert.fail('the relay has a log')
  const directory = readDirectory(join(dir, 'plc')) ?? assert.fail('the directory has a file')
  const beside: Beside = isAlone ? {} : { log, directory }
  try {
    const { problems } = await auditAppview(join(dir, 'appview'), beside)
    return problems.map(({ where, what }) => `${where}: ${what}`)
  } finally {
    log.close()
    directory.close()
  }
}

/** Changes the lines of the first page. */
export const ofFirstPage =
  (change: (line: PackedLine) => readonly PackedLine[], day?: number) =>
  (db: Database): void => {
    const lines: PackedLine[] = []
    const days: number[] = []
    const packed = db.prepare<[], Uint8Array>('SELECT lines FROM page WHERE page = 0').pluck().get() ?? assert.fail('there is a page')
    eachLine(
      packed,
      0,
      (line) => void lines.push({ ...line }),
      (effective) => void days.push(effective),
    )
    const bytes = openBytes()
    for (const [nth, effective] of days.entries()) {
      const own = lines.filter(({ position }) => position === nth).flatMap(change)
      writeHeadOfLines(bytes, own.length, day ?? effective)
      const before = nothingBefore()
      for (const line of own) writeLine(bytes, line, before)
    }
    db.prepare('UPDATE page SET lines = ? WHERE page = 0').run(bytes.bytes())
  }
