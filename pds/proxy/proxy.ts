// Methods this server does not answer itself are passed on to the service that does, in the caller's name: with a short token signed by the
// caller's own key, never with the caller's.
// Checks, in order: name of the method, verb, target, protected methods, caller (and that its grant covers this method there), the target's
// address, size of the body as the service will read it, the upstream's answer. Does not check parameters or bodies against lexicons: that is for the service.

import { Readable } from 'node:stream'
import type { Request, RequestHandler, Response as ExpressResponse } from 'express'
import { serviceOf } from '../../atproto/did-document.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { isNsid } from '../../atproto/nsid.ts'
import { createServiceJwt } from '../../atproto/service-auth.ts'
import type { Clock } from '../../server/clock.ts'
import { UnsafeFetch } from '../../server/safe-fetch.ts'
import { answer } from '../../server/xrpc-answer.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import type { Auth } from '../auth/caller.ts'
import { askedByHandler } from '../auth/permissions.ts'
import { PROTECTED_METHODS } from '../xrpc/server-service-auth.ts'
import { readDecoded } from './decoded-body.ts'
import { PROXY_TOKEN_SECONDS } from './limits.ts'
import { parseProxyTarget, routeOf, type ProxyRoutes, type ProxyTarget } from './proxy-target.ts'

export type ProxyDeps = {
  readonly auth: Auth
  readonly identities: IdentityCache
  readonly keyOf: (did: string) => Keypair
  /** Bounded in size and time, and refuses addresses that are not public (server/safe-fetch.ts). */
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly routes: ProxyRoutes
  /** This server's own address, to which nothing is passed on. */
  readonly url: string
}

/** Answers XRPC requests whose method is not ours. Rejects with XrpcError. */
export const createProxy =
  (deps: ProxyDeps): RequestHandler =>
  async (req, res) => {
    const nsid = String(req.params['nsid'])
    const target = targetOf(deps, req, nsid)
    if (PROTECTED_METHODS.has(nsid)) throw invalidRequest(`${nsid} changes the account itself and is never passed on`)
    const caller = await deps.auth.user(req, askedByHandler)
    caller.permissions.rpc(nsid, `${target.did}#${target.service}`)
    const endpoint = await endpointOf(deps, target)
    const body = req.method === 'POST' ? await readDecoded(req) : undefined
    const token = createServiceJwt(
      { iss: caller.did, aud: target.did, lxm: nsid, expSeconds: PROXY_TOKEN_SECONDS },
      deps.keyOf(caller.did),
      deps.clock.realMs(),
    )
    const url = new URL(`/xrpc/${nsid}${new URL(req.originalUrl, deps.url).search}`, endpoint)
    const response = await ask(deps, url, { method: req.method, headers: forwarded(req, token), body, signal: left(res) })
    await passBack(req, res, response)
  }

const targetOf = ({ routes }: ProxyDeps, req: Request, nsid: string): ProxyTarget => {
  if (!isNsid(nsid)) throw invalidRequest(`${nsid} is no name of a method`)
  if (req.method !== 'GET' && req.method !== 'HEAD' && req.method !== 'POST')
    throw new XrpcError(405, 'MethodNotAllowed', 'Methods are asked by GET, HEAD or POST', { allow: 'GET, HEAD, POST' })
  const header = req.header('atproto-proxy')
  const target = header === undefined ? routeOf(routes, nsid) : parseProxyTarget(header)
  if (target === undefined) throw new XrpcError(501, 'MethodNotImplemented', `This server has no method ${nsid}`)
  return target
}

const endpointOf = async ({ identities, url }: ProxyDeps, { did, service }: ProxyTarget): Promise<URL> => {
  const identity = await identities.get(did).catch(() => undefined)
  if (identity === undefined) throw invalidRequest(`could not resolve proxy did ${did}`)
  const found = serviceOf(identity.document, service)
  if (found === undefined || !URL.canParse(found.serviceEndpoint))
    throw invalidRequest(`could not resolve proxy did service url: ${did} has no #${service}`)
  const endpoint = new URL(found.serviceEndpoint)
  if (endpoint.origin === new URL(url).origin) throw invalidRequest('atproto-proxy names this server itself')
  return endpoint
}

const REQUEST_HEADERS = new Set(['accept', 'accept-language', 'atproto-accept-labelers', 'content-type', 'content-language'])
const ANSWER_HEADERS = new Set(['atproto-repo-rev', 'atproto-content-labelers', 'retry-after'])
/** What fetch has undone, or the answer sets itself. */
const UNDONE_HEADERS = new Set(['content-length', 'content-type'])

const forwarded = (req: Request, token: string): Record<string, string> => {
  const kept = Object.entries(req.headers).flatMap(([name, value]) =>
    (REQUEST_HEADERS.has(name) || name.startsWith('x-atproto-')) && typeof value === 'string' ? [[name, value]] : [],
  )
  return { ...Object.fromEntries(kept), authorization: `Bearer ${token}` }
}

/** Aborts when the caller leaves: the service need not go on for nobody, and the connection to it is free for the next. */
const left = (res: ExpressResponse): AbortSignal => {
  const leaving = new AbortController()
  if (res.destroyed) leaving.abort()
  res.once('close', () => res.writableFinished || leaving.abort())
  return leaving.signal
}

type Asked = {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: Buffer | undefined
  readonly signal: AbortSignal
}

const ask = async ({ fetch }: ProxyDeps, url: URL, { method, headers, body, signal }: Asked): Promise<Response> => {
  try {
    return await fetch(url, { method, headers, redirect: 'error', signal, ...(body === undefined ? {} : { body: new Uint8Array(body) }) })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      throw new XrpcError(504, 'UpstreamTimeout', `${url.host} did not answer in time`)
    const reason = error instanceof UnsafeFetch ? error.message : `${url.host} cannot be reached`
    throw new XrpcError(502, 'UpstreamFailure', reason)
  }
}

const passBack = async (req: Request, res: ExpressResponse, response: Response): Promise<void> => {
  const headers = Object.fromEntries(
    [...response.headers].filter(([name]) => ANSWER_HEADERS.has(name) || (name.startsWith('content-') && !UNDONE_HEADERS.has(name))),
  )
  const status = response.status === 500 ? 502 : response.status
  const encoding = response.headers.get('content-type') ?? undefined
  const stream = response.body === null ? Readable.from([]) : Readable.fromWeb(parseStream(response.body))
  await answer(req, res, { stream, status, headers, ...(encoding === undefined ? {} : { encoding }) })
}

/** The DOM's and Node's stream of bytes are one object with two types. */
const parseStream = (stream: unknown): Parameters<typeof Readable.fromWeb>[0] => stream as Parameters<typeof Readable.fromWeb>[0]
