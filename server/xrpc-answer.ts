// How a method answers: JSON, bytes or a stream, with headers; and how an error is answered, in one place.
// An unknown error is logged with its stack and answered as InternalServerError without any detail.

import type { Request, Response } from 'express'
import type { Log } from './log.ts'
import { XrpcError } from './xrpc-error.ts'

/** At most one of json, bytes, stream; none of them means an empty answer. `encoding` is the Content-Type of bytes and stream. */
export type Answer = {
  readonly json?: unknown
  readonly bytes?: Uint8Array
  readonly stream?: AsyncIterable<Uint8Array>
  readonly encoding?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
} | void

export const answer = async (req: Request, res: Response, given: Answer): Promise<void> => {
  if (res.headersSent) return
  const { json, bytes, stream, encoding = 'application/octet-stream', headers = {}, status = 200 } = given ?? {}
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  if (stream !== undefined) return answerStream(req, res, status, encoding, stream)
  if (json !== undefined) return answerBytes(req, res, status, 'application/json; charset=utf-8', Buffer.from(JSON.stringify(json)))
  return answerBytes(req, res, status, bytes === undefined ? undefined : encoding, bytes ?? new Uint8Array())
}

const answerBytes = (req: Request, res: Response, status: number, encoding: string | undefined, bytes: Uint8Array): void => {
  res.statusCode = status
  if (encoding !== undefined) res.setHeader('Content-Type', encoding)
  res.setHeader('Content-Length', bytes.length)
  res.end(req.method === 'HEAD' ? undefined : bytes)
}

const answerStream = async (
  req: Request,
  res: Response,
  status: number,
  encoding: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> => {
  const chunks = stream[Symbol.asyncIterator]()
  // The first chunk is awaited before the head is sent, so that an error on the way there still has its own answer.
  let next = await chunks.next()
  res.statusCode = status
  res.setHeader('Content-Type', encoding)
  if (req.method === 'HEAD') {
    await chunks.return?.()
    res.end()
    return
  }
  try {
    while (!next.done && !res.destroyed) {
      if (!res.write(next.value)) await drained(res)
      next = await chunks.next()
    }
    if (next.done) res.end()
  } finally {
    if (!next.done) await chunks.return?.()
  }
}

const drained = (res: Response): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.once('drain', done)
    res.once('close', done)
  })

/** Before the head is sent: the error's own answer. After it: the connection is cut, so that nobody takes the beginning for the whole. */
export const answerError = (thrown: unknown, req: Request, res: Response, log: Log): void => {
  const error = thrown instanceof XrpcError ? thrown : new XrpcError(500, 'InternalServerError', 'Internal Server Error')
  if (error !== thrown && !res.destroyed) log.error('request.failed', { method: req.method, path: req.path, error: thrown })
  if (res.headersSent) {
    res.destroy()
    return
  }
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value)
  answerBytes(
    req,
    res,
    error.status,
    'application/json; charset=utf-8',
    Buffer.from(JSON.stringify({ error: error.error, message: error.message })),
  )
}
