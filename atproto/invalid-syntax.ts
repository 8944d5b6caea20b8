// What every parse function of a protocol string throws, and the few lines they share.

/** Longest piece of a refused value that a message repeats. */
const SHOWN_MAX_LENGTH = 64

/** `value` is not `what` ('did', 'handle', …). The message shows no more than the value's beginning. */
export class InvalidSyntax extends Error {
  override readonly name = 'InvalidSyntax'
  readonly what: string
  readonly value: unknown
  constructor(what: string, value: unknown) {
    super(`not a valid ${what}: ${typeof value === 'string' ? JSON.stringify(value.slice(0, SHOWN_MAX_LENGTH)) : typeof value}`)
    this.what = what
    this.value = value
  }
}

/** `value` if `accepts` says so; throws InvalidSyntax otherwise. */
export function parseWith<T extends string>(what: string, accepts: (value: unknown) => value is T, value: unknown): T {
  if (accepts(value)) return value
  throw new InvalidSyntax(what, value)
}
