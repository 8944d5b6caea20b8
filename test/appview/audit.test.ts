// The auditor of an appview: a folder made by real servers, with edits, withdrawals, fetched repos, other collections and a silent account in it, is sound,
// also rebuilt; and each thing that can be changed in a copy of it is found, by the folder alone where that can tell, else by the log beside it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { rebuildStore } from '../../appview/rebuild.ts'
import { FOLDED_TABLES } from '../../appview/store/schema.sql.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Database } from '../../server/sqlite.ts'
import { makeEventfulFolders } from './eventful-folders.ts'
import { RELAY_FILE, STORE_FILE, changeRow, copyFolders, dropLeaf, inStore, ofFirstPage, problemsIn, rowsOf, run } from './tampering.ts'
import type { Folders } from './tampering.ts'

const TIMEOUT = { timeout: 180_000 }
const made = mkdtempSync(join(tmpdir(), 'waki-audit-'))
const sound: Folders = { dir: join(made, 'sound') }
/** Who is who in that folder. */
const did = { aoi: '', chie: '' }

before(async () => {
  Object.assign(did, await makeEventfulFolders(sound.dir))
}, TIMEOUT)

after(() => rmSync(made, { recursive: true, force: true }))

const copied = async (change: (db: Database) => void, isRebuilt: boolean, look: (folders: Folders) => Promise<void>): Promise<void> => {
  const folders = copyFolders(sound.dir, join(made, 'copy'))
  try {
    inStore(folders, change)
    if (isRebuilt) await rebuildStore({ store: join(folders.dir, STORE_FILE) })
    await look(folders)
  } finally {
    rmSync(folders.dir, { recursive: true, force: true })
  }
}

test('as it was made, the folder is sound; and rebuilt', TIMEOUT, async () => {
  for (const isRebuilt of [false, true])
    await copied(
      (db) => {
        const rows = rowsOf(db).map(({ row }) => row)
        assert.ok(rows.some(({ source }) => source === 'resync'))
        assert.ok(rows.some(({ source }) => source === 'account'))
        assert.ok(rows.some(({ residue }) => residue === 'withdrawn'))
      },
      isRebuilt,
      async (folders) => {
        assert.deepEqual(await problemsIn(folders), [])
        assert.deepEqual(await problemsIn(folders, true), [])
      },
    )
})

test('a log that has let go of its frames still tells what it promised', TIMEOUT, async () => {
  const letGo = ({ dir }: Folders): void => inStore({ dir }, run('DELETE FROM event'), RELAY_FILE)
  await copied(
    () => {},
    false,
    async (folders) => {
      letGo(folders)
      assert.deepEqual(await problemsIn(folders), [])
      inStore(folders, (db) => changeRow(db, isAct, ({ recordedAt }) => ({ recordedAt: recordedAt.replace('Z', '1Z') })))
      assert.ok((await problemsIn(folders)).some((problem) => problem.includes('its row says')))
    },
  )
})

const isAct = (row: IntakeRow, repo = did.aoi): boolean => row.repo === repo && row.collection === nsid.action && row.residue === undefined
const leafOfAct = (db: Database, nth: number, repo = did.aoi): number =>
  rowsOf(db).filter(({ row }) => isAct(row, repo))[nth]?.row.leaf ?? assert.fail('there are so many acts')
const oneOf = (table: string, column = 'rowid'): string => `(SELECT ${column} FROM ${table} LIMIT 1 OFFSET 5)`

type Tampering = {
  readonly what: string
  readonly change: (db: Database) => void
  readonly isRebuilt?: true
  readonly says: RegExp
  /** The folder alone cannot tell. */
  readonly needsLog?: true
}

