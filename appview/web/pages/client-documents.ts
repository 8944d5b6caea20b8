// What authorization servers read about this site: its client metadata and its public keys. https://atproto.com/specs/oauth#clients

import express from 'express'
import type { Router } from 'express'
import { JWKS_PATH, METADATA_PATH } from '../../auth/client-metadata.ts'
import type { OpenedSignIn } from '../../auth/open-sign-in.ts'

export const clientDocumentsRouter = (documents: OpenedSignIn['documents']): Router => {
  const router = express.Router()
  if (documents === null) return router
  const { metadata, keys } = documents
  router.get(METADATA_PATH, (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json(metadata))
  router.get(JWKS_PATH, (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json(keys))
  return router
}
