// The auditor of a relay's data folder: verifies everything again from the stored bytes, believing no column that can be derived.
// Checks: leaves dense from 1, their times never falling, each seq its origin's base + leaf · each event kept has its leaf, which says its seq, time,
// kind, account (by its salt), frame hash and commit · each #commit and #sync kept is whole in itself (all but the signature, whose key may have
// been replaced since) · each host's cursor covers what came from it · each account's head is the last one the log says, while the log is kept.

import { join } from 'node:path'
import { decodeData, parseDataMap } from '../atproto/data-model.ts'
import { msOfDatetime, parseDatetime } from '../atproto/datetime.ts'
import type { AuditProblem, AuditReport } from '../server/audit-report.ts'
import { openForReading } from '../server/sqlite.ts'
import type { Database } from '../server/sqlite.ts'
import { auditEvents, orSay } from './audit/audit-events.ts'
import type { Say } from './audit/audit-events.ts'
import { readMark } from './origin/mark.ts'
import { DATABASE_FILE } from './origin/open-folder.ts'
import { readSealer } from './origin/open-sealer.ts'
import { readOrigin } from './origin/origin.ts'
import type { Origin } from './origin/origin.ts'

export { readRelayLog } from './audit/read-log.ts'
export type { RelayLog } from './audit/read-log.ts'

type LeafRow = { leaf: number; timeMs: number; bytes: Uint8Array }

const parseLeafRow = (row: unknown): LeafRow => row as LeafRow

/** Checks the folder of a relay, running or not. `onProgress` gets leaves done and leaves in all. */
export const auditRelay = async (dataDir: string, onProgress: (done: number, total: number) => void = () => {}): Promise<AuditReport> => {
  const problems: AuditProblem[] = []
  const say: Say = (where, what) => problems.push({ where, what })
  const origin = readOrigin(dataDir, () => readSealer(dataDir))
  if (origin === undefined) return { checked: {}, problems: [{ where: dataDir, what: 'there is no origin.json' }] }
  // Before the log is read, since a log that is being written grows in between.
  const mark = readMark(dataDir)
  const db = openForReading(join(dataDir, DATABASE_FILE))
  try {
    return db.transaction(() => {
      if (db.prepare('SELECT key FROM origin').pluck().get() !== origin.key) say('origin', 'the log is of another origin')
      const leaves = auditLeaves(db, origin, mark, say, onProgress)
      return { checked: { leaves, ...auditEvents(db, origin, say), hosts: auditHosts(db, say) }, problems }
    })()
  } finally {
    db.close()
  }
}

const auditLeaves = (db: Database, origin: Origin, mark: number, say: Say, onProgress: (done: number, total: number) => void): number => {
  const total = Number(db.prepare('SELECT count(*) FROM leaf').pluck().get())
  let [leaf, lastMs] = [0, 0]
  for (const row of db.prepare('SELECT leaf, time_ms AS timeMs, bytes FROM leaf ORDER BY leaf').iterate()) {
    const found = parseLeafRow(row)
    leaf += 1
    if (found.leaf !== leaf) say(`leaf ${found.leaf}`, `leaf ${leaf} is missing before it`)
    orSay(
      () => auditLeaf(found, origin, (what) => say(`leaf ${found.leaf}`, what)),
      (what) => say(`leaf ${found.leaf}`, what),
    )
    if (found.timeMs < lastMs) say(`leaf ${found.leaf}`, 'its time lies before that of the leaf before it')
    ;[leaf, lastMs] = [found.leaf, found.timeMs]
    if (leaf % 10_000 === 0) onProgress(leaf, total)
  }
  if (leaf < mark) say('log', `it ends at leaf ${leaf}, and once was at ${mark}`)
  onProgress(total, total)
  return total
}

const auditLeaf = ({ leaf, timeMs, bytes }: LeafRow, origin: Origin, say: (what: string) => void): void => {
  const fields = parseDataMap(decodeData(bytes))
  if (fields['seq'] !== origin.base + leaf) say('its seq is not base + leaf')
  if (msOfDatetime(parseDatetime(fields['time'])) !== timeMs) say('its row has another time')
}

const auditHosts = (db: Database, say: Say): number => {
  const behind = db
    .prepare('SELECT hostname FROM host WHERE cursor < (SELECT coalesce(max(host_seq), 0) FROM leaf WHERE host = host.id)')
    .pluck()
  // A host that began again from its beginning has a cursor below what once came from it, and says so in its counts.
  const rewound = new Set(db.prepare("SELECT hostname FROM host JOIN host_count ON host = id WHERE what = 'host.rewound'").pluck().all())
  for (const hostname of behind.all())
    if (!rewound.has(hostname)) say(`host ${String(hostname)}`, 'its cursor lies before what has come from it')
  for (const hostname of db
    .prepare('SELECT hostname FROM host WHERE accounts <> (SELECT count(*) FROM account WHERE host = host.id)')
    .pluck()
    .all())
    say(`host ${String(hostname)}`, 'its number of accounts is wrong')
  return Number(db.prepare('SELECT count(*) FROM host').pluck().get())
}
