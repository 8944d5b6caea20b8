// Browsers of any origin may call methods with what they hold themselves: an answer to a cookie is never readable for a page of another origin.

import type { NextFunction, Request, Response } from 'express'

const EXPOSED_HEADERS = [
  'Atproto-Repo-Rev',
  'Atproto-Content-Labelers',
  'DPoP-Nonce',
  'WWW-Authenticate',
  'Retry-After',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'RateLimit-Policy',
].join(', ')
const ALLOWED_HEADERS = 'Authorization, Content-Type, DPoP, Atproto-Proxy, Atproto-Accept-Labelers, Accept-Language'
const PREFLIGHT_SECONDS = '86400'

export const allowAnyOrigin = (_req: Request, res: Response, next: NextFunction): void => {
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS)
  next()
}

/** Allows what the browser asks for: headers carry no authority by themselves. */
export const answerPreflight = (req: Request, res: Response): void => {
  res.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET, HEAD, POST',
    'Access-Control-Allow-Headers': req.header('Access-Control-Request-Headers') ?? ALLOWED_HEADERS,
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    Vary: 'Access-Control-Request-Headers',
  })
  res.end()
}
