// What the directory takes at most, each with its name. The form and the chain are checked besides.

export const OPERATION_MAX_BYTES = 7_500
export const BODY_MAX_BYTES = 65_536
export const ROTATION_KEYS_MAX = 5
export const ENTRIES_MAX = 10
export const NAME_MAX_LENGTH = 32
export const TEXT_MAX_LENGTH = 512
export const DID_KEY_MAX_LENGTH = 256

/** Operations one DID may make within these times, the first one included. */
export const RATE_LIMITS = [
  { count: 10, withinMs: 3_600_000, text: '10 within an hour' },
  { count: 30, withinMs: 86_400_000, text: '30 within a day' },
  { count: 100, withinMs: 604_800_000, text: '100 within a week' },
] as const

export const EXPORT_DEFAULT = 10
export const EXPORT_MAX = 1_000
