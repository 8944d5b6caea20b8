// Tables of repositories in pds.sqlite: heads, tree nodes, records, blobs. CIDs are 36 bytes of binary CIDv1; revs are TIDs as text.
// `node.links` names the rows of a node's subtrees (6 bytes each, little endian, in the order of its links): nodes are appended and found from
// their parent, never by CID, so a write touches few pages however large the tree. A rev says which commit last wrote the row.

export const repoSql = `
CREATE TABLE repo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  did TEXT NOT NULL UNIQUE REFERENCES account (did),
  rev TEXT NOT NULL,
  commit_cid BLOB NOT NULL,
  commit_bytes BLOB NOT NULL,
  data_cid BLOB NOT NULL,
  root_node INTEGER NOT NULL
) STRICT;

CREATE TABLE node (
  id INTEGER PRIMARY KEY,
  repo INTEGER NOT NULL,
  rev TEXT NOT NULL,
  cid BLOB NOT NULL,
  links BLOB NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE record (
  repo INTEGER NOT NULL,
  collection TEXT NOT NULL,
  rkey TEXT NOT NULL,
  rev TEXT NOT NULL,
  cid BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (repo, collection, rkey)
) STRICT, WITHOUT ROWID;

-- A blob that no record names is loose since an instant of real time; it is not served, and its file goes later.
CREATE TABLE blob (
  repo INTEGER NOT NULL,
  cid BLOB NOT NULL,
  mime_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  loose_since_ms INTEGER,
  PRIMARY KEY (repo, cid)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_loose ON blob (loose_since_ms) WHERE loose_since_ms IS NOT NULL;

CREATE TABLE blob_ref (
  repo INTEGER NOT NULL,
  cid BLOB NOT NULL,
  collection TEXT NOT NULL,
  rkey TEXT NOT NULL,
  rev TEXT NOT NULL,
  PRIMARY KEY (repo, cid, collection, rkey)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_ref_by_record ON blob_ref (repo, collection, rkey);
`
