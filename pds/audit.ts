// The auditor of a PDS's folder: verifies everything again from stored bytes. Trees are rebuilt from records and must give the head's data CID; commits,
// records and nodes hash to their CIDs; signatures verify; every #commit inverts and stands on the one before it; blobs' files are whole.
// Reads only, beside a running server or without one.

import { join } from 'node:path'
import type { AuditReport } from '../server/audit-report.ts'
import { readSecrets } from '../server/secret-file.ts'
import { openForReading } from '../server/sqlite.ts'
import type { Database } from '../server/sqlite.ts'
import { createAccounts } from './accounts/accounts.ts'
import { sealerOf } from './accounts/secret.ts'
import { auditBlobs } from './audit/audit-blobs.ts'
import { auditEvents } from './audit/audit-events.ts'
import { auditRepo } from './audit/audit-repo.ts'
import { Findings } from './audit/findings.ts'
import { createHeads } from './repo/heads.ts'
import type { Head } from './repo/heads.ts'

export type AuditProgress = (done: number, total: number) => void

/** `onProgress` counts repos, then the log as one more step. */
export const auditPds = async (dataDir: string, onProgress: AuditProgress = () => {}): Promise<AuditReport> => {
  const db = openForReading(join(dataDir, 'pds.sqlite'))
  try {
    const accounts = createAccounts(db, sealerOf(readSecrets(join(dataDir, 'secret'))))
    return await auditDatabase(db, { didKeyAt: (did, seq) => accounts.didKeyAt(did, seq), blobDir: join(dataDir, 'blobs') }, onProgress)
  } finally {
    db.close()
  }
}

/** `didKeyAt`: the did:key that signed what an account appended at that seq. */
export type AuditSources = { readonly didKeyAt: (did: string, seq: number) => string; readonly blobDir: string }

/** The same on an open database, all of it as of one moment. */
export const auditDatabase = async (
  db: Database,
  { didKeyAt, blobDir }: AuditSources,
  onProgress: AuditProgress = () => {},
): Promise<AuditReport> => {
  const findings = new Findings()
  db.exec('BEGIN')
  try {
    const total = db.prepare<[], number>('SELECT count(*) FROM repo').pluck().get() ?? 0
    const nodes = nodesByRepo(db)
    let done = 0
    for (const head of headsOf(db)) {
      auditRepo(db, head, didKeyAt(head.did, Number.MAX_SAFE_INTEGER), nodes.get(head.id) ?? 0, findings)
      await auditBlobs(db, head, join(blobDir, String(head.id)), findings)
      onProgress(++done, total + 1)
    }
    auditEvents(db, didKeyAt, findings)
    onProgress(total + 1, total + 1)
  } finally {
    db.exec('ROLLBACK')
  }
  return findings.report()
}

/** Counted once: no index leads from a repo to its nodes. */
const nodesByRepo = (db: Database): ReadonlyMap<number, number> =>
  new Map(
    db
      .prepare<[], { repo: number; count: number }>('SELECT repo, count(*) AS count FROM node GROUP BY repo')
      .all()
      .map(({ repo, count }) => [repo, count]),
  )

const PAGE = 100

function* headsOf(db: Database): Generator<Head> {
  const heads = createHeads(db)
  for (let page = heads.list(0, PAGE), last = page.at(-1); last !== undefined; page = heads.list(last.id, PAGE), last = page.at(-1))
    yield* page
}
