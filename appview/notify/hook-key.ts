// The key a hook signs with: derived from the server's secret, whose it is and which address, so that nothing that signs is stored. Another secret of the
// server, newest first, gives another key: the receiver is told it anew.
// A message is signed as `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `<seconds>.<body>`.

import { createHmac } from 'node:crypto'
import type { Hook } from '../store/hooks.ts'

const MS = 1_000

export type HookKeys = {
  /** In hex, as its owner is shown it. */
  keyOf(hook: Pick<Hook, 'owner' | 'id'>): string
}

export const hookKeys = (serverKey: Uint8Array): HookKeys => ({
  keyOf: ({ owner, id }) => createHmac('sha256', serverKey).update(`${owner}\n${id}`).digest('hex'),
})

export const SIGNATURE = 'Waki-Signature'

export const signed = (key: string, body: string, nowMs: number): string => {
  const seconds = Math.floor(nowMs / MS)
  return `t=${seconds},v1=${createHmac('sha256', Buffer.from(key, 'hex')).update(`${seconds}.${body}`).digest('hex')}`
}
