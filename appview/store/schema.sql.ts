// The tables of an appview's books and work. Folded tables (FOLDED_TABLES) can be dropped and made again from intake; the rest cannot.
// Place is leaf and op in one number, ascending; rows of intake and proofs are overwritten in place and never shrink, so that what is erased leaves no copy.
// DIDs stand in the table did alone; in all other texts, and as repo, numbers stand for them (sqlite-dids.ts). Integer keys stand for entities and scopes.
// Months are integers yyyymm, days yyyymmdd; unit 0 is MIN, 1 is JPY; category 0 is none; signs counts debits less credits.

import { bucketsSql } from './sqlite-buckets.ts'
import { didsSql } from './sqlite-dids.ts'
import { docsSql } from './sqlite-docs.ts'
import { pagesSql } from './sqlite-pages.ts'

export const booksSql = `
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  origin TEXT, roster TEXT NOT NULL, epoch INTEGER NOT NULL, step INTEGER NOT NULL,
  read_leaf INTEGER NOT NULL, read_instant TEXT NOT NULL, folded_leaf INTEGER NOT NULL, folded_instant TEXT NOT NULL,
  rules INTEGER NOT NULL
);
INSERT INTO state VALUES (1, NULL, '[]', 0, 0, 0, '1970-01-01T00:00:00.000Z', 0, '1970-01-01T00:00:00.000Z', 0);

${didsSql}
CREATE TABLE repo (did INTEGER PRIMARY KEY, rev TEXT NOT NULL, data TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE intake (
  place INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, repo INTEGER NOT NULL, uri INTEGER NOT NULL, row TEXT NOT NULL
);
CREATE TABLE mention (did INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (did, place)) WITHOUT ROWID;
CREATE INDEX intake_repo ON intake (repo);
CREATE INDEX intake_uri ON intake (uri);
CREATE TABLE key_use (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, did_key TEXT NOT NULL, evidence TEXT NOT NULL);
CREATE INDEX key_use_number ON key_use (number);
CREATE TABLE proof (leaf INTEGER PRIMARY KEY, repo INTEGER NOT NULL, key_use INTEGER NOT NULL, car BLOB NOT NULL);

CREATE TABLE ask (uri TEXT NOT NULL, did TEXT NOT NULL, giver TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (uri, did)) WITHOUT ROWID;
CREATE INDEX ask_did ON ask (did, giver, place);
CREATE TABLE due (at TEXT NOT NULL, kind TEXT NOT NULL, uri TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (at, kind, uri)) WITHOUT ROWID;
CREATE TABLE refusal (
  repo TEXT NOT NULL, uri TEXT NOT NULL, leaf INTEGER NOT NULL, op INTEGER NOT NULL, code TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (repo, uri, leaf, op, code)
) WITHOUT ROWID;
CREATE TABLE entity (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE scope (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE category (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
`

/** What was erased: by the keyed hash of a uri its name; and rows without content that speak of a record, by the keyed hash of its uri. */
export const erasureSql = `
CREATE TABLE erasure_key (id INTEGER PRIMARY KEY CHECK (id = 1), print TEXT NOT NULL);
CREATE TABLE erased (hash TEXT NOT NULL, leaf INTEGER NOT NULL, rkey TEXT NOT NULL, PRIMARY KEY (hash, leaf)) WITHOUT ROWID;
CREATE TABLE erased_subject (hash TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (hash, place)) WITHOUT ROWID;
`

export const workSql = `
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repo TEXT NOT NULL, collection TEXT NOT NULL, rkey TEXT NOT NULL, verb TEXT NOT NULL, record TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL, next_ms INTEGER NOT NULL, cid TEXT, error TEXT
);
CREATE UNIQUE INDEX outbox_key ON outbox (repo, collection, rkey) WHERE verb = 'create';
CREATE INDEX outbox_pending ON outbox (next_ms) WHERE state = 'pending';
`

/** The desk. The audit trail only grows; its person is the one who acted. */
export const deskSql = `
CREATE TABLE desk_role (
  town TEXT NOT NULL, did TEXT NOT NULL, role TEXT NOT NULL, since TEXT NOT NULL, until TEXT, granted_by TEXT NOT NULL, ended_by TEXT,
  PRIMARY KEY (town, did, role, since)
) WITHOUT ROWID;
CREATE TABLE desk_resident (
  town TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, did TEXT, since TEXT NOT NULL, until TEXT, household TEXT, is_protected INTEGER NOT NULL,
  PRIMARY KEY (town, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX desk_resident_did ON desk_resident (town, did) WHERE did IS NOT NULL;
CREATE INDEX desk_resident_household ON desk_resident (town, household) WHERE household IS NOT NULL;
CREATE TABLE desk_draft (
  town TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, draft TEXT NOT NULL, PRIMARY KEY (town, id)
);
CREATE INDEX desk_draft_kind ON desk_draft (town, kind, state, id);
CREATE TABLE desk_audit (
  town TEXT NOT NULL, seq INTEGER NOT NULL, subject TEXT, entry TEXT NOT NULL, PRIMARY KEY (town, seq)
);
CREATE INDEX desk_audit_subject ON desk_audit (town, subject, seq) WHERE subject IS NOT NULL;
CREATE TRIGGER desk_audit_kept BEFORE UPDATE ON desk_audit BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER desk_audit_stays BEFORE DELETE ON desk_audit BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
CREATE TABLE desk_entry (
  town TEXT NOT NULL, commitment TEXT NOT NULL, uri TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, salt TEXT, PRIMARY KEY (town, commitment)
);
CREATE UNIQUE INDEX desk_entry_uri ON desk_entry (town, uri);
CREATE TABLE desk_entry_about (
  town TEXT NOT NULL, did TEXT NOT NULL, commitment TEXT NOT NULL, PRIMARY KEY (town, did, commitment)
) WITHOUT ROWID;
CREATE INDEX desk_entry_persons ON desk_entry_about (town, commitment);
`

/** In place of what older versions folded: whatever stands there is folded anew. */
export const foldedSql = `
DROP TABLE IF EXISTS tx; DROP TABLE IF EXISTS posting; DROP TABLE IF EXISTS tx_entity; DROP TABLE IF EXISTS entity_scope;
DROP TABLE IF EXISTS bucket; DROP TABLE IF EXISTS scope_bucket; DROP TABLE IF EXISTS doc;
${docsSql}${pagesSql}${bucketsSql}
UPDATE state SET rules = 0;
`

/** From here on rows of intake may stand as lists (row-text.ts), which an older version cannot read. */
export const rowListsSql = '-- nothing else changes'

/** Of a record to be published, what it takes the place of; waiting ones in their order, and all of one record. */
export const outboxOrderSql = `
ALTER TABLE outbox ADD COLUMN since INTEGER;
DROP INDEX outbox_pending;
CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'pending';
CREATE INDEX outbox_record ON outbox (repo, rkey);
`

/** What a rebuild empties. */
export const FOLDED_TABLES = [
  'doc',
  'ask',
  'due',
  'refusal',
  'entity',
  'scope',
  'category',
  'rate',
  'page',
  'page_entity',
  'page_action',
  'entity_scope',
  'bucket',
  'scope_bucket',
  'flow',
] as const
