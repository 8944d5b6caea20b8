// Addresses of prefectures, of the whole, and of a municipality's years beside each other. Anybody may read them; none looks at who is reading.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { notFound } from '../../auth/access.ts'
import { canonicalJson } from '../../statements/canonical-json.ts'
import { NETWORK } from '../../statements/consolidation.ts'
import { consolidatedPage } from './consolidated.ts'
import type { PagesDeps } from './deps.ts'
import { consolidationOf, gatherConsolidated, shownYear, yearsOf } from './gather-consolidated.ts'
import { gatherYears } from './gather-years.ts'
import { sendPublic, sendPublicJson } from './reply.ts'
import { isSample, onlyTownOf, shellOf, townOf } from './shells.ts'
import { yearsPage } from './years-page.ts'
import { calendarOf } from './years.ts'

export const consolidatedRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  const send = async (req: Request, res: Response, scope: string, asked: string | undefined): Promise<void> => {
    const year = asked === undefined ? shownYear(deps, await yearsOf(deps, scope)) : Number(asked)
    if (year === undefined) throw notFound()
    const shell = await shellOf(deps, req, await onlyTownOf(deps))
    sendPublic(req, res, consolidatedPage(shell, await gatherConsolidated(deps, shell, scope, year)), shell.sample)
  }
  const sendJson = async (req: Request, res: Response, scope: string, year: number): Promise<void> => {
    if (!(await yearsOf(deps, scope)).includes(year)) throw notFound()
    sendPublicJson(req, res, canonicalJson(await consolidationOf(deps, scope, year)), await isSample(deps))
  }
  router.get(/^\/m\/(\d{2})(?:\/(\d{4}))?$/, async (req, res) => send(req, res, req.params[0] ?? '', req.params[1]))
  router.get(/^\/m\/(\d{2})\/(\d{4})\.json$/, async (req, res) => sendJson(req, res, req.params[0] ?? '', Number(req.params[1])))
  router.get(/^\/network\/statement(?:\/(\d{4}))?$/, async (req, res) => send(req, res, NETWORK, req.params[0]))
  router.get(/^\/network\/statement\/(\d{4})\.json$/, async (req, res) => sendJson(req, res, NETWORK, Number(req.params[0])))
  router.get(/^\/m\/(\d{6})\/(\d{4})(?:\/v(\d{1,4}))?\/worksheet\.json$/, async (req, res) => {
    const [code = '', year = '', version] = [req.params[0], req.params[1], req.params[2]]
    await deps.queries.municipality(code)
    if (!(await calendarOf(deps, code)).years.includes(Number(year))) throw notFound()
    const found = await consolidationOf(deps, code, Number(year), version === undefined ? undefined : Number(version))
    sendPublicJson(req, res, canonicalJson(found), await isSample(deps))
  })
  router.get(/^\/m\/(\d{6})\/years$/, async (req, res) => {
    const town = await townOf(deps, req.params[0] ?? '')
    const shell = await shellOf(deps, req, town)
    sendPublic(req, res, yearsPage(shell, await gatherYears(deps, shell, town)), shell.sample)
  })
  return router
}
