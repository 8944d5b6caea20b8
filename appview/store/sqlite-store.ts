// The store contract on one SQLite file. Each method is one synchronous piece of work behind a promise; `commit` is one immediate transaction with
// synchronous=FULL: a crash before its COMMIT leaves the last cursor and all that belongs to it, a crash after it the new one.

import { compareBytes } from '../journal/units.ts'
import { isBeingCopied, partOfFile } from './copying.ts'
import { openAppviewFile } from './migrations.ts'
import { FOLDED_TABLES } from './schema.sql.ts'
import { openErasedNames } from './erased-names.ts'
import type { ErasedNames } from './erased-names.ts'
import { openCommitsApart } from './commits-apart.ts'
import type { Backlog, CommitsApart } from './commits-apart.ts'
import { openChanges } from './sqlite-changes.ts'
import { openContributions } from './sqlite-contributions.ts'
import { atOneMoment, besideOthers } from './sqlite-beside.ts'
import { openDesk } from './sqlite-desk.ts'
import { docIndexSql } from './sqlite-docs.ts'
import { dumpFolded } from './sqlite-dump.ts'
import { openAsks } from './sqlite-asks.ts'
import { openAccountEraser } from './sqlite-erase-account.ts'
import { openEraser } from './sqlite-erase.ts'
import { docSizesOf, openCommitWriter, packParts } from './sqlite-commit.ts'
import { openRebuild } from './sqlite-rebuild.ts'
import type { Rebuild } from './sqlite-rebuild.ts'
import { openFlowPairs } from './sqlite-flow-pairs.ts'
import { openFlows } from './sqlite-flows.ts'
import { openFoldWriter } from './sqlite-fold.ts'
import { openHeadcounts } from './sqlite-headcounts.ts'
import { openIntake } from './sqlite-intake.ts'
import type { IntakeTable } from './sqlite-intake.ts'
import { openLeases } from './sqlite-leases.ts'
import { namedHandle } from './sqlite-named.ts'
import { openPositions } from './sqlite-positions.ts'
import { applySettings } from './sqlite-settings.ts'
import { openState } from './sqlite-state.ts'
import type { StateTable } from './sqlite-state.ts'
import { openSums } from './sqlite-sums.ts'
import { openTables } from './sqlite-tables.ts'
import type { Room, Tables } from './sqlite-tables.ts'
import { openRefusals, openTransactions } from './sqlite-transactions.ts'
import { openWork } from './sqlite-work.ts'
import type { Books, Store } from './store.ts'
import { START } from './store.ts'

/** How long a write waits for another process's. */
const BUSY_TIMEOUT_MS = 5_000

/** Opens (creating where missing) the store in `file`, or one in memory for ':memory:'. Throws StartError when the file cannot be used. */
export const openSqliteStore = (file: string, room?: Room, backlog?: Backlog): Store => {
  const db = openAppviewFile(file)
  if (isBeingCopied(db)) {
    db.close()
    throw partOfFile(file)
  }
  applySettings(db)
  const tables = openTables(db, room)
  const state = openState(db)
  const erased = openErasedNames(db, file)
  const intake = openIntake(tables, erased)
  const rebuild = openRebuild(tables, state, file)
  const fresh = besideOthers(tables, state, rebuild.isUnderWay)
  const apart = openCommitsApart(tables, file, backlog)
  const reads = { ...openQueue(tables), ...atOneMoment(db, apart.isWriting, openReads(tables, intake)) }
  const writes = openWrites(tables, { state, intake, erased, rebuild, apart })
  const { tell, changed } = openChanges(db)
  const commit: Books['commit'] = async (one) => {
    await writes.commit(one)
    tell()
  }
  const parts = { ...writes, ...fresh(reads), commit }
  const folding = { ...parts, soon: apart.soon, prepare: apart.prepare }
  const books: Books = { ...parts, changed, folding: async () => folding }
  const leases = openLeases(file)
  const close = async (): Promise<void> => {
    await rebuild.stop()
    await apart.close()
    leases.close()
    db.close()
  }
  const named = namedHandle(db, tables.dids)
  return { books, desk: fresh(openDesk(named)), work: fresh(openWork(named)), leases, close }
}

type Writes = Pick<Books, 'state' | 'bind' | 'setRoster' | 'takeEpoch' | 'commit' | 'resetFold' | 'purge' | 'beginRebuild' | 'endRebuild'>

type Parts = {
  readonly state: StateTable
  readonly intake: IntakeTable
  readonly erased: ErasedNames
  readonly rebuild: Rebuild
  readonly apart: CommitsApart
}

