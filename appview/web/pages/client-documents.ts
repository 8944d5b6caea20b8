// What authorization servers read about this site: its client metadata and its public keys. https://atproto.com/specs/oauth#clients

import express from 'express'
import type { Router } from 'express'
import type { NodeOAuthClient, OAuthClientMetadataInput } from '@atproto/oauth-client-node'
import { JWKS_PATH, METADATA_PATH } from '../../auth/client-metadata.ts'

export const clientDocumentsRouter = (metadata: OAuthClientMetadataInput, client: NodeOAuthClient): Router => {
  const router = express.Router()
  router.get(METADATA_PATH, (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json(metadata))
  router.get(JWKS_PATH, (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json(client.jwks))
  return router
}
