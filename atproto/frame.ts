// Frames of an event stream: a header and a payload, two DRISL-CBOR objects one behind the other.
// https://atproto.com/specs/event-stream#framing . No length field is believed before it is bounded by the frame.

import { decodeData, encodeData, InvalidData, parseDataMap } from './data-model.ts'
import type { Data, DataMap } from './data-model.ts'
import { EVENT_TEXT_MAX_LENGTH, FRAME_HEADER_MAX_BYTES, FRAME_MAX_BYTES } from './limits.ts'

export type MessageFrame = { readonly kind: 'message'; readonly t: string; readonly payload: Data; readonly payloadBytes: Uint8Array }
export type ErrorFrame = { readonly kind: 'error'; readonly error: string; readonly message?: string }
/** A frame of an `op` this version does not know: to be ignored and counted. */
export type UnknownFrame = { readonly kind: 'unknown'; readonly op: number }
export type Frame = MessageFrame | ErrorFrame | UnknownFrame

/** Bytes that are no frame: the connection they came by is to be dropped. */
export class InvalidFrame extends Error {
  override readonly name = 'InvalidFrame'
  readonly code: 'frame.too-large' | 'frame.malformed'
  constructor(code: 'frame.too-large' | 'frame.malformed', detail: string) {
    super(detail)
    this.code = code
  }
}

const headers = new Map<string, Uint8Array>()

/** Header and payload of a message, `t` like `#commit`. */
export function encodeFrame(t: string, payload: Data): Uint8Array {
  return joinFrame(t, encodeData(payload))
}

/** The same around a payload that is encoded already. */
export function joinFrame(t: string, payloadBytes: Uint8Array): Uint8Array {
  let header = headers.get(t)
  if (header === undefined) {
    header = encodeData({ op: 1, t })
    headers.set(t, header)
  }
  return Buffer.concat([header, payloadBytes])
}

/** The last frame before a server closes: `error` like `FutureCursor`. */
export function encodeErrorFrame(error: string, message?: string): Uint8Array {
  return Buffer.concat([encodeData({ op: -1 }), encodeData(message === undefined ? { error } : { error, message })])
}

/** Bytes of one WebSocket message → frame. Throws InvalidFrame. `payloadBytes` is a view, not a copy. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > FRAME_MAX_BYTES) throw new InvalidFrame('frame.too-large', `${bytes.length} bytes`)
  const headerEnd = endOfItem(bytes.subarray(0, FRAME_HEADER_MAX_BYTES))
  const header = decodeMap(bytes.subarray(0, headerEnd), 'header')
  const op = header['op']
  if (typeof op !== 'number' || !Number.isSafeInteger(op)) throw malformed('the header has no op')
  const payloadBytes = bytes.subarray(headerEnd)
  if (op === -1) return errorFrame(decodeMap(payloadBytes, 'payload'))
  if (op !== 1) return { kind: 'unknown', op }
  const t = header['t']
  if (typeof t !== 'string') throw malformed('the header has no t')
  return { kind: 'message', t, payload: decodeMap(payloadBytes, 'payload'), payloadBytes }
}

function errorFrame(payload: DataMap): ErrorFrame {
  const { error, message } = payload
  if (typeof error !== 'string') throw malformed('the error frame has no error')
  const name = error.slice(0, EVENT_TEXT_MAX_LENGTH)
  return typeof message === 'string'
    ? { kind: 'error', error: name, message: message.slice(0, EVENT_TEXT_MAX_LENGTH) }
    : { kind: 'error', error: name }
}

const malformed = (detail: string): InvalidFrame => new InvalidFrame('frame.malformed', detail)

function decodeMap(bytes: Uint8Array, what: string): DataMap {
  try {
    return parseDataMap(decodeData(bytes))
  } catch (error) {
    if (error instanceof InvalidData) throw malformed(`the ${what}: ${error.message}`)
    throw error
  }
}

/** Where the first CBOR item of `bytes` ends. Counts items instead of recursing, so nesting costs nothing. */
function endOfItem(bytes: Uint8Array): number {
  let at = 0
  for (let remaining = 1; remaining > 0; remaining--) {
    const head = bytes[at]
    if (head === undefined) throw malformed('the header does not end')
    const major = head >> 5
    const width = argumentWidth(head & 31)
    const argument = width === 0 ? head & 31 : readArgument(bytes, at + 1, width)
    at += 1 + width
    if (major === 2 || major === 3) at += argument
    else if (major === 4) remaining += argument
    else if (major === 5) remaining += 2 * argument
    else if (major === 6) remaining += 1
    if (at > bytes.length || remaining > bytes.length + 1) throw malformed('the header does not end')
  }
  return at
}

function argumentWidth(info: number): number {
  if (info < 24) return 0
  if (info > 27) throw malformed('the header has an indefinite length')
  return 1 << (info - 24)
}

function readArgument(bytes: Uint8Array, at: number, width: number): number {
  let argument = 0
  for (let index = 0; index < width; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) throw malformed('the header does not end')
    argument = argument * 256 + byte
  }
  return argument
}
