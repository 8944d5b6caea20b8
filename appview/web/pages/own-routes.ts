// One's own pages. Without a session they lead to sign-in and back; what is posted is written into the person's own repo, through their own PDS.

import express from 'express'
import type { NextFunction, Request, Response, Router } from 'express'
import { isRecordKey } from '../../../atproto/record-key.ts'
import { nsid } from '../../../lexicons/authority.ts'
import { notFound } from '../../auth/access.ts'
import type { Session } from '../../store/store.ts'
import { answerAsk } from './answer-ask.ts'
import { backTo } from './back-to.ts'
import { choosePrivacy } from './choose-privacy.ts'
import type { PagesDeps } from './deps.ts'
import { parseAt, parseFields } from './form.ts'
import { gatherActs } from './gather-acts.ts'
import { gatherMe } from './gather-me.ts'
import { gatherRecordForm } from './gather-record.ts'
import { gatherTrace } from './gather-trace.ts'
import { parseLang, type Words } from './lang.ts'
import type { Shell } from './layout.ts'
import { actsPage } from './acts.ts'
import { mePage } from './me.ts'
import { recordPage } from './record.ts'
import { inputOf, recordAct } from './record-act.ts'
import { residenceOf } from './residence.ts'
import { seeOther, sendOwn } from './reply.ts'
import { onlyTownOf, ownShellOf, townOf } from './shells.ts'
import { signInPath } from './sign-in-routes.ts'
import { tracePage } from './trace.ts'
import { withdrawAct } from './withdraw-act.ts'

/** What the page says was just done; the address carries the key alone. */
const done: ReadonlyMap<string, Words> = new Map([
  ['confirmed', { ja: '確かめたことを、あなたの記録に書きました', en: 'Your confirmation is written' }],
  ['confirmed-privately', { ja: '確かめました。あなたの名前は公開されません', en: 'Confirmed. Your name does not become public' }],
  [
    'rejected-privately',
    { ja: '「心当たりがない」と伝えました。あなたの名前は公開されません', en: 'It is said that somebody does not recognise this; not who' },
  ],
  ['rejected', { ja: '「心当たりがない」と、あなたの記録に書きました', en: 'It is written that you do not recognise this' }],
  ['visibility', { ja: '見え方を変えました', en: 'Who may see your statement is changed' }],
])

export type Own = { readonly session: Session; readonly shell: Shell }
type OwnDoor = (req: Request, res: Response, own: Own) => Promise<void>

/** Lets in whoever is signed in; the others are sent to sign in, and come back. */
export const owned =
  (deps: PagesDeps, door: OwnDoor) =>
  async (req: Request, res: Response, _next: NextFunction): Promise<void> => {
    const session = await deps.signIn.sessionOf(req.headers.cookie)
    const lang = parseLang(req.query['lang'])
    if (session === null) {
      return seeOther(res, lang, signInPath(backTo(req), deps.signIn.hadSession(req.headers.cookie) ? 'ended' : undefined))
    }
    const home = await residenceOf(deps, session.did)
    const town = home === null ? await onlyTownOf(deps) : await townOf(deps, home.code)
    await door(req, res, { session, shell: await ownShellOf(deps, req, session, town) })
  }

export const ownRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/me',
    owned(deps, async (req, res, { session, shell }) => {
      const view = await gatherMe(deps, session, parseAt(req.query))
      sendOwn(res, mePage(shell, view, done.get(parseFields(req.query)('done')) ?? null))
    }),
  )
  router.get(
    '/me/acts',
    owned(deps, async (req, res, { session, shell }) => {
      const { list, older } = await gatherActs(deps, session, parseFields(req.query)('before'))
      sendOwn(res, actsPage(shell, list, older))
    }),
  )
  router.get(
    '/me/acts/:rkey',
    owned(deps, async (req, res, { session, shell }) => {
      const rkey: unknown = req.params['rkey']
      if (!isRecordKey(rkey)) throw notFound()
      sendOwn(res, tracePage(shell, await gatherTrace(deps, session, shell, `at://${session.did}/${nsid.action}/${rkey}`)))
    }),
  )
  router.post(
    '/me/acts/:rkey/withdraw',
    owned(deps, async (req, res, { session, shell }) => {
      const rkey: unknown = req.params['rkey']
      if (!isRecordKey(rkey)) throw notFound()
      await withdrawAct(deps, session, rkey)
      seeOther(res, shell.lang, `/me/acts/${rkey}`)
    }),
  )
  router.get(
    '/me/asks',
    owned(deps, async (_req, res, { shell }) => seeOther(res, shell.lang, '/me#asks')),
  )
  router.post(
    '/me/asks',
    owned(deps, async (req, res, { session, shell }) => {
      seeOther(res, shell.lang, `/me?done=${await answerAsk(deps, session, parseFields(req.body))}#asks`)
    }),
  )
  router.post(
    '/me/visibility',
    owned(deps, async (req, res, { session, shell }) => {
      await choosePrivacy(deps, session, parseFields(req.body)('visibility'))
      seeOther(res, shell.lang, '/me?done=visibility')
    }),
  )
  router.get(
    '/me/record',
    owned(deps, async (req, res, { session, shell }) => {
      const field = parseFields(req.query)
      const begun = field('category') === '' ? null : inputOf(field)
      sendOwn(res, recordPage(shell, await gatherRecordForm(deps, session, begun, [])))
    }),
  )
  router.post(
    '/me/record',
    owned(deps, async (req, res, { session, shell }) => {
      const input = inputOf(parseFields(req.body))
      const form = await gatherRecordForm(deps, session, input, [])
      const outcome = await recordAct(deps, session, form)
      if (outcome.ok) return seeOther(res, shell.lang, `/me/record/${outcome.rkey}/qr`)
      sendOwn(res, recordPage(shell, { ...form, errors: outcome.errors }), 422)
    }),
  )
  return router
}
