// The bytes of one message from a host → what is to be done with it. No state but the host's last seq; nothing is believed yet.
// Checks, in order: the frame decodes · the event has its form · its seq rises.

import { isDataMap } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { InvalidEvent, parseEvent } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import { InvalidFrame, decodeFrame } from '../../atproto/frame.ts'
import type { ErrorFrame, Frame } from '../../atproto/frame.ts'
import type { Noted, Refused } from './judge.ts'

export type Read =
  | { readonly kind: 'event'; readonly event: RepoEvent }
  | { readonly kind: 'settled'; readonly judged: Refused | Noted }
  /** The connection is to be cut; `judged` says why. */
  | { readonly kind: 'undecodable'; readonly judged: Refused }
  | { readonly kind: 'error'; readonly error: ErrorFrame }
  /** Sent again after a reconnection by hosts that take a cursor as "from here on". */
  | { readonly kind: 'repeated' }

/** `lastSeq` is the seq of the host's last event, `isFirst` whether this is the first frame of its connection. */
export const readFrame = (bytes: Uint8Array, lastSeq: number, isFirst: boolean): Read => {
  let frame: Frame
  try {
    frame = decodeFrame(bytes)
  } catch (error) {
    if (!(error instanceof InvalidFrame)) throw error
    return { kind: 'undecodable', judged: { kind: 'refused', seq: null, did: null, reason: error.code, detail: error.message } }
  }
  if (frame.kind === 'error') return { kind: 'error', error: frame }
  if (frame.kind === 'unknown') return note('frame.unknown-op', null)
  return readMessage(frame.t, frame.payload, lastSeq, isFirst)
}

const readMessage = (t: string, payload: Data, lastSeq: number, isFirst: boolean): Read => {
  try {
    const event = parseEvent(t, payload)
    if (event.kind === 'unknown') return note('event.unknown-type', risingSeq(payload, lastSeq))
    if (event.kind === 'info') return note(event.name === 'OutdatedCursor' ? 'host.gap' : 'event.unknown-type', null)
    if (event.seq > lastSeq) return { kind: 'event', event }
    if (isFirst && event.seq === lastSeq) return { kind: 'repeated' }
    return refuse('event.seq-order', null, `${event.seq} after ${lastSeq}`)
  } catch (error) {
    if (error instanceof InvalidEvent) return refuse(error.code, risingSeq(payload, lastSeq), error.message)
    throw error
  }
}

const note = (what: Noted['note'], seq: number | null): Read => ({ kind: 'settled', judged: { kind: 'noted', seq, note: what } })

const refuse = (reason: Refused['reason'], seq: number | null, detail: string): Read => ({
  kind: 'settled',
  judged: { kind: 'refused', seq, did: null, reason, detail },
})

/** The seq of an event that is otherwise not understood, so that the cursor passes it. */
const risingSeq = (payload: Data, lastSeq: number): number | null => {
  const seq = isDataMap(payload) ? payload['seq'] : undefined
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq > lastSeq ? seq : null
}