const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'minutes of an act',
    change: (db) => changeRow(db, isAct, ({ value }) => ({ value: { ...Object(value), minutes: 719 } })),
    isRebuilt: true,
    says: /not the record its commit names/,
  },
  {
    what: 'minutes of an act that is called a residue',
    change: (db) => changeRow(db, isAct, ({ value }) => ({ value: { ...Object(value), minutes: 719 }, residue: 'emptied' })),
    isRebuilt: true,
    says: /no row says it was deleted/,
  },
  {
    what: 'an act and its proof are taken out',
    change: (db) => dropLeaf(db, leafOfAct(db, 2)),
    isRebuilt: true,
    says: /is missing before it/,
  },
  {
    what: 'an act and its proof of one who writes to other collections, too',
    change: (db) => dropLeaf(db, leafOfAct(db, 1, did.chie)),
    isRebuilt: true,
    says: /is missing before it/,
  },
  {
    what: 'the last act and its proof are taken out',
    change: (db) => dropLeaf(db, leafOfAct(db, 6)),
    isRebuilt: true,
    says: /intake lacks the commit/,
    needsLog: true,
  },
  {
    what: 'a withdrawal is taken out',
    change: (db) => dropLeaf(db, rowsOf(db).find(({ row }) => row.repo === did.aoi && row.action === 'delete')?.row.leaf ?? 0),
    isRebuilt: true,
    says: /no row says it was deleted|intake lacks/,
  },
  {
    what: 'the status of an account is taken out',
    change: (db) => dropLeaf(db, rowsOf(db).find(({ row }) => row.source === 'account')?.row.leaf ?? 0),
    isRebuilt: true,
    says: /intake lacks what the log says of the account/,
    needsLog: true,
  },
  { what: 'a proof is taken out', change: run(`DELETE FROM proof WHERE leaf = ${oneOf('proof', 'leaf')}`), says: /no proof/ },
  {
    what: 'a proof names another key',
    change: run(`UPDATE key_use SET did_key = 'did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N'`),
    says: /signature|the directory never named its key|cannot be read/,
  },
  {
    what: 'the evidence of a key',
    change: run(`UPDATE key_use SET evidence = '{"forged":1}'`),
    says: /where its key comes from is not said/,
  },
  {
    what: 'the evidence of a key, well-formed',
    change: run(`UPDATE key_use SET evidence = (SELECT evidence FROM key_use ORDER BY id DESC LIMIT 1) || ' ' WHERE id = 1`),
    says: /the directory has no such operation/,
    needsLog: true,
  },
  {
    what: 'recordedAt in a row',
    change: (db) => changeRow(db, isAct, () => ({ recordedAt: '2020-01-01T00:00:00.000Z' })),
    says: /recorded/,
  },
  {
    what: 'recordedAt of a leaf, a millisecond, in row and column',
    change: (db) => {
      const shifted = ({ recordedAt }: IntakeRow) => new Date(Date.parse(recordedAt) + 1).toISOString()
      const { row, place } = rowsOf(db).findLast((one) => isAct(one.row)) ?? assert.fail('there is an act')
      const text = JSON.stringify({ ...row, recordedAt: shifted(row) })
      db.prepare('UPDATE intake SET recorded_at = ?, row = ? WHERE place = ?').run(shifted(row), text, place)
    },
    isRebuilt: true,
    says: /its row says/,
    needsLog: true,
  },
  { what: 'the leaf in a row', change: (db) => changeRow(db, isAct, ({ leaf }) => ({ leaf: leaf + 1 })), says: /stands elsewhere/ },
  { what: 'the op in a row', change: (db) => changeRow(db, isAct, () => ({ op: 1 })), says: /stands elsewhere/ },
  {
    what: 'the op of a row, place and all',
    change: (db) => {
      const { place } = rowsOf(db).find(({ row }) => isAct(row)) ?? assert.fail('there is an act')
      changeRow(db, isAct, () => ({ op: 1 }))
      db.prepare('UPDATE intake SET place = place + 1 WHERE place = ?').run(place)
    },
    isRebuilt: true,
    says: /another operation there/,
    needsLog: true,
  },
  { what: 'the action of a row', change: (db) => changeRow(db, isAct, () => ({ action: 'update' })), says: /no row has made/ },
  {
    what: 'the repo of a row',
    change: (db) => changeRow(db, isAct, () => ({ repo: did.chie })),
    says: /of another repo|not that of its record/,
  },
  { what: 'the cid of a row', change: (db) => changeRow(db, isAct, () => ({ cid: null })), says: /says another thing/ },
  {
    what: 'the number a row is found by',
    change: run(`UPDATE intake SET uri = 7 WHERE place = ${oneOf('intake', 'place')}`),
    says: /by its uri/,
  },
  {
    what: 'the time a row is filed under',
    change: run(`UPDATE intake SET recorded_at = '2020' WHERE place = ${oneOf('intake', 'place')}`),
    says: /another time/,
  },
  { what: 'the tree of a head', change: run(`UPDATE repo SET data = 'bafyreibogus' WHERE did = 2`), says: /repo/ },
  {
    what: 'the tree of a head is that of another',
    change: run('UPDATE repo SET data = (SELECT data FROM repo WHERE did = 1) WHERE did = 2'),
    says: /another tree/,
  },
  {
    what: 'a head runs ahead',
    change: run(`UPDATE repo SET rev = '3zzzzzzzzzz22', data = (SELECT data FROM repo WHERE did = 1) WHERE did = 2`),
    says: /nowhere in the log/,
    needsLog: true,
  },
  { what: 'a head falls behind', change: run(`UPDATE repo SET rev = '2222222222222' WHERE did = 2`), says: /its head is 2222222222222/ },
  { what: 'a head is lost', change: run('DELETE FROM repo WHERE did = 2'), says: /no head/ },
  {
    what: 'a head is said to be desynchronized',
    change: run(`UPDATE repo SET state = 'desynchronized' WHERE did = 2`),
    says: /what could not be had/,
  },
  {
    what: 'the cursor runs ahead',
    change: run('UPDATE state SET read_leaf = read_leaf + 50, folded_leaf = folded_leaf + 50'),
    says: /the log ends at/,
    needsLog: true,
  },
  { what: 'the cursor falls behind', change: run('UPDATE state SET read_leaf = 5, folded_leaf = 5'), says: /before the last row/ },
  { what: 'the folded leaf falls behind', change: run('UPDATE state SET folded_leaf = folded_leaf - 3'), says: /cursor/ },
  {
    what: 'the instant of the cursor falls behind',
    change: run(`UPDATE state SET read_instant = '2020-01-01T00:00:00.000Z', folded_instant = '2020-01-01T00:00:00.000Z'`),
    says: /cursor/,
  },
  { what: 'the origin', change: run(`UPDATE state SET origin = json_set(origin, '$.created', '2020')`), says: /origin/, needsLog: true },
  { what: 'an entry among those of a person', change: run('DELETE FROM page_entity WHERE entity = 1'), says: /entries of/ },
  { what: 'the municipalities of a person', change: run('DELETE FROM entity_scope WHERE entity = 1'), says: /its municipalities/ },
  {
    what: 'a posting',
    change: ofFirstPage(({ line, ...rest }) => [{ ...rest, line, amount: rest.amount + 1 }]),
    says: /intake folds to|I\d/,
  },
  { what: 'a posting is gone', change: ofFirstPage((one) => (one.line === 0 ? [] : [one])), says: /intake folds to|I\d/ },
  { what: 'the day of an entry', change: ofFirstPage((one) => [one], 20_200_101), says: /intake folds to/ },
  { what: 'the kind of an entry', change: run(`UPDATE page SET heads = 'C' || substr(heads, 2) WHERE page = 0`), says: /intake folds to/ },
  { what: 'the action an entry is found by', change: run('DELETE FROM page_action'), says: /not found by it/ },
  {
    what: 'the leaf of an entry',
    change: run(`UPDATE page SET heads = substr(heads, 1, 2) || '1' || substr(heads, 3) WHERE page = 0`),
    says: /intake folds to/,
  },
  {
    what: 'the time of an entry',
    change: run(`UPDATE page SET heads = replace(heads, '2026-', '2020-'), recorded_at = '2020-01-01T00:00:00.000Z' WHERE page = 0`),
    says: /time|recorded/,
  },
  { what: 'a bucket', change: run(`UPDATE bucket SET sums = x'02020202'`), says: /intake folds to/ },
  { what: 'a bucket of the scope', change: run('UPDATE scope_bucket SET amount = amount + 1'), says: /intake folds to/ },
  { what: 'a document', change: run(`DELETE FROM doc WHERE key = ${oneOf('doc', 'key')}`), says: /intake folds to/ },
  { what: 'what falls due', change: run('DELETE FROM due'), says: /intake folds to/ },
]

