// What reading a key throws.

/** Text or bytes that are no key of the two curves. */
export class InvalidKey extends Error {
  override readonly name = 'InvalidKey'
}
