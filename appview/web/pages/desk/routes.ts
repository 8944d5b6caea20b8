// Every address of a municipality's desk. What is asked for is read here; what is done is done by desk/operations, nothing else.

import express from 'express'
import type { Router } from 'express'
import type { PagesDeps } from '../deps.ts'
import { notFound } from '../../../auth/access.ts'
import { owned } from '../own-routes.ts'
import { seeOther, sendOwn } from '../reply.ts'
import { atDesk } from './door.ts'
import { gatherHome } from './gather-home.ts'
import { homePage } from './home.ts'
import { closeRouter } from './close/close-routes.ts'
import { disputeRouter } from './disputes/dispute-routes.ts'
import { jobRouter } from './jobs/job-routes.ts'
import { hostRouter } from './hosts/host-routes.ts'
import { ruleRouter } from './rules/rule-routes.ts'
import { registerRouter } from './register/register-routes.ts'
import { stampRouter } from './stamps/stamp-routes.ts'
import { staffRouter } from './staff-routes.ts'
import { chooseDeskPage } from './choose-desk.ts'
import { deskPath, desksOf } from './whose-desk.ts'

export const deskRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk',
    owned(deps, async (_req, res, { session, shell }) => {
      const codes = await desksOf(deps, session.did)
      const [only, ...others] = codes
      if (only === undefined) throw notFound()
      if (others.length === 0) return seeOther(res, shell.lang, deskPath(only))
      sendOwn(res, await chooseDeskPage(deps, shell, codes))
    }),
  )
  router.get(
    '/desk/:town',
    atDesk(deps, async (_req, res, at) => sendOwn(res, homePage(at, await gatherHome(deps, at)))),
  )
  router.use(stampRouter(deps))
  router.use(registerRouter(deps))
  router.use(disputeRouter(deps))
  router.use(closeRouter(deps))
  router.use(ruleRouter(deps))
  router.use(jobRouter(deps))
  router.use(hostRouter(deps))
  router.use(staffRouter(deps))
  return router
}
