// The bytes a page of frames has on a WebSocket: made once, batched, and shared by all subscribers that stand at the same place.

import type { Page } from './event-log.ts'

/** Small enough that a socket which takes anything at all is seen to drain. */
const PIECE_BYTES = 65_536
const BINARY_FINAL = 0x82

/** Ready bytes of a page, cut into pieces (not at frames). */
export type Wire = { readonly pieces: readonly Uint8Array[]; readonly sizeBytes: number }

/** Keeps the wire of the newest pages, bounded in bytes. Pages that the log does not share (they are not frozen) are not kept. */
export class WireCache {
  readonly #maxBytes: number
  readonly #kept = new Map<Page, Wire>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  wireOf(page: Page): Wire {
    const known = this.#kept.get(page)
    if (known) return known
    const wire = makeWire(page)
    if (Object.isFrozen(page)) this.#keep(page, wire)
    return wire
  }

  #keep(page: Page, wire: Wire): void {
    this.#kept.set(page, wire)
    this.#bytes += wire.sizeBytes
    for (const [oldest, old] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return
      this.#kept.delete(oldest)
      this.#bytes -= old.sizeBytes
    }
  }
}

const makeWire = (page: Page): Wire => {
  const bytes = Buffer.concat(page.flatMap(({ frame }) => [webSocketHeader(frame.length), frame]))
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) pieces.push(bytes.subarray(at, at + PIECE_BYTES))
  return { pieces, sizeBytes: bytes.length }
}

/** One binary message, whole and unmasked, as a server sends it (RFC 6455 section 5.2). */
export const webSocketFrame = (payload: Uint8Array): Uint8Array => Buffer.concat([webSocketHeader(payload.length), payload])

const webSocketHeader = (length: number): Uint8Array => {
  if (length < 126) return Uint8Array.of(BINARY_FINAL, length)
  if (length < 65_536) return Uint8Array.of(BINARY_FINAL, 126, length >> 8, length & 255)
  const header = Buffer.alloc(10)
  header[0] = BINARY_FINAL
  header[1] = 127
  header.writeBigUInt64BE(BigInt(length), 2)
  return header
}
