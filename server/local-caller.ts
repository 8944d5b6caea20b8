// Who counts as "on this machine": a loopback peer that no proxy speaks for and no web page sent.

import type { IncomingMessage } from 'node:http'

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

export const isLoopbackHost = (host: string): boolean => host === 'localhost' || LOOPBACK.test(host)

/** A proxy in front of us would make everybody look local, and a page in the operator's browser is not the operator: both are refused. */
export const isLocalCaller = (req: IncomingMessage): boolean =>
  LOOPBACK.test(req.socket.remoteAddress ?? '') &&
  req.headers['x-forwarded-for'] === undefined &&
  req.headers.forwarded === undefined &&
  req.headers.origin === undefined &&
  hasLoopbackName(req.headers.host)

// A name that was bound to a loopback address by somebody else's DNS is not ours.
const hasLoopbackName = (host: string | undefined): boolean => {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return hostname.endsWith('.localhost') || isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'))
}
