// Every address of the site that is a page. Public pages read no session; one's own are never stored; every post comes from a page of ours.

import express from 'express'
import type { Router } from 'express'
import { confirmRouter } from './confirm/routes.ts'
import { consolidatedRouter } from './consolidated-routes.ts'
import type { PagesDeps } from './deps.ts'
import { deskRouter } from './desk/routes.ts'
import { createDownloads, type Downloads } from './download.ts'
import { downloadRouter } from './download-routes.ts'
import { answerFailure, answerMissing, onlyOfFitBooks } from './failures.ts'
import { onlyFromHere, securityHeaders } from './headers.ts'
import { noticeRouter } from './notices/notice-routes.ts'
import { ownRouter } from './own-routes.ts'
import { publicRouter } from './public-routes.ts'
import { signInRouter } from './sign-in-routes.ts'
import { staticRouter } from './static-files.ts'

export type { PagesDeps } from './deps.ts'

/** Of everybody's forms; those of a desk hold whole lists and have their own limit (desk/desk-form.ts). */
const FORM_MAX_BYTES = 16_384

/** To be mounted last at the root: what it does not know is a page that says so. */
export const pagesRouter = (deps: PagesDeps, downloads: Downloads = createDownloads(deps)): Router => {
  const router = express.Router()
  router.use(securityHeaders(deps.url))
  router.use(staticRouter())
  router.use(onlyFromHere(deps.url))
  router.use(onlyOfFitBooks(deps))
  router.use(downloadRouter(deps, downloads))
  router.use(deskRouter(deps))
  router.use(express.urlencoded({ extended: false, limit: FORM_MAX_BYTES }))
  router.use(consolidatedRouter(deps))
  router.use(publicRouter(deps))
  router.use(signInRouter(deps))
  router.use(ownRouter(deps))
  router.use(noticeRouter(deps))
  router.use(confirmRouter(deps))
  router.use(answerMissing)
  router.use(answerFailure(deps))
  return router
}
