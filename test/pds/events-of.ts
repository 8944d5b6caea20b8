// The first events of a server's stream, decoded, as any subscriber would see them.

import type { Data } from '../../atproto/data-model.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import { WebSocket } from 'ws'

export type SeenEvent = { readonly t: string; readonly payload: Readonly<Record<string, Data>> }

/** Waits for `count` events after `cursor`. */
export const eventsOf = async (url: string, count: number, cursor = 0): Promise<readonly SeenEvent[]> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/xrpc/com.atproto.sync.subscribeRepos?cursor=${cursor}`)
  const seen: SeenEvent[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', () => reject(new Error(`the stream ended after ${seen.length} events`)))
      socket.on('message', (data: Buffer) => {
        const frame = decodeFrame(data)
        if (frame.kind !== 'message') return reject(new Error(`an event, not ${frame.kind}`))
        seen.push({ t: frame.t, payload: frame.payload as Record<string, Data> })
        if (seen.length === count) resolve()
      })
    })
  } finally {
    socket.removeAllListeners('close')
    socket.on('error', () => {})
    socket.terminate()
  }
  return seen
}
