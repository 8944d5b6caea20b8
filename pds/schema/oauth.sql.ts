// Tables of the authorization server in pds.sqlite. Times are epoch milliseconds of real time. Codes and refresh tokens stand only as hashes,
// a browser's session is sealed (server/seal.ts). What an app was given is one `oauth_session`; its tokens come in generations: a refresh spends the
// present one and begins the next.

export const oauthSql = `
CREATE TABLE oauth_device (
  id TEXT PRIMARY KEY,
  sealed_session BLOB NOT NULL,
  user_agent TEXT,
  ip_address TEXT NOT NULL,
  last_seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_device_by_age ON oauth_device (last_seen_ms);

-- Who is signed in on which device.
CREATE TABLE oauth_device_account (
  device TEXT NOT NULL REFERENCES oauth_device (id) ON DELETE CASCADE,
  did TEXT NOT NULL REFERENCES account (did) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (device, did)
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_device_account_by_did ON oauth_device_account (did);

CREATE TABLE oauth_request (
  id TEXT PRIMARY KEY,
  client TEXT NOT NULL,
  client_auth TEXT,
  parameters TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  device TEXT,
  did TEXT,
  code_hash BLOB UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_request_by_expiry ON oauth_request (expires_ms);

CREATE TABLE oauth_session (
  id INTEGER PRIMARY KEY,
  did TEXT NOT NULL REFERENCES account (did) ON DELETE CASCADE,
  client TEXT NOT NULL,
  client_auth TEXT NOT NULL,
  device TEXT,
  parameters TEXT NOT NULL,
  scope TEXT NOT NULL,
  code_hash BLOB UNIQUE,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  generation INTEGER NOT NULL
) STRICT;
CREATE INDEX oauth_session_by_did ON oauth_session (did);
CREATE INDEX oauth_session_by_age ON oauth_session (updated_ms);

CREATE TABLE oauth_token (
  id TEXT PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES oauth_session (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  refresh_hash BLOB UNIQUE,
  spent_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_token_by_session ON oauth_token (session, generation);

CREATE TABLE oauth_lexicon (
  nsid TEXT PRIMARY KEY,
  lexicon TEXT,
  uri TEXT,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  succeeded_ms INTEGER
) STRICT, WITHOUT ROWID;

-- What may be used once: code challenges, assertions of clients.
CREATE TABLE oauth_used (
  hash BLOB PRIMARY KEY,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_used_by_expiry ON oauth_used (expires_ms);
`
