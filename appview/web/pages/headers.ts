// What every answer of the site says to browsers: what may be loaded, who may frame it, where forms may go; and which posts are let in.
// https://www.w3.org/TR/CSP3/ · https://www.w3.org/TR/fetch-metadata/

import type { NextFunction, Request, Response } from 'express'
import { XrpcError } from '../../../server/xrpc-error.ts'

const SITE = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
]
const LOOPBACK = 'http://localhost:* http://127.0.0.1:*'
const YEAR_SECONDS = 31_536_000

const policy = (formAction: string): string => [...SITE, `form-action ${formAction}`].join('; ')

/** Chromium applies form-action to redirects too, and sign-in may lead to another server: only its page lets forms go there. */
export const signInPolicy = (isLocal: boolean): string => policy(`'self' https:${isLocal ? ` ${LOOPBACK}` : ''}`)

export const securityHeaders =
  (url: string) =>
  (_req: Request, res: Response, next: NextFunction): void => {
    res.set({
      'Content-Security-Policy': policy("'self'"),
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    })
    if (url.startsWith('https:')) res.set('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`)
    next()
  }

/**
 * Lets a post in only from a page of this site. The session cookie is SameSite=Lax besides.
 * Checks, in order: Sec-Fetch-Site where the browser sends it; else Origin; neither is a refusal (403).
 */
export const onlyFromHere =
  (url: string) =>
  (req: Request, _res: Response, next: NextFunction): void => {
    if (req.method === 'GET' || req.method === 'HEAD') return next()
    const site = req.get('Sec-Fetch-Site')
    const isOurs = site === undefined ? req.get('Origin') === new URL(url).origin : site === 'same-origin'
    next(isOurs ? undefined : new XrpcError(403, 'CrossSite', 'This form was not sent from a page of this site'))
  }
