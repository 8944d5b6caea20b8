// Sign-in and sign-out: to the account's own server and back. Addresses with a code in them are never shown as a page.

import express from 'express'
import type { NextFunction, Request, Response, Router } from 'express'
import { CALLBACK_PATH, isLoopbackUrl } from '../../auth/client-metadata.ts'
import type { PagesDeps } from './deps.ts'
import { parseFields, parseNext } from './form.ts'
import { signInPolicy } from './headers.ts'
import { parseLang } from './lang.ts'
import { seeOther, sendOwn } from './reply.ts'
import { onlyTownOf, shellOf } from './shells.ts'
import { beginNotices, noticeFor, type Why } from './sign-in-notices.ts'
import { signInPage, type SignInView } from './sign-in.ts'

/** The sign-in page with a reason why one is there, and where it leads on. */
export const signInPath = (next: string, why?: Why): string =>
  `/sign-in?next=${encodeURIComponent(next)}${why === undefined ? '' : `&why=${why}`}`

export const signInRouter = (deps: PagesDeps): Router => {
  const { signIn, url } = deps
  const isLocal = isLoopbackUrl(url)
  const router = express.Router()
  const show = async (
    req: Request,
    res: Response,
    view: Pick<SignInView, 'identifier' | 'notice' | 'next'>,
    status: number,
  ): Promise<void> => {
    const shell = await shellOf(deps, req, await onlyTownOf(deps))
    res.set('Content-Security-Policy', signInPolicy(isLocal))
    sendOwn(res, signInPage(shell, { ...view, possible: signIn.isPossible, isLocal }), status)
  }
  router.get(['/sign-in', CALLBACK_PATH], atOurAddress(url, isLocal))
  router.get('/sign-in', async (req, res) => {
    const field = parseFields(req.query)
    const next = parseNext(field('next'))
    if ((await signIn.sessionOf(req.headers.cookie)) !== null) return seeOther(res, parseLang(req.query['lang']), next)
    signIn.getReady()
    await show(req, res, { identifier: '', notice: noticeFor(field('why')), next }, 200)
  })
  router.post('/sign-in', async (req, res) => {
    const field = parseFields(req.body)
    const [identifier, next] = [field('identifier').trim(), parseNext(field('next'))]
    const begun = await signIn.begin(identifier, { next, lang: parseLang(req.query['lang']) }, req.ip)
    if (begun.ok) {
      for (const cookie of begun.cookies) res.append('Set-Cookie', cookie)
      return void res.status(303).set({ 'Cache-Control': 'no-store', Location: begun.location }).end()
    }
    deps.log.info('sign-in.refused', { reason: begun.reason })
    const { status, ...notice } = beginNotices[begun.reason]
    res.set(begun.headers ?? {})
    await show(req, res, { identifier, notice, next }, status)
  })
  router.get(CALLBACK_PATH, async (req, res) => {
    const finished = await signIn.finish(new URL(req.originalUrl, url).searchParams, req.headers.cookie)
    const { next, lang } = finished
    if (!finished.ok) return seeOther(res, lang, signInPath(next, finished.reason))
    for (const cookie of finished.cookies) res.append('Set-Cookie', cookie)
    seeOther(res, lang, next)
  })
  router.post('/sign-out', async (req, res) => {
    for (const cookie of await signIn.signOut(req.headers.cookie)) res.append('Set-Cookie', cookie)
    seeOther(res, parseLang(req.query['lang']), '/')
  })
  return router
}

/** On loopback, clients come back to 127.0.0.1 while the site is announced as localhost: whoever arrives under another name goes on under ours. */
const atOurAddress =
  (url: string, isLocal: boolean) =>
  (req: Request, res: Response, next: NextFunction): void => {
    if (!isLocal || req.host === new URL(url).host) return next()
    res
      .status(303)
      .set({ 'Cache-Control': 'no-store', Location: `${url}${req.originalUrl}` })
      .end()
  }
