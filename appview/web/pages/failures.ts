// When a page cannot be had: one place that turns an error into a page, with a reference number that stands in the log too.
// Missing, withdrawn and private look exactly alike.

import { randomInt } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { XrpcError } from '../../../server/xrpc-error.ts'
import { PdsRefused } from '../../auth/pds-call.ts'
import { SignInEnded } from '../../auth/resident-writes.ts'
import { BooksNotReadable } from '../../store/store.ts'
import { isStoreAway } from '../../store/store-away.ts'
import { backTo } from './back-to.ts'
import type { PagesDeps } from './deps.ts'
import { errorPage, type Problem } from './error.ts'
import { onlyTownOf, shellOf } from './shells.ts'
import { parseLang } from './lang.ts'
import type { Shell } from './layout.ts'
import { seeOther } from './reply.ts'
import { signInPath } from './sign-in-routes.ts'
import { styleUrl } from './static-files.ts'

/** The books are still being read, so that no figure can be shown. */
export class BooksCatchingUp extends Error {
  override readonly name = 'BooksCatchingUp'
}

/** How the network stands is told also while the books are folded. */
const TOLD_MEANWHILE = '/network'

export const onlyOfFitBooks =
  ({ look }: Pick<PagesDeps, 'look'>) =>
  async (req: Request, _res: Response, next: NextFunction): Promise<void> => {
    const fitness = (await look?.()) ?? 'fit'
    if (fitness === 'other-rules' || (fitness === 'folding' && req.path !== TOLD_MEANWHILE)) throw new BooksCatchingUp(fitness)
    next()
  }

const RETRY_AFTER_SECONDS = '30'
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const REFERENCE_LENGTH = 8

const newReference = (): string =>
  Array.from(
    { length: REFERENCE_LENGTH },
    (_, i) => `${i === REFERENCE_LENGTH / 2 ? '-' : ''}${LETTERS[randomInt(LETTERS.length)] ?? ''}`,
  ).join('')

const statusOf = (error: unknown): number => {
  if (error instanceof BooksCatchingUp || error instanceof BooksNotReadable || isStoreAway(error)) return 503
  if (error instanceof PdsRefused) return 502
  if (error instanceof XrpcError) return error.error === 'InvalidPeriod' ? 404 : error.status
  // The body parser's own errors carry their status; anything else is our bug.
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500
}

const problemOf = (status: number): Problem => {
  if (status === 404) return 'not-found'
  if (status === 503) return 'busy'
  if (status === 502) return 'no-pds'
  return status >= 400 && status < 500 ? 'refused' : 'broken'
}

/** Even when the store itself fails, the page about it is shown. */
const safeShell = async (deps: PagesDeps, req: Request, error: unknown): Promise<Shell> => {
  const bare = { lang: parseLang(req.query['lang']), path: '/', publicUrl: deps.url, styleUrl, town: null, person: null, sample: false }
  // It was waited for once.
  if (isStoreAway(error)) return bare
  try {
    return await shellOf(deps, req, await onlyTownOf(deps))
  } catch {
    return bare
  }
}

export const answerMissing = (_req: Request, _res: Response, next: NextFunction): void =>
  next(new XrpcError(404, 'NotFound', 'No such page'))

export const answerFailure =
  (deps: PagesDeps) =>
  async (error: unknown, req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (res.headersSent) return next(error)
    if (error instanceof SignInEnded) return seeOther(res, parseLang(req.query['lang']), signInPath(backTo(req), 'ended'))
    const status = statusOf(error)
    const problem = problemOf(status)
    const reference = newReference()
    const facts = { reference, status, method: req.method, code: error instanceof XrpcError ? error.error : undefined }
    if (status >= 500 && status !== 503 && status !== 502) deps.log.error('page.failed', { ...facts, error })
    else if (isStoreAway(error)) deps.log.warn('store.away', { ...facts, error })
    else deps.log.info('page.refused', facts)
    if (status === 503) res.set('Retry-After', RETRY_AFTER_SECONDS)
    const page = errorPage(await safeShell(deps, req, error), problem, reference)
    res.status(status).set({ 'Cache-Control': 'no-store', 'Content-Type': 'text/html; charset=utf-8' }).send(page)
  }
