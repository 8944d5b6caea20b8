// The directory's one table: every operation ever taken, in the order it was taken. Rows are only added; recovery sets `nullified`.

export const plcSql = `
CREATE TABLE operation (
  seq INTEGER PRIMARY KEY,
  did TEXT NOT NULL,
  cid TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  nullified INTEGER NOT NULL DEFAULT 0 CHECK (nullified IN (0, 1)),
  operation TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX operation_of_did ON operation (did, cid);
CREATE INDEX operation_in_time ON operation (created_ms);
`
