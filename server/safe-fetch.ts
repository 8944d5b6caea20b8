// A fetch for addresses that strangers name (DID documents, handles, PDSes): https only, to public addresses only, checked on the address that is
// really connected to, again at every redirect. Promises: at most MAX_REDIRECTS, maxBytes of body, timeoutMs in all; no credentials follow to
// another origin. With allowLoopback (local networks) http and loopback addresses are let through as well; private ones never.

import { lookup as resolveName } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { isAllowedAddress } from './address-rules.ts'

export type SafeFetchOptions = { readonly allowLoopback: boolean; readonly maxBytes: number; readonly timeoutMs: number }

/** Why a fetch was not made or not finished. */
export class UnsafeFetch extends Error {
  override readonly name = 'UnsafeFetch'
  readonly code: UnsafeFetchCode
  constructor(code: UnsafeFetchCode, message: string) {
    super(message)
    this.code = code
  }
}

export type UnsafeFetchCode = 'address' | 'scheme' | 'credentials' | 'redirects' | 'size'

const MAX_REDIRECTS = 3
const KEEP_ALIVE_MS = 10_000
const MAX_SOCKETS_PER_HOST = 16
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const BODILESS = new Set([101, 204, 205, 304])

/** Like global fetch, with fewer features: bodies of requests are read whole, `cache`, `credentials`, `mode` mean nothing. Rejects with UnsafeFetch, an abort reason, or the socket's error. */
export const createSafeFetch = (options: SafeFetchOptions): typeof fetch => {
  const agentOptions = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS_PER_HOST,
    timeout: KEEP_ALIVE_MS,
    lookup: checkedLookup(options.allowLoopback),
  }
  const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) }
  return async (input, init) => {
    const asked = new Request(input, init)
    const body = asked.body === null ? undefined : Buffer.from(await asked.arrayBuffer())
    const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(options.timeoutMs)])
    let send: Send = { url: new URL(asked.url), method: asked.method, headers: new Headers(asked.headers), body }
    for (let hops = 0; ; hops++) {
      checkUrl(send.url, options.allowLoopback)
      const message = await exchange(send, agents, signal)
      const location = REDIRECTS.has(message.statusCode ?? 0) ? message.headers.location : undefined
      if (location === undefined || asked.redirect === 'manual') return responseOf(message, send.method, options.maxBytes, signal)
      message.destroy()
      if (asked.redirect === 'error' || hops === MAX_REDIRECTS)
        throw new UnsafeFetch('redirects', `${send.url.origin} redirects ${hops === MAX_REDIRECTS ? 'too often' : ''}`)
      send = redirected(send, new URL(location, send.url), message.statusCode ?? 0)
    }
  }
}

type Send = { readonly url: URL; readonly method: string; readonly headers: Headers; readonly body: Buffer | undefined }

const checkUrl = (url: URL, allowLoopback: boolean): void => {
  if (url.protocol !== 'https:' && !(allowLoopback && url.protocol === 'http:'))
    throw new UnsafeFetch('scheme', `${url.protocol}// is not fetched, only https://`)
  if (url.username !== '' || url.password !== '') throw new UnsafeFetch('credentials', 'An address with a password in it is not fetched')
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(literal) !== 0 && !isAllowedAddress(literal, allowLoopback)) throw refusedAddress(url.hostname)
}

const refusedAddress = (host: string): UnsafeFetch => new UnsafeFetch('address', `${host} is not a public address`)

/** Given to a socket itself, so that the address checked is the address connected to, whatever DNS says a moment later. */
export const checkedLookup =
  (allowLoopback: boolean): LookupFunction =>
  (hostname, lookupOptions, callback) => {
    resolveName(hostname, { ...lookupOptions, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const allowed = found.filter(({ address }) => isAllowedAddress(address, allowLoopback))
      const first = allowed[0]
      // One forbidden address among allowed ones is a trick, not a configuration.
      if (first === undefined || allowed.length < found.length) return callback(refusedAddress(hostname), '', 0)
      if (lookupOptions.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }

const exchange = (send: Send, agents: { http: HttpAgent; https: HttpsAgent }, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isHttps = send.url.protocol === 'https:'
    const headers = {
      'accept-encoding': 'identity',
      'user-agent': 'waki',
      ...Object.fromEntries(send.headers),
      ...(send.body ? { 'content-length': send.body.length } : {}),
    }
    const request = (isHttps ? httpsRequest : httpRequest)(send.url, {
      method: send.method,
      headers,
      agent: isHttps ? agents.https : agents.http,
      signal,
    })
    request.once('error', (error) => reject(signal.aborted ? signal.reason : error))
    request.once('response', resolve)
    request.end(send.body)
  })

const redirected = (send: Send, url: URL, status: number): Send => {
  const headers = new Headers(send.headers)
  if (url.origin !== send.url.origin) for (const name of ['authorization', 'cookie', 'dpop', 'proxy-authorization']) headers.delete(name)
  const becomesGet = (status === 303 && send.method !== 'HEAD') || ((status === 301 || status === 302) && send.method === 'POST')
  if (!becomesGet) return { ...send, url, headers }
  for (const name of ['content-type', 'content-length']) headers.delete(name)
  return { url, method: 'GET', headers, body: undefined }
}

const responseOf = (message: IncomingMessage, method: string, maxBytes: number, signal: AbortSignal): Response => {
  const status = message.statusCode ?? 0
  const headers = new Headers()
  for (const [name, values] of Object.entries(message.headersDistinct)) for (const value of values ?? []) headers.append(name, value)
  const init = { status, statusText: message.statusMessage ?? '', headers }
  if (BODILESS.has(status) || method === 'HEAD') {
    message.resume()
    return new Response(null, init)
  }
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) {
    message.destroy()
    throw tooLarge(maxBytes)
  }
  return new Response(parseWebStream(Readable.toWeb(Readable.from(bounded(message, maxBytes, signal)))), init)
}

const parseWebStream = (stream: unknown): ReadableStream<Uint8Array> => stream as ReadableStream<Uint8Array>

const tooLarge = (maxBytes: number): UnsafeFetch => new UnsafeFetch('size', `The answer is larger than ${maxBytes} bytes`)

async function* bounded(message: IncomingMessage, maxBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  let size = 0
  const cut = () => message.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal.addEventListener('abort', cut, { once: true })
  try {
    for await (const chunk of message) {
      const bytes = parseChunk(chunk)
      size += bytes.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      yield bytes
    }
  } finally {
    signal.removeEventListener('abort', cut)
  }
}

const parseChunk = (chunk: unknown): Uint8Array => chunk as Uint8Array
