// Every limit the protocol sets on events, documents and tokens, by name, with its unit last.
// Sources: atproto specs event-stream, sync, repository, xrpc; a limit of ours says so.

/** One WebSocket frame, header and payload together. */
export const FRAME_MAX_BYTES = 5_000_000
/** The CAR of a #commit. */
export const COMMIT_BLOCKS_MAX_BYTES = 2_000_000
/** The CAR of a #sync. */
export const SYNC_BLOCKS_MAX_BYTES = 10_000
export const RECORD_MAX_BYTES = 1_000_000
export const COMMIT_MAX_OPS = 200
/** How far ahead of our clock a rev may lie. */
export const REV_FUTURE_TOLERANCE_MS = 5 * 60_000
/** Ours: blocks in one commit's CAR. 200 ops in the deepest tree we accept stay far below. */
export const COMMIT_MAX_BLOCKS = 20_000
/** Ours: `name`, `message`, `status` and the like in events; longer is malformed. */
export const EVENT_TEXT_MAX_LENGTH = 1_000
/** Ours: the header of a frame, which holds an op and a type. */
export const FRAME_HEADER_MAX_BYTES = 1_000
/** seq is an integer a double holds exactly. */
export const SEQ_MAX = Number.MAX_SAFE_INTEGER

/** Ours: frames a subscription holds while its consumer works; beyond either, the socket is paused. */
export const SUBSCRIBE_QUEUE_MAX_FRAMES = 256
export const SUBSCRIBE_QUEUE_MAX_BYTES = 8_000_000
export const SUBSCRIBE_HANDSHAKE_TIMEOUT_MS = 10_000
export const SUBSCRIBE_IDLE_TIMEOUT_MS = 90_000

/** Ours: a DID document, a handle's answer, and the time one look-up may take. */
export const DID_DOCUMENT_MAX_BYTES = 64_000
export const DID_DOCUMENT_MAX_ENTRIES = 100
export const HANDLE_ANSWER_MAX_BYTES = 4_096
export const IDENTITY_TIMEOUT_MS = 5_000
/** Ours: identities kept in memory, and for how long they are believed. */
export const IDENTITY_MAX_ENTRIES = 100_000
export const IDENTITY_FRESH_MS = 60 * 60_000
export const IDENTITY_FAILURE_FRESH_MS = 15_000

/** Ours: a service token's text. */
export const SERVICE_JWT_MAX_LENGTH = 8_192
export const SERVICE_JWT_MAX_JTI_LENGTH = 256
export const SERVICE_JWT_DEFAULT_EXP_SECONDS = 60
/** A token lives an hour at the most. */
export const SERVICE_JWT_MAX_EXP_SECONDS = 60 * 60
/** Ours: two clocks may differ by this much. */
export const SERVICE_JWT_CLOCK_SKEW_SECONDS = 30
