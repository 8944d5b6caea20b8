// What encoding, decoding and conversion of data throw.

/** Bytes, JSON or a value outside the data model; the message says where it departs. */
export class InvalidData extends Error {
  override readonly name = 'InvalidData'
}
