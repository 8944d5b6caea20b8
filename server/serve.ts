// One HTTP server of this house: binds its port, mounts what all servers have (/xrpc/_health, /metrics, /_clock), lets the server set up its own
// doors, and closes gracefully: no new connections, streams ended, answers finished, then the rest cut.

import express from 'express'
import type { Express, NextFunction, Request, Response } from 'express'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Clock } from './clock.ts'
import { isSettable } from './clock.ts'
import { mountClock } from './clock-door.ts'
import type { Log } from './log.ts'
import { isLocalCaller, isLoopbackHost } from './local-caller.ts'
import type { Metrics } from './metrics.ts'
import { StartError } from './start-error.ts'
import { endUpgraded } from './upgrade.ts'
import { version } from './version.ts'
import { answerError } from './xrpc-answer.ts'
import { XrpcError } from './xrpc-error.ts'

export type Running = {
  /** The address under which others reach this server, without a slash at its end. */
  readonly url: string
  readonly port: number
  /** Stops it cleanly; may be called more than once. */
  close(): Promise<void>
  /** Rejects when it cannot go on, and is not to be closed but left. */
  readonly failed?: Promise<never>
}

/** What setup gets to know: the server's own address and a signal that aborts when the server begins to close. */
export type Door = { readonly url: string; readonly port: number; readonly signal: AbortSignal }

export type ServeOptions = {
  readonly name: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly publicUrl?: string | undefined
  /** Proxies on other machines whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[] | undefined
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Civil time may be set by POST /_clock. Only on a loopback host, and only with a settable clock. */
  readonly settable: boolean
  /** Mounts the server's doors. What it returns is called at the end of close, after the last answer: close databases there. */
  setup(app: Express, httpServer: Server, door: Door): Promise<Closer> | Closer
}

export type Closer = (() => Promise<void> | void) | void

const GRACE_MS = 5_000
const KEEP_ALIVE_MS = 20_000

/** Starts and gives the running server. Throws StartError with a sentence for a port that cannot be had. */
export const serve = async (options: ServeOptions): Promise<Running> => {
  if (options.settable && !isLoopbackHost(options.host))
    throw new StartError(`SETTABLE_CLOCK works on loopback only, HOST is ${options.host}`)
  const app = createApp(options)
  const httpServer = createServer({ keepAliveTimeout: KEEP_ALIVE_MS })
  const closing = new AbortController()
  const ready = Promise.withResolvers<void>()
  // A caller that comes between binding and set-up waits for it: the server's own address is known to set-up only once the port is bound.
  httpServer.on('request', (req, res) => void ready.promise.then(() => app(req, res)))
  // Once we are closing, a connection kept alive after its last answer would only hold the process.
  httpServer.on('request', (_req, res) =>
    res.once('close', () => closing.signal.aborted && setImmediate(() => httpServer.closeIdleConnections())),
  )
  const port = await listen(httpServer, options)
  const url = options.publicUrl ?? `http://${isLoopbackHost(options.host) ? 'localhost' : options.host}:${port}`
  try {
    const closer = await options.setup(app, httpServer, { url, port, signal: closing.signal })
    app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => answerError(wordsOf(error), req, res, options.log))
    ready.resolve()
    options.log.info('server.started', { url, port, host: options.host, version })
    let closed: Promise<void> | undefined
    return { url, port, close: () => (closed ??= close(httpServer, closing, closer, options)) }
  } catch (error) {
    httpServer.close()
    httpServer.closeAllConnections()
    throw error
  }
}

const createApp = (options: ServeOptions): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  trustProxies(app, options.trustedProxies ?? [])
  app.get('/xrpc/_health', (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json({ version }))
  app.get('/metrics', async (req, res) => {
    if (!isLocalCaller(req)) return void res.status(404).end()
    res.set('Content-Type', options.metrics.contentType).send(await options.metrics.text())
  })
  if (options.settable && isSettable(options.clock)) mountClock(app, options.clock)
  return app
}

/** What express refuses by itself, such as an address that cannot be read; anything else is told to nobody (xrpc-answer.ts). */
const wordsOf = (error: unknown): unknown => {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 500 && !(error instanceof XrpcError)
    ? new XrpcError(status, 'InvalidRequest', 'This request cannot be read')
    : error
}

/** A proxy on this machine is always believed: it stands between everybody and us. */
const trustProxies = (app: Express, proxies: readonly string[]): void => {
  try {
    app.set('trust proxy', ['loopback', ...proxies])
  } catch {
    throw new StartError(`TRUSTED_PROXIES names what is no address: ${proxies.join(', ')}; it takes addresses, linklocal and uniquelocal`)
  }
}

const listen = (httpServer: Server, { host, port, name }: ServeOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    httpServer.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(listenSentence(name, host, port, error))))
    httpServer.listen({ host, port }, () => {
      const address = httpServer.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

const listenSentence = (name: string, host: string, port: number, error: NodeJS.ErrnoException): string => {
  if (error.code === 'EADDRINUSE') return `${name}: port ${port} on ${host} is already in use; stop what uses it or choose another PORT`
  if (error.code === 'EACCES') return `${name}: port ${port} on ${host} may not be used by this user; choose a PORT above 1023`
  if (error.code === 'EADDRNOTAVAIL') return `${name}: this machine has no address ${host}; choose another HOST`
  return `${name}: cannot listen on ${host}:${port}: ${error.message}`
}

const close = async (httpServer: Server, closing: AbortController, closer: Closer, { clock, log }: ServeOptions): Promise<void> => {
  closing.abort()
  const ended = new Promise<void>((resolve) => httpServer.close(() => resolve()))
  httpServer.closeIdleConnections()
  await endUpgraded(httpServer)
  const patience = new AbortController()
  await Promise.race([ended, clock.sleep(GRACE_MS, patience.signal).catch(() => {})])
  patience.abort()
  httpServer.closeAllConnections()
  await ended
  if (closer) await closer()
  log.info('server.stopped')
}
