// Limits of the blobs' room, by name.

/** One blob, unless the operator says otherwise. */
export const BLOB_MAX_BYTES = 5_000_000
/** How long a blob that no record names is kept; the specification asks for an hour at least and recommends several. */
export const LOOSE_BLOB_KEEP_MS = 6 * 60 * 60_000
/** Of one account, that no record names; more are taken when some are named, or have had their time. */
export const LOOSE_BLOBS_MAX = 500
export const LOOSE_BLOBS_MAX_BYTES = 500_000_000
export const LOOSE_BLOBS_RETRY_SECONDS = 600
export const LOOSE_BLOB_SWEEP_MS = 10 * 60_000
/** A MIME type's text; longer ones are taken as unknown. */
export const MIME_TYPE_MAX_LENGTH = 100
/** Enough of a file to know its kind. */
export const SNIFF_BYTES = 16
