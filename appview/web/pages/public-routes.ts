// The pages anybody may read. None of them looks at who is reading.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { notFound } from '../../auth/access.ts'
import { canonicalJson } from '../../statements/canonical-json.ts'
import type { PagesDeps } from './deps.ts'
import { gatherHome, gatherTownRow } from './gather-home.ts'
import { gatherNetwork } from './gather-network.ts'
import { answerOfPerson, gatherPerson } from './gather-person.ts'
import { gatherTownStatement, parseAsked, townAnswers } from './gather-town.ts'
import { homePage } from './home.ts'
import { networkPage } from './network.ts'
import { plainPage, plainTexts } from './plain.ts'
import { sendPublic, sendPublicJson } from './reply.ts'
import { isSample, onlyTownOf, shellOf, townOf } from './shells.ts'
import { statementPage } from './statement.ts'
import { townsPage } from './towns.ts'

const MOST_TOWNS = 100
const JSON_END = '.json'

/** A version of a closed year, and its two files. */
const VERSION_PAGE = /^\/m\/(?<code>\d{6})\/(?<period>\d{4})\/v(?<version>\d{1,4})$/
const VERSION_FILES = {
  town: /^\/m\/(?<code>\d{6})\/(?<period>\d{4})\/v(?<version>\d{1,4})\.json$/,
  area: /^\/m\/(?<code>\d{6})\/(?<period>\d{4})\/v(?<version>\d{1,4})\/area\.json$/,
}

type Params = { readonly [name: string]: string }
type Door = (req: Request<Params>, res: Response) => Promise<void>

export const publicRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get('/', frontDoor(deps))
  router.get('/m/:code', async (req, res) => sendHome(deps, req, res, req.params.code))
  router.get('/m/:code/:period', townDoor(deps))
  router.get('/m/:code/:period/area.json', async (req, res) => sendTownJson(deps, req, res, 'area'))
  router.get(VERSION_PAGE, townDoor(deps))
  router.get(VERSION_FILES.town, async (req, res) => sendTownJson(deps, req, res, 'town'))
  router.get(VERSION_FILES.area, async (req, res) => sendTownJson(deps, req, res, 'area'))
  for (const [letter, kind] of [
    ['p', 'P'],
    ['o', 'O'],
  ] as const) {
    router.get(`/${letter}/:handle`, personDoor(deps, kind))
    router.get(`/${letter}/:handle/:period`, personDoor(deps, kind))
  }
  router.get('/network', async (req, res) => {
    const shell = await shellOf(deps, req, await onlyTownOf(deps))
    sendPublic(req, res, networkPage(shell, await gatherNetwork(deps)), true)
  })
  for (const name of ['about', 'privacy', 'accessibility'] as const satisfies (keyof typeof plainTexts)[])
    router.get(`/${name}`, async (req, res) =>
      sendPublic(req, res, plainPage(await shellOf(deps, req, await onlyTownOf(deps)), name), false),
    )
  return router
}

const versionIn = ({ version }: Params): number | undefined => (version === undefined ? undefined : Number(version))

const frontDoor =
  (deps: PagesDeps): Door =>
  async (req, res) => {
    const { municipalities } = await deps.queries.municipalities({ limit: MOST_TOWNS })
    const [first] = municipalities
    if (first !== undefined && municipalities.length === 1) return sendHome(deps, req, res, first.code)
    const towns = await Promise.all(municipalities.map(async ({ code }) => gatherTownRow(deps, await townOf(deps, code))))
    sendPublic(req, res, townsPage(await shellOf(deps, req, null), towns), await isSample(deps))
  }

const sendHome = async (deps: PagesDeps, req: Request<Params>, res: Response, code: string): Promise<void> => {
  const town = await townOf(deps, code)
  const shell = await shellOf(deps, req, town)
  sendPublic(req, res, homePage(shell, await gatherHome(deps, town)), shell.sample)
}

const townDoor =
  (deps: PagesDeps): Door =>
  async (req, res) => {
    const { code = '', period = '' } = req.params
    if (period.endsWith(JSON_END)) return sendTownJson(deps, req, res, 'town')
    const town = await townOf(deps, code)
    const asked = await parseAsked(deps, code, period)
    if (asked === null) throw notFound()
    const shell = await shellOf(deps, req, town)
    const view = await gatherTownStatement(deps, shell, town, asked, versionIn(req.params))
    sendPublic(req, res, statementPage(shell, view), shell.sample)
  }

/** The canonical JSON whose hash the page shows. */
const sendTownJson = async (deps: PagesDeps, req: Request<Params>, res: Response, which: 'town' | 'area'): Promise<void> => {
  const { code = '', period = '' } = req.params
  await deps.queries.municipality(code)
  const asked = await parseAsked(deps, code, period.endsWith(JSON_END) ? period.slice(0, -JSON_END.length) : period)
  if (asked === null) throw notFound()
  const answers = await townAnswers(deps, code, asked, versionIn(req.params))
  sendPublicJson(req, res, canonicalJson(answers[which].statement), await isSample(deps))
}

const personDoor =
  (deps: PagesDeps, kind: 'P' | 'O'): Door =>
  async (req, res) => {
    const { handle = '', period = '' } = req.params
    const isJson = period.endsWith(JSON_END)
    const person = await answerOfPerson(deps, kind, handle, isJson ? period.slice(0, -JSON_END.length) : period)
    if (isJson) return sendPublicJson(req, res, canonicalJson(person.answer.statement), await isSample(deps))
    const shell = await shellOf(deps, req, person.town)
    sendPublic(req, res, statementPage(shell, gatherPerson(deps, shell, person)), shell.sample)
  }
