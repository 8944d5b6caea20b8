// XRPC over express: finds the method by NSID, checks verb, parameters, content type and body against the lexicon, asks who is calling, answers.
// Checks, in order: known NSID (501), verb (405), parameters (400), caller (the method's `auth`), content type (415), size (413), body (400).
// Our own layer because @atproto/xrpc-server nests express 4 (ARCHITECTURE.md). Does not check answers against the lexicon.

import express from 'express'
import type { NextFunction, Request, RequestHandler, Response, Router } from 'express'
import type { Lexicons } from '@atproto/lexicon'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { allowAnyOrigin, answerPreflight } from './xrpc-cors.ts'
import { DEFAULT_JSON_BYTES, inputReader } from './xrpc-input.ts'
import { keepOwnFromCaches } from './xrpc-keeping.ts'
import { answer, answerError } from './xrpc-answer.ts'
import type { Answer } from './xrpc-answer.ts'
import { countAnswers } from './xrpc-metrics.ts'
import { paramsParser } from './xrpc-params.ts'
import type { Params } from './xrpc-params.ts'
import { XrpcError } from './xrpc-error.ts'

export type { Answer } from './xrpc-answer.ts'
export type { Params } from './xrpc-params.ts'

/** What a handler gets: parameters and JSON input have passed the lexicon (defaults filled in); a raw body is a bounded Readable; `signal` aborts when the caller leaves. */
export type Call<A = unknown, P = Params, I = unknown> = {
  readonly params: P
  readonly input: I
  readonly auth: A
  readonly req: Request
  readonly res: Response
  readonly signal: AbortSignal
}

/** `auth` throws XrpcError when the caller may not; `limits.bodyBytes` bounds the body (1 MiB of JSON when not given). */
export type Method<A = unknown, P = Params, I = unknown> = {
  auth?(req: Request): Promise<A> | A
  readonly limits?: { readonly bodyBytes: number }
  handle(call: Call<A, P, I>): Promise<Answer> | Answer
}

export type Methods = Readonly<Record<string, Method>>

/** Ties the types of `auth` and `handle` together; annotate the call's params and input with what the lexicon says: `({ params }: Call<User, { repo: string }>) => …`. */
export const method = <A, P extends Params, I>(one: Method<A, P, I>): Method => parseMethod(one)

// The lexicon has checked params and input, and `auth` has made `auth`, before `handle` sees them.
const parseMethod = (one: unknown): Method => one as Method

export type XrpcOptions = {
  readonly catalog: Lexicons
  readonly methods: Methods
  readonly log: Log
  readonly metrics: Metrics
  /** Answers NSIDs that are not among the methods, instead of 501; may proxy. */
  readonly fallback?: RequestHandler
}

type Prepared = { readonly verb: 'GET' | 'POST'; serve(req: Request, res: Response): Promise<void> }

/** A router to be mounted at the root: it answers /xrpc/:nsid. Throws at once when a method is missing from the catalog. */
export const xrpcRouter = (options: XrpcOptions): Router => {
  const prepared = new Map(Object.entries(options.methods).map(([nsid, one]) => [nsid, prepare(options.catalog, nsid, one)]))
  const counted = countAnswers(options.metrics)
  const router = express.Router({ caseSensitive: true, strict: true })
  router.use('/xrpc', allowAnyOrigin, keepOwnFromCaches)
  router.options('/xrpc/:nsid', answerPreflight)
  router.all('/xrpc/:nsid', (req, res, next) => {
    const { nsid } = req.params
    const found = prepared.get(nsid)
    counted(res, found === undefined ? 'unknown' : nsid)
    if (found === undefined) return options.fallback ? options.fallback(req, res, next) : refuseUnknown(options.catalog, nsid)
    const verb = req.method === 'HEAD' ? 'GET' : req.method
    if (verb !== found.verb)
      throw new XrpcError(405, 'MethodNotAllowed', `${nsid} answers ${found.verb}, not ${req.method}`, { allow: found.verb })
    return found.serve(req, res)
  })
  router.use('/xrpc', (error: unknown, req: Request, res: Response, _next: NextFunction) => answerError(error, req, res, options.log))
  return router
}

const prepare = (catalog: Lexicons, nsid: string, one: Method): Prepared => {
  const definition = catalog.getDefOrThrow(nsid, ['query', 'procedure'])
  if (definition.type !== 'query' && definition.type !== 'procedure') throw new Error(`${nsid} is no method`)
  const readParams = paramsParser(catalog, nsid)
  const readInput =
    definition.type === 'procedure' ? inputReader(catalog, nsid, definition, one.limits?.bodyBytes ?? DEFAULT_JSON_BYTES) : undefined
  return {
    verb: definition.type === 'query' ? 'GET' : 'POST',
    async serve(req, res) {
      const left = new AbortController()
      res.once('close', () => res.writableFinished || left.abort())
      const params = readParams(req)
      const auth = one.auth ? await one.auth(req) : undefined
      const input = readInput ? await readInput(req) : undefined
      await answer(req, res, await one.handle({ params, input, auth, req, res, signal: left.signal }))
    },
  }
}

const refuseUnknown = (catalog: Lexicons, nsid: string): never => {
  if (catalog.getDef(nsid)?.type === 'subscription')
    throw new XrpcError(426, 'UpgradeRequired', `${nsid} is a stream: connect to it by WebSocket`, {
      upgrade: 'websocket',
      connection: 'upgrade',
    })
  throw new XrpcError(501, 'MethodNotImplemented', `This server has no method ${nsid}`)
}