for (const { what, change, isRebuilt = false, says, needsLog = false } of TAMPERINGS)
  test(`found: ${what}`, TIMEOUT, () =>
    copied(change, isRebuilt, async (folders) => {
      const isSaid = (problems: readonly string[]): boolean => problems.some((problem) => says.test(problem))
      const problems = await problemsIn(folders)
      assert.ok(isSaid(problems), JSON.stringify(problems, null, 1))
      if (!needsLog) assert.notDeepEqual(await problemsIn(folders, true), [])
    }),
  )

test('found: a row taken out of any table that is folded', TIMEOUT, async () => {
  for (const table of FOLDED_TABLES) {
    const isEmpty = { value: false }
    const change = (db: Database): void => {
      isEmpty.value = db.prepare(`SELECT 1 FROM ${table}`).get() === undefined
      const columns = db
        .prepare(`PRAGMA table_info(${table})`)
        .all()
        .map((column) => String(Object(column).name))
      if (!isEmpty.value) db.exec(`DELETE FROM ${table} WHERE (${columns.join()}) IS (SELECT ${columns.join()} FROM ${table} LIMIT 1)`)
    }
    await copied(change, false, async (folders) => {
      if (!isEmpty.value) assert.notDeepEqual(await problemsIn(folders, true), [], table)
    })
  }
})
