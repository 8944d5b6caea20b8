// Every limit of following and folding, by name.

/** Leaves the writer is given at once; and where a database is waited for. */
export const BATCH_MAX_LEAVES = 16_000
export const BATCH_MAX_LEAVES_AWAY = 4_000
/**
 * Rows of intake in one commit, but for a leaf that has more: on SQLite so many that pages which each commit touches are written seldom; and where a database
 * is waited for, so many that it is waited for seldom.
 */
export const COMMIT_MAX_ROWS = 16_000
export const COMMIT_MAX_ROWS_AWAY = 4_000
/** Events of a batch decided without letting anything else have its turn. */
export const EVENTS_AT_ONCE = 200
/** The same of leaves that are looked at. */
export const LEAVES_AT_ONCE = 200
/** Rows that are a backlog when they are given at once. Where a thread writes while the next are decided, the first commit is small, so that it soon has something to do; then they double. */
export const BACKLOG_ROWS = 2_000
export const BACKLOG_FIRST_ROWS = 500
/** So long one commit of it may take, as far as those before tell: whoever else writes to the file waits for it. */
export const BACKLOG_COMMIT_MS = 1_000
/** While leaves keep coming, a batch is gathered for so long, looking every step. */
export const GATHER_MAX_MS = 50
export const GATHER_STEP_MS = 1
/** Leaves read ahead of the writer, and their blocks together. */
export const READ_AHEAD_LEAVES = 16_000
export const READ_AHEAD_BYTES = 64_000_000
/** Due entries decided in one commit. */
export const BATCH_MAX_DUE = 1_000
/** Rows of intake folded in one commit of a rebuild. */
export const REBUILD_ROWS = 2_000
/** The same where documents are in memory: of a small batch little is left that outlives the next collection of young objects. */
export const REBUILD_ROWS_AT_HAND = 500
/** Times a failed commit is tried again before the writer gives up. */
export const COMMIT_ATTEMPTS = 5
export const COMMIT_RETRY_MS = 200
/** With a full disk it is tried again so often, for ever. */
export const FULL_RETRY_MS = 1_000

export const RECONNECT_FIRST_MS = 250
export const RECONNECT_MAX_MS = 30_000
export const ORIGIN_TIMEOUT_MS = 5_000
export const ORIGIN_MAX_BYTES = 64_000
/** How often the due queue is looked at. */
export const ADVANCE_EVERY_MS = 1_000

/** While a directory does not answer, a leaf waits for it at most this long before it counts as not to be had; did:plc waits without end. */
export const WEB_IDENTITY_PATIENCE_MS = 20_000
export const IDENTITY_RETRY_MS = 1_000
/** How far a relay's knowledge of a key change may lie behind the directory's. */
export const KEY_TIME_TOLERANCE_MS = 10 * 60_000
export const AUDIT_LOG_MAX_BYTES = 2_000_000

export const REPO_MAX_BYTES = 256_000_000
export const REPO_MAX_BLOCKS = 2_000_000
export const REPO_FETCH_TIMEOUT_MS = 20_000
export const REPO_FETCH_ATTEMPTS = 2
/** A host whose repo could not be had is not asked again for so long. */
export const REPO_COOL_DOWN_MS = 30_000
/** A repo fetched late is worked back by the commits that follow in the log; these are waited for so long, and when they do not come, not again for a while. */
export const LATER_PATIENCE_MS = 1_000
export const LATER_COOL_DOWN_MS = 30_000
export const LATER_STEP_MS = 20

/** Of edited and deleted confirmations, versions before that are looked for at once. */
export const VERSIONS_AT_ONCE = 32

/** For a repo of somebody no town knows: one try of so long, and all of them together so much of so long. */
export const STRANGER_FETCH_TIMEOUT_MS = 2_000
export const STRANGERS_SHARE_MS = 4_000
export const STRANGERS_WINDOW_MS = 60_000
