// An event → the frame that carries it. Fields the lexicon retired but still requires are filled with their fixed values,
// so that what we send is the same whatever the sender left out.

import type { Data } from './data-model.ts'
import { encodeData } from './data-model.ts'
import type { CommitEvent, Event, RepoOp } from './event.ts'
import { joinFrame } from './frame.ts'

/** Returns the whole frame and, within it, the payload (whose sha-256 a log may keep). */
export function encodeEvent(event: Event): { readonly frame: Uint8Array; readonly payload: Uint8Array } {
  const payload = encodeData(payloadOf(event))
  const frame = joinFrame(`#${event.kind}`, payload)
  return { frame, payload: frame.subarray(frame.length - payload.length) }
}

function payloadOf(event: Event): Data {
  switch (event.kind) {
    case 'commit':
      return commitPayload(event)
    case 'sync':
      return { seq: event.seq, did: event.did, time: event.time, rev: event.rev, blocks: event.blocks }
    case 'identity': {
      const { seq, did, time, handle } = event
      return handle === undefined ? { seq, did, time } : { seq, did, time, handle }
    }
    case 'account': {
      const { seq, did, time, active, status } = event
      return status === undefined ? { seq, did, time, active } : { seq, did, time, active, status }
    }
    case 'info':
      return event.message === undefined ? { name: event.name } : { name: event.name, message: event.message }
  }
}

function commitPayload(event: CommitEvent): Data {
  const { seq, repo, time, rev, since, commit, blocks, prevData } = event
  const ops = event.ops.map(opPayload)
  const payload = { seq, repo, time, rev, since, commit, blocks, ops, rebase: false, tooBig: false, blobs: [] }
  return prevData === null ? payload : { ...payload, prevData }
}

function opPayload({ action, path, cid, prev }: RepoOp): Data {
  return prev === null ? { action, path, cid } : { action, path, cid, prev }
}
