// The log as others check it: /log/origin says whose it is, how long, and the time before which no later leaf will lie; /log/leaf/N gives the bytes of a leaf.
// A leaf names nobody. Who already knows the DID (`?did=`) gets the salt that proves it, and nobody else does.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { toDatetime } from '../../atproto/datetime.ts'
import { isDid } from '../../atproto/did.ts'
import { decodeData, isDataMap } from '../../atproto/data-model.ts'
import type { LeafTable } from '../origin/leaf-table.ts'
import { leafHash, whoOf } from '../origin/leaf.ts'
import type { ReceiveTime } from '../origin/receive-time.ts'
import type { Origin } from '../origin/origin.ts'

export const logRoutes = (origin: Origin, leaves: LeafTable, receiveTime: ReceiveTime): Router => {
  const router = express.Router()
  router.use('/log', (_req, res, next) => {
    res.set('Access-Control-Allow-Origin', '*')
    next()
  })
  router.get('/log/origin', (_req, res) => {
    const { name, key, base, created } = origin
    res.json({ name, key, base, created, leaves: leaves.count(), time: toDatetime(receiveTime.promise()) })
  })
  router.get('/log/leaf/:leaf', (req, res) => answerLeaf(origin, leaves, req, res))
  return router
}

const answerLeaf = (origin: Origin, leaves: LeafTable, req: Request, res: Response): void => {
  const given = String(req.params['leaf'])
  const number = /^[1-9]\d{0,14}$/.test(given) ? Number(given) : 0
  const found = leaves.get(number)
  if (found === undefined) {
    res.status(404).json({ error: 'NotFound', message: 'This log has no such leaf' })
    return
  }
  const fields = decodeData(found.bytes)
  const { seq, time, kind, who } = isDataMap(fields) ? fields : {}
  const salt = origin.saltOf(number)
  const did = req.query['did']
  const isKnown = isDid(did) && who instanceof Uint8Array && Buffer.compare(whoOf(salt, did), who) === 0
  const bytes = base64(found.bytes)
  res.json({ leaf: number, seq, time, kind, bytes, hash: base64(leafHash(found.bytes)), ...(isKnown ? { salt: base64(salt) } : {}) })
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
