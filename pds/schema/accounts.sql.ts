// Tables of accounts, keys, sessions, app passwords and invites in pds.sqlite: the first migration.
// Times are epoch milliseconds: civil where a column says `created`, real where it says `expires`. Key columns hold sealed bytes (server/seal.ts).

export const accountsSql = `
CREATE TABLE server_key (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  did TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  email TEXT UNIQUE,
  password_hash TEXT NOT NULL,
  signing_key BLOB NOT NULL,
  next_signing_key BLOB,
  deactivated INTEGER NOT NULL DEFAULT 0 CHECK (deactivated IN (0, 1)),
  taken_down INTEGER NOT NULL DEFAULT 0 CHECK (taken_down IN (0, 1)),
  created_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX account_rotating ON account (did) WHERE next_signing_key IS NOT NULL;

-- A handle on its way to an account: its identity may already stand in the directory, so a retry takes the same one.
CREATE TABLE reservation (
  handle TEXT PRIMARY KEY,
  did TEXT NOT NULL UNIQUE,
  recovery_key TEXT,
  signing_key BLOB NOT NULL,
  operation TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- Public keys that signed an account's commits before; events below until_seq were signed by them. Old commits verify for ever.
CREATE TABLE retired_key (
  did TEXT NOT NULL REFERENCES account (did) ON DELETE CASCADE,
  until_seq INTEGER NOT NULL,
  did_key TEXT NOT NULL,
  PRIMARY KEY (did, until_seq)
) STRICT, WITHOUT ROWID;

-- Signing keys made ahead of an account that moves here, or of a rotation.
CREATE TABLE reserved_key (
  did_key TEXT PRIMARY KEY,
  did TEXT,
  sealed BLOB NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX reserved_key_by_did ON reserved_key (did) WHERE did IS NOT NULL;

CREATE TABLE app_password (
  did TEXT NOT NULL REFERENCES account (did) ON DELETE CASCADE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  privileged INTEGER NOT NULL CHECK (privileged IN (0, 1)),
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (did, name)
) STRICT, WITHOUT ROWID;

-- A session stands as long as its row; every token names its session.
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  did TEXT NOT NULL REFERENCES account (did) ON DELETE CASCADE,
  app_password TEXT,
  expires_ms INTEGER NOT NULL,
  FOREIGN KEY (did, app_password) REFERENCES app_password (did, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_did ON session (did, app_password);
CREATE INDEX session_by_expiry ON session (expires_ms);

CREATE TABLE refresh_token (
  jti TEXT PRIMARY KEY,
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  expires_ms INTEGER NOT NULL,
  next_jti TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_token_by_session ON refresh_token (session);

CREATE TABLE invite_code (
  code TEXT PRIMARY KEY,
  uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
  for_account TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invite_use (
  code TEXT NOT NULL REFERENCES invite_code (code),
  did TEXT NOT NULL,
  used_ms INTEGER NOT NULL,
  PRIMARY KEY (code, did)
) STRICT, WITHOUT ROWID;
`
