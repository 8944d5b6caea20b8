// The relay's own tables; `event` and `event_log` belong to server/event-log.ts and stand in the same file, so that one transaction covers all.

export const relaySql = `
-- Which origin's log this file holds: must be the one of origin.json beside it.
CREATE TABLE origin (id INTEGER PRIMARY KEY CHECK (id = 1), key TEXT NOT NULL, base INTEGER NOT NULL) STRICT;

-- A server we follow. cursor: its seq up to which everything is in our log, or refused and counted.
CREATE TABLE host (
  id INTEGER PRIMARY KEY, hostname TEXT NOT NULL UNIQUE, url TEXT NOT NULL, trusted INTEGER NOT NULL, banned INTEGER NOT NULL DEFAULT 0,
  cursor INTEGER NOT NULL DEFAULT 0, accounts INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL
) STRICT;

-- How often something happened to events of a host: refusal codes, and the notes of ingest/notes.ts.
CREATE TABLE host_count (
  host INTEGER NOT NULL REFERENCES host (id), what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (host, what)
) STRICT, WITHOUT ROWID;

-- What we know of an account from events that were believed. host: where the last of them came from. status: as its host last said.
-- desynchronized: a commit did not follow from the one before, and no #sync has come since.
CREATE TABLE account (
  id INTEGER PRIMARY KEY, did TEXT NOT NULL UNIQUE, host INTEGER NOT NULL REFERENCES host (id), active INTEGER NOT NULL, status TEXT,
  rev TEXT, commit_cid BLOB, data_cid BLOB, desynchronized INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One row per event, for ever. bytes: the leaf; the host's own seq and time stand beside it. No DID is here.
CREATE TABLE leaf (
  leaf INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, bytes BLOB NOT NULL, host INTEGER NOT NULL, host_seq INTEGER NOT NULL, host_time TEXT NOT NULL
) STRICT;
`

/** promised_ms: a time that was given out, before which no later leaf may lie. */
export const promiseSql = 'ALTER TABLE origin ADD COLUMN promised_ms INTEGER NOT NULL DEFAULT 0'

/** In the order in which they came; a file is brought up to the last. */
export const relayMigrations: readonly string[] = [relaySql, promiseSql]