const openWrites = (tables: Tables, { state, intake, erased, rebuild, apart }: Parts): Writes => {
  const { db, docs } = tables
  const write = openCommitWriter(tables, { state, intake, fold: openFoldWriter(tables) })
  const erase = openEraser(tables, erased)
  const eraseAccount = openAccountEraser(tables, erased)
  // What an earlier process erased may stand in the log it left.
  let isToPurge = true
  // What is remembered of interned keys may have been made by the transaction that did not happen.
  const atomically = <T>(work: () => T): T => {
    try {
      return db.transaction(work).immediate()
    } catch (error) {
      tables.forget()
      throw error
    }
  }
  return {
    state: async () => rebuild.state(),
    bind: async (origin) => atomically(() => state.bind(origin)),
    setRoster: async (towns) => atomically(() => state.setRoster(towns)),
    takeEpoch: async () => {
      // Of a writer that is fenced off no thread writes on.
      await rebuild.stop()
      await apart.stop()
      return atomically(() => state.takeEpoch())
    },
    commit: async (commit) => {
      if ((await rebuild.take(commit)) || (await apart.take(commit))) return
      const packed = packParts(commit)
      const eraseAfter = (): void => {
        docs.remember(commit.changes.put, docSizesOf(packed))
        if (commit.intake.length > 0) {
          const { roster } = state.read()
          isToPurge = erase(commit.intake, (did) => roster.some((town) => town.did === did)) || isToPurge
        }
        const gone = commit.changes.erased
        if (gone !== undefined && gone.did !== gone.name) {
          eraseAccount(gone, commit.nextCursor.folded.leaf)
          isToPurge = true
        }
      }
      atomically(() => write.whole(commit, packed, eraseAfter))
    },
    resetFold: async (epoch, rules, roster) => {
      await apart.stop()
      // What is rebuilt holds no DIDs, and its pages need no zeros, unless older rules made it.
      if (state.read().rules >= RULES_WITHOUT_DIDS) db.pragma('secure_delete = FAST')
      atomically(() => {
        state.checkEpoch(epoch)
        state.setRules(rules)
        if (roster !== undefined) state.changeRoster(roster)
        for (const table of FOLDED_TABLES) db.exec(`DELETE FROM ${table}`)
        db.exec(docIndexSql)
        const { cursor } = state.read()
        state.move({ read: cursor.read, folded: START, step: cursor.step + 1 })
      })
      applySettings(db)
      tables.forget()
    },
    beginRebuild: async () => {
      await apart.stop()
      rebuild.begin()
    },
    endRebuild: () => rebuild.end(),
    purge: async () => {
      if (!isToPurge) return
      // While another process reads, the log cannot be emptied: the next purge tries again, and nobody waits for it here.
      db.pragma('busy_timeout = 0')
      isToPurge = db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0
      db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    },
  }
}

/** From these rules on what is folded has numbers for DIDs throughout. */
const RULES_WITHOUT_DIDS = 18

const LAST_CHARACTER = '\u{10ffff}'

type Queue = Pick<Books, 'load' | 'documents' | 'keys' | 'due' | 'nextDue'>

const openQueue = ({ db, dids, docs, dues }: Tables): Queue => {
  const keys = db.prepare<[string, string], string>('SELECT key FROM doc WHERE key >= ? AND key < ?').pluck()
  return {
    load: async (wanted) => {
      docs.refresh()
      return new Map(wanted.map((key) => [key, docs.get(key)]))
    },
    documents: async () => {
      docs.refresh()
      return { get: docs.get, has: () => true, of: docs.of, isAhead: docs.isHeld }
    },
    keys: async (prefix, after, limit) =>
      keys
        .all(dids.seek(prefix), `${dids.seek(prefix)}${LAST_CHARACTER}`)
        .map(dids.read)
        .filter((key) => key > (after ?? ''))
        .toSorted(compareBytes)
        .slice(0, limit),
    due: async (through, limit) => dues.through(through, limit),
    nextDue: async () => dues.next(),
  }
}

type Reads = Omit<Books, keyof Writes | keyof Queue | 'folding' | 'changed'>

const openReads = (tables: Tables, intake: IntakeTable): Reads => {
  const { db, entity, scope } = tables
  const positions = openPositions(tables)
  const sums = openSums(tables, positions)
  const contributions = openContributions(tables, positions)
  const headcounts = openHeadcounts(tables, positions)
  const flows = openFlows(tables, positions)
  const flowPairs = openFlowPairs(tables, positions)
  const transactions = openTransactions(tables, positions)
  const refusals = openRefusals(tables)
  const scopes = db.prepare<[number], { scope: number }>('SELECT scope FROM entity_scope WHERE entity = ? ORDER BY scope')
  const asked = openAsks(tables)
  const postings = db.prepare<[], number>('SELECT sum(postings) FROM page').pluck()
  const count = (table: string): number => db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0
  return {
    intake: async ({ leaf, op }, limit) => intake.after(leaf, op, limit),
    rows: async (query) => intake.rows(query),
    heads: async (repos) => intake.heads(repos),
    naming: async (did) => intake.naming(did),
    knows: async (did) => tables.dids.find(did) !== 0,
    paths: async (repo) => intake.paths(repo),
    proof: async (leaf) => intake.proof(leaf),
    sums: async (query) => sums(query.entity === undefined ? 'scope' : 'entity', query),
    sumsByEntity: async (query) => sums('each', query),
    contributions: async (query) => contributions(query),
    headcount: async (query) => headcounts(query),
    flows: async (query) => flows(query),
    flowPairs: async (query) => flowPairs(query),
    scopesOf: async (key) => scopes.all(entity.find(key)).map((row) => scope.text(row.scope)),
    transactions: async (query) => transactions(query),
    refusals: async (query) => refusals(query),
    leafBefore: async (instant) => ({ leaf: intake.leafBefore(instant), instant }),
    positionAt: async (leaf) => intake.positionAt(leaf),
    asked: async (did, most) => asked(did, most),
    counts: async () => ({
      intake: count('intake'),
      transactions: positions.last(),
      postings: postings.get() ?? 0,
      refusals: count('refusal'),
    }),
    dump: () => dumpFolded(tables),
  }
}
