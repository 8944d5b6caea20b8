// Sign-in and sign-out. The password goes to the person's own PDS and is kept nowhere.

import express from 'express'
import type { Request, Router } from 'express'
import type { LocalSignIn, SignInRefusal } from '../../auth/local-sign-in.ts'
import type { PagesDeps } from './deps.ts'
import { parseFields, parseNext } from './form.ts'
import { signInPolicy } from './headers.ts'
import { parseLang, type Words } from './lang.ts'
import { seeOther, sendOwn } from './reply.ts'
import { onlyTownOf, shellOf } from './shells.ts'
import { signInPage, type SignInView } from './local-sign-in.ts'

const sentences: Readonly<Record<SignInRefusal, { readonly status: number; readonly words: Words }>> = {
  'not-possible': { status: 403, words: { ja: 'ここではサインインできません。', en: 'Sign-in is not available here.' } },
  'unknown-account': {
    status: 401,
    words: { ja: 'このハンドルのアカウントが見つかりません。', en: 'No account with this handle was found.' },
  },
  'wrong-password': { status: 401, words: { ja: 'パスワードがちがいます。', en: 'The password is wrong.' } },
  'pds-unreachable': {
    status: 502,
    words: {
      ja: '記録の置き場（PDS）につながりません。少したってから、もう一度お試しください。',
      en: 'The server of your records (PDS) cannot be reached. Try again in a while.',
    },
  },
}

export const localSignInRouter = (deps: Omit<PagesDeps, 'signIn'> & { readonly signIn: LocalSignIn }): Router => {
  const router = express.Router()
  const page = async (req: Request, view: Omit<SignInView, 'possible'>): Promise<string> =>
    signInPage(await shellOf(deps, req, await onlyTownOf(deps)), { ...view, possible: deps.signIn.isPossible })
  router.get('/sign-in', async (req, res) => {
    const next = parseNext(parseFields(req.query)('next'))
    const session = await deps.signIn.sessionOf(req.headers.cookie)
    if (session !== null) return seeOther(res, parseLang(req.query['lang']), next)
    res.set('Content-Security-Policy', signInPolicy(deps.signIn.isPossible))
    sendOwn(res, await page(req, { handle: '', error: null, next }))
  })
  router.post('/sign-in', async (req, res) => {
    const field = parseFields(req.body)
    const [handle, next] = [field('handle').trim(), parseNext(field('next'))]
    const outcome = await deps.signIn.signIn(handle, field('password'))
    if (outcome.ok) {
      res.set('Set-Cookie', outcome.cookie)
      return seeOther(res, parseLang(req.query['lang']), next)
    }
    const { status, words } = sentences[outcome.reason]
    deps.log.info('sign-in.refused', { reason: outcome.reason })
    res.set('Content-Security-Policy', signInPolicy(deps.signIn.isPossible))
    sendOwn(res, await page(req, { handle, error: words, next }), status)
  })
  router.post('/sign-out', async (req, res) => {
    res.set('Set-Cookie', await deps.signIn.signOut(req.headers.cookie))
    seeOther(res, parseLang(req.query['lang']), '/')
  })
  return router
}
