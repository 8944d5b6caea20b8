// The address of one's notices. Whoever opens the newest of them has seen them.

import express from 'express'
import type { Router } from 'express'
import type { PagesDeps } from '../deps.ts'
import { parseFields } from '../form.ts'
import { owned } from '../own-routes.ts'
import { sendOwn } from '../reply.ts'
import { noticesPage } from './notices-page.ts'

const PAGE = 30
const PLACE = /^\d{1,15}$/

export const noticeRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/me/notices',
    owned(deps, async (req, res, { session, shell }) => {
      const { did } = session
      const before = parseFields(req.query)('before')
      const view = await deps.notices.list(did, { limit: PAGE, ...(PLACE.test(before) ? { before: Number(before) } : {}) })
      const newest = view.newest ?? 0
      // A link that is fetched ahead marks nothing.
      if (newest > 0 && req.get('Sec-Purpose') === undefined) await deps.notices.see(did, newest)
      sendOwn(res, noticesPage(shell, { did, ...view }))
    }),
  )
  return router
}
