// Bounds of what is passed on to other services.

/** Of a body in either direction, as it is without compression. */
export const PROXY_MAX_BYTES = 10_485_760
export const PROXY_TIMEOUT_MS = 30_000
/** A service token is used at once. */
export const PROXY_TOKEN_SECONDS = 60
