// Files of statements, journals and trial balances at their addresses: those of towns, prefectures, all together and who chose to be seen for everybody,
// others for whom they concern alone. The JSON of a statement stands with its page (public-routes.ts).

import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import type { NextFunction, Request, Response, Router } from 'express'
import { notFound } from '../../auth/access.ts'
import type { Caller } from '../../auth/caller.ts'
import { NETWORK } from '../../statements/consolidation.ts'
import { parseForm, type ExportForm } from '../../export/formats.ts'
import { RETRY_AFTER_SECONDS } from '../../export/limits.ts'
import { ExportRefused, exportRefusals } from '../../export/refusals.ts'
import type { PagesDeps } from './deps.ts'
import { downloadOf, downloadOfTown, parseSpan, publicDownload } from './download-own.ts'
import type { Download, Downloads } from './download.ts'
import { parseFields } from './form.ts'
import { answerOfPerson } from './gather-person.ts'
import { parseLang } from './lang.ts'
import { seeOther } from './reply.ts'
import { isSample } from './shells.ts'
import { signInPath } from './sign-in-routes.ts'

type Params = { readonly [name: string]: string }
type Ask = Request<Params>

const PERIOD_FILE = /^(\d{4}(?:-\d{2})?)\.([A-Za-z0-9]+)$/
const VERSION_FILE = /^v(\d{1,4})\.([A-Za-z0-9]+)$/
const NAMED_FILE = /^([a-z-]+?)-(all|\d{4}(?:-\d{2})?)\.([A-Za-z0-9]+)$/
const ETAG_LENGTH = 27

/** To be mounted before the pages: what is no file goes on to them. */
export const downloadRouter = (deps: PagesDeps, downloads: Downloads): Router => {
  const router = express.Router()
  router.get(
    '/m/:code/:file',
    ofPeriod(deps, ({ code = '' }, asked, form) => publicDownload(deps, downloads, { code, asked: parseSpan(asked), form })),
  )
  router.get('/m/:code/:year/:file', ofVersion(deps, downloads))
  router.get(
    '/network/statement/:file',
    ofPeriod(deps, (_params, asked, form) => publicDownload(deps, downloads, { code: NETWORK, asked: parseSpan(asked), form })),
  )
  for (const kind of ['P', 'O'] as const)
    router.get(
      `/${kind.toLowerCase()}/:handle/:file`,
      ofPeriod(deps, async ({ handle = '' }, year, form) => downloads.ofPerson(await answerOfPerson(deps, kind, handle, year), form)),
    )
  router.get(
    '/me/export/:file',
    signedIn(deps, (caller, _params, asked, form) =>
      downloadOf(deps, downloads, caller, { did: caller.did, asked: parseSpan(asked), form }),
    ),
  )
  router.get(
    '/desk/export/:code/:file',
    signedIn(deps, (caller, { code = '' }, asked, form) =>
      downloadOfTown(deps, downloads, caller, { code, asked: parseSpan(asked), form }),
    ),
  )
  router.use(answerRefusal)
  return router
}

type Account = Extract<Caller, { readonly kind: 'account' }>

const encodingOf = (req: Ask): string => parseFields(req.query)('encoding') || 'utf-8'

/** A file named for its year or month. */
const ofPeriod =
  (deps: PagesDeps, make: (params: Params, period: string, form: ExportForm) => Promise<Download>) =>
  async (req: Ask, res: Response, next: NextFunction): Promise<void> => {
    const [, period = '', format = ''] = PERIOD_FILE.exec(req.params['file'] ?? '') ?? []
    if (period === '' || format === 'json') return next()
    await sendPublicFile(req, res, await make(req.params, period, parseForm('statement', format, encodingOf(req))), await isSample(deps))
  }

const ofVersion =
  (deps: PagesDeps, downloads: Downloads) =>
  async (req: Ask, res: Response, next: NextFunction): Promise<void> => {
    const { code = '', year = '', file = '' } = req.params
    const [, version = '', format = ''] = VERSION_FILE.exec(file) ?? []
    if (version === '' || format === 'json') return next()
    const form = parseForm('statement', format, encodingOf(req))
    const download = await publicDownload(deps, downloads, { code, asked: parseSpan(year), form, version: Number(version) })
    await sendPublicFile(req, res, download, await isSample(deps))
  }

/** A file named for what it is and its span. Without a session its address leads to sign-in. */
const signedIn =
  (deps: PagesDeps, make: (caller: Account, params: Params, span: string, form: ExportForm) => Promise<Download>) =>
  async (req: Ask, res: Response): Promise<void> => {
    const [, kind = '', span = '', format = ''] = NAMED_FILE.exec(req.params['file'] ?? '') ?? []
    if (span === '') throw notFound()
    const session = await deps.signIn.sessionOf(req.headers.cookie)
    if (session === null) return seeOther(res, parseLang(req.query['lang']), signInPath('/me', undefined))
    const form = parseForm(kind, format, encodingOf(req))
    const download = await make({ kind: 'account', did: session.did }, req.params, span, form)
    res.set('Cache-Control', 'no-store')
    await sendFile(res, download)
  }

const nameHeader = (name: string): string => `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`

const sendFile = async (res: Response, { type, name, body }: Download): Promise<void> => {
  res.set({ 'Content-Type': type, 'Content-Disposition': nameHeader(name) })
  if (body instanceof Uint8Array) return void res.send(Buffer.from(body))
  // Whoever leaves before the end wants no more.
  await pipeline(Readable.from(body), res).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
  })
}

/** Like pages: a snapshot may be a minute old, sample data show now. */
const sendPublicFile = async (req: Ask, res: Response, download: Download, isFresh: boolean): Promise<void> => {
  const { body } = download
  const bytes = body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body))
  const etag = `"${hash('sha256', bytes, 'base64url').slice(0, ETAG_LENGTH)}"`
  res.set({ ETag: etag, 'Cache-Control': isFresh ? 'public, no-cache' : 'public, max-age=60', 'Access-Control-Allow-Origin': '*' })
  if (req.get('If-None-Match') === etag) return void res.status(304).end()
  await sendFile(res, { ...download, body: bytes })
}

/** A program may ask as well as a person: one sentence in each language, and the code. */
const answerRefusal = (error: unknown, _req: Request, res: Response, next: NextFunction): void => {
  if (!(error instanceof ExportRefused) || res.headersSent) return next(error)
  const { status, ja, en } = exportRefusals[error.code]
  if (status === 503) res.set('Retry-After', String(RETRY_AFTER_SECONDS))
  res.status(status).set({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).send(`${ja}\n${en}\n${error.code}\n`)
}
