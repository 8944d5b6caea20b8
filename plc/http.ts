// The directory's doors: GET /:did, /:did/data, /:did/log, /:did/log/audit, /:did/log/last, POST /:did, /export, /_health.
// Every error is JSON {error, message}: 404 for a DID never seen, 410 for one that has ended, 400 and 429 with the reason of a refusal.

import express from 'express'
import type { NextFunction, Request, Response, Router } from 'express'
import { isDidPlc } from '../atproto/did.ts'
import type { Did } from '../atproto/did.ts'
import { InvalidOperation, parseAnyOperation } from '../atproto/plc-operation.ts'
import type { AnyOperation } from '../atproto/plc-operation.ts'
import { parseInstant } from '../server/clock.ts'
import type { Log } from '../server/log.ts'
import type { Metrics } from '../server/metrics.ts'
import { version } from '../server/version.ts'
import { XrpcError } from '../server/xrpc-error.ts'
import { dataOf, documentOf } from './did-document.ts'
import type { PlcData } from './did-document.ts'
import { BODY_MAX_BYTES, EXPORT_DEFAULT, EXPORT_MAX } from './limits.ts'
import type { Entry, Operations } from './operations.ts'

export const plcRouter = ({ operations, log, metrics }: { operations: Operations; log: Log; metrics: Metrics }): Router => {
  const router = express.Router()
  const taken = metrics.counter('plc_operations_total', 'Operations offered, by outcome', ['outcome'])
  const answerJson = (path: string, answer: (entries: readonly Entry[], did: Did) => unknown, type = 'application/json') =>
    router.get(path, (req, res) => {
      const did = didOf(req)
      const entries = operations.logOf(did)
      if (entries.length === 0) throw new XrpcError(404, 'NotFound', `DID not registered: ${did}`)
      res.type(type).send(JSON.stringify(answer(entries, did)))
    })

  router.use(allowAnyOrigin)
  router.get('/_health', (_req, res) => void res.json({ version }))
  router.get('/export', (req, res) => exportLines(operations, req, res))
  answerJson('/:did', (entries, did) => documentOf(newestData(entries, did)), 'application/did+ld+json')
  answerJson('/:did/data', newestData)
  answerJson('/:did/log', (entries) => standing(entries).map((entry) => entry.operation))
  answerJson('/:did/log/audit', (entries) => entries.map(auditLine))
  answerJson('/:did/log/last', (entries) => standing(entries).at(-1)?.operation)
  router.post('/:did', express.json({ limit: BODY_MAX_BYTES, strict: true }), (req: Request, res: Response) => {
    const did = didOf(req)
    const answer = operations.take(did, operationOf(req.body))
    taken.inc({ outcome: answer.ok ? 'taken' : answer.reason })
    if (answer.ok) return void res.json({})
    log.info('operation.refused', { did, reason: answer.reason })
    res.status(answer.status).json({ error: answer.reason, message: answer.message })
  })
  router.use((error: unknown, req: Request, res: Response, _next: NextFunction) => answerError(error, req, res, log))
  return router
}

const allowAnyOrigin = (req: Request, res: Response, next: NextFunction): void => {
  res.set('Access-Control-Allow-Origin', '*')
  if (req.method !== 'OPTIONS') return next()
  res.set({ 'Access-Control-Allow-Methods': 'GET, HEAD, POST', 'Access-Control-Allow-Headers': 'Content-Type' }).status(204).end()
}

const didOf = (req: Request): Did => {
  const did = req.params['did']
  if (!isDidPlc(did)) throw new XrpcError(400, 'InvalidDid', 'This is no did:plc identifier')
  return did
}

const operationOf = (body: unknown): AnyOperation => {
  try {
    return parseAnyOperation(body)
  } catch (error) {
    if (error instanceof InvalidOperation) throw new XrpcError(400, 'InvalidOperation', error.message)
    throw error
  }
}

const standing = (entries: readonly Entry[]): readonly Entry[] => entries.filter((entry) => !entry.nullified)

const newestData = (entries: readonly Entry[], did: Did): PlcData => {
  const newest = standing(entries).at(-1)?.operation
  if (newest === undefined || newest.type === 'plc_tombstone') throw new XrpcError(410, 'Gone', `DID not available: ${did}`)
  return dataOf(did, newest)
}

const auditLine = ({ did, operation, cid, nullified, createdAtMs }: Entry) => ({
  did,
  operation,
  cid,
  nullified,
  createdAt: new Date(createdAtMs).toISOString(),
})

/** JSON lines. `after` is a seq (lines then carry their seq) or an instant. */
const exportLines = (operations: Operations, req: Request, res: Response): void => {
  const { count: countText, after = '' } = textQuery(req)
  const count =
    countText === undefined ? EXPORT_DEFAULT : /^\d{1,6}$/.test(countText) ? Math.min(Number(countText), EXPORT_MAX) : Number.NaN
  if (!(count >= 1)) throw new XrpcError(400, 'InvalidRequest', `count must be a whole number from 1 to ${EXPORT_MAX}`)
  const isSeq = /^\d{1,15}$/.test(after)
  const instantMs = after === '' ? -1 : parseInstant(after)
  if (!isSeq && instantMs === undefined)
    throw new XrpcError(400, 'InvalidRequest', 'after must be a seq or an instant like 2026-04-01T00:00:00.000Z')
  const entries = operations.export(isSeq ? { seq: Number(after) } : { instantMs: instantMs ?? -1 }, count)
  const lines = entries.map((entry) =>
    JSON.stringify(isSeq ? { seq: entry.seq, type: 'sequenced_op', ...auditLine(entry) } : auditLine(entry)),
  )
  res.type('application/jsonlines').send(lines.join('\n'))
}

const textQuery = (req: Request): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(req.query).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]))

// Errors of the body parser carry their own status; everything unknown is our bug.
const answerError = (error: unknown, req: Request, res: Response, log: Log): void => {
  if (error instanceof XrpcError) return void res.status(error.status).json({ error: error.error, message: error.message })
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500
  if (status === 413)
    return void res.status(413).json({ error: 'PayloadTooLarge', message: `The body is larger than ${BODY_MAX_BYTES} bytes` })
  if (status < 500) return void res.status(400).json({ error: 'InvalidRequest', message: 'The request or its body cannot be read' })
  log.error('request.failed', { method: req.method, path: req.path, error })
  res.status(500).json({ error: 'InternalServerError', message: 'Internal Server Error' })
}
