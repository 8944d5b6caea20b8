// The address of one's notices. Whoever opens the newest of them has seen them.

import express from 'express'
import type { Router } from 'express'
import type { PagesDeps } from '../deps.ts'
import { parseFields } from '../form.ts'
import { owned } from '../own-routes.ts'
import { seeOther, sendOwn } from '../reply.ts'
import { noticesPage } from './notices-page.ts'

const PAGE = 30
const STATUS_REFUSED = 422
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
      const person = shell.person === null ? null : { ...shell.person, unread: 0 }
      const hook = { url: null, view: await deps.hooks.of(did), code: null, isSet: parseFields(req.query)('done') === 'hook' }
      sendOwn(res, noticesPage({ ...shell, person }, { did, ...view, hook }))
    }),
  )
  router.post(
    '/me/notices/hook',
    owned(deps, async (req, res, { session, shell }) => {
      const { did } = session
      const url = parseFields(req.body)('url')
      const outcome = await deps.hooks.set(did, url)
      if (outcome.ok) return seeOther(res, shell.lang, '/me/notices?done=hook#hook')
      const view = await deps.notices.list(did, { limit: PAGE })
      const hook = { url, view: await deps.hooks.of(did), code: outcome.code, isSet: false }
      sendOwn(res, noticesPage(shell, { did, ...view, hook }), STATUS_REFUSED)
    }),
  )
  return router
}
