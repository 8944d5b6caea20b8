// Hosts under the domains of handles are people's: each says whose it is (/.well-known/atproto-did), and nothing else is there, so that no app or
// browser takes somebody's handle for this server.

import type { Request, RequestHandler } from 'express'

export const ATPROTO_DID_PATH = '/.well-known/atproto-did'

export const handleHosts = (url: string, handleDomains: readonly string[]): RequestHandler => {
  const ownHost = new URL(url).hostname
  const isHandle = (host: string): boolean => host !== ownHost && handleDomains.some((domain) => host.endsWith(domain))
  return (req, res, next) => {
    if (req.path !== ATPROTO_DID_PATH && isHandle(hostOf(req))) return void res.status(404).end()
    next()
  }
}

/** What the caller itself says, in the form in which hosts are compared. */
const hostOf = (req: Request): string => (req.headers.host ?? '').toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')
