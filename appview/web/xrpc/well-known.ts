// The appview's own identity: did:web of its address, with the service under which PDSes forward callers to it.

import express from 'express'
import type { Router } from 'express'

export const SERVICE_ID = '#waki_appview'
export const SERVICE_TYPE = 'WakiAppView'

/** did:web of an http(s) origin; a port is escaped, as the method wants it. */
export const didOfUrl = (url: string): string => `did:web:${encodeURIComponent(new URL(url).host)}`

/** /.well-known/did.json */
export const wellKnownRouter = (url: string): Router => {
  const router = express.Router()
  const did = didOfUrl(url)
  const service = [{ id: SERVICE_ID, type: SERVICE_TYPE, serviceEndpoint: url }]
  router.get('/.well-known/did.json', (_req, res) => {
    res.set('Access-Control-Allow-Origin', '*').json({ '@context': ['https://www.w3.org/ns/did/v1'], id: did, service })
  })
  return router
}
