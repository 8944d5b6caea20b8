// Private confirmation in pages: the giver's QR, the code the other person opens, and their answer.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { isRecordKey } from '../../../../atproto/record-key.ts'
import { nsid } from '../../../../lexicons/authority.ts'
import { hiddenOf, notFound } from '../../../auth/access.ts'
import { parseCode, type CodeSubject } from '../../../confirm/codes.ts'
import { confirmRefusal } from '../../../confirm/refusals.ts'
import type { ActionDoc } from '../../../journal/documents.ts'
import { policyOn } from '../../../journal/policy.ts'
import { readDoc } from '../../../queries/deps.ts'
import type { PagesDeps } from '../deps.ts'
import { todayOf } from '../deps.ts'
import { parseFields } from '../form.ts'
import type { Words } from '../lang.ts'
import { nameOf } from '../names.ts'
import { owned, type Own } from '../own-routes.ts'
import { seeOther, sendOwn } from '../reply.ts'
import { untilBooked } from '../until-booked.ts'
import { answerPage, enterCodePage, type AnswerView } from './code-page.ts'
import { showPage } from './show-page.ts'

const NO_SUCH_CODE: Words = {
  ja: 'この番号は使えません。3分たったか、打ちまちがいです。相手に「新しいQRを出す」を押してもらってください。',
  en: 'This code cannot be used: its three minutes are over, or it was mistyped. Ask the other person to show a new code.',
}
const TOO_MANY_TRIES: Words = {
  ja: 'ちがう番号が続きました。3分ほどおいてから、もう一度お試しください。',
  en: 'Too many wrong codes. Try again in about three minutes.',
}

export const confirmRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/me/record/:rkey/qr',
    owned(deps, (req, res, own) => show(deps, req, res, own)),
  )
  router.get(
    '/c',
    owned(deps, async (_req, res, { shell }) => sendOwn(res, enterCodePage(shell, '', null))),
  )
  router.post(
    '/c',
    owned(deps, async (req, res, { shell }) => {
      const typed = parseFields(req.body)('code')
      const code = parseCode(typed)
      if (code === null) return sendOwn(res, enterCodePage(shell, typed.slice(0, MOST_TYPED), NO_SUCH_CODE), 422)
      seeOther(res, shell.lang, `/c/${code}`)
    }),
  )
  router.get(
    '/c/:code',
    owned(deps, async (req, res, own) => {
      const shown = await shownBy(deps, req, own)
      if ('problem' in shown) return sendOwn(res, enterCodePage(own.shell, '', shown.problem), 404)
      sendOwn(res, answerPage(own.shell, shown.view, null))
    }),
  )
  router.post(
    '/c/:code',
    owned(deps, (req, res, own) => answer(deps, req, res, own)),
  )
  return router
}

const MOST_TYPED = 20

const actionAt = async (deps: PagesDeps, uri: string): Promise<ActionDoc | null> => readDoc(deps.books, 'action', `action:${uri}`)

/** A new code for one's own act while it waits; else the page that traces it. */
const show = async (deps: PagesDeps, req: Request, res: Response, { session, shell }: Own): Promise<void> => {
  const rkey: unknown = req.params['rkey']
  if (!isRecordKey(rkey)) throw notFound()
  const uri = `at://${session.did}/${nsid.action}/${rkey}`
  const action = await actionAt(deps, uri)
  if (action === null || action.state !== 'open') return seeOther(res, shell.lang, `/me/acts/${rkey}`)
  const { cid, performedOn, category, minutes, municipality } = action
  const issued = await deps.codes.issue(session.did, { uri, cid })
  const policies = await readDoc(deps.books, 'policies', `policies:${municipality}`)
  const { claimDays } = policyOn(policies, todayOf(deps))
  const code =
    issued === null ? null : { code: issued.code, expires: new Date(issued.expiresMs).toISOString(), url: `${deps.url}/c/${issued.code}` }
  const hasHostBodies = (await deps.queries.hostBodiesOf(municipality)).length > 0
  sendOwn(res, showPage(shell, { rkey, performedOn, category, minutes, code, claimDays, hasHostBodies }))
}

type Shown = { readonly view: AnswerView; readonly subject: CodeSubject } | { readonly problem: Words }

const shownBy = async (deps: PagesDeps, req: Request, { session }: Own): Promise<Shown> => {
  const code = parseCode(String(req.params['code']))
  const subject = code === null ? 'none' : await deps.codes.find(session.did, code)
  if (subject === 'too-many') return { problem: TOO_MANY_TRIES }
  if (code === null || subject === 'none') return { problem: NO_SUCH_CODE }
  const action = await actionAt(deps, subject.uri)
  if (action === null || (await hiddenOf(deps.books, [action.repo])).size > 0) return { problem: confirmRefusal('confirm.not-found') }
  if (action.cid !== subject.cid) return { problem: confirmRefusal('confirm.changed') }
  if (action.repo === session.did) return { problem: confirmRefusal('confirm.own-act') }
  const { performedOn, category, minutes } = action
  return { subject, view: { code, ...subject, giver: await nameOf(deps, action.repo), performedOn, category, minutes } }
}

const answer = async (deps: PagesDeps, req: Request, res: Response, own: Own): Promise<void> => {
  const { session, shell } = own
  const shown = await shownBy(deps, req, own)
  if ('problem' in shown) return sendOwn(res, enterCodePage(shell, '', shown.problem), 404)
  const field = parseFields(req.body)
  const minutes = Number(field('minutes'))
  const fewer = minutes === shown.view.minutes ? {} : { minutes }
  const outcome = await deps.confirm(session.did, {
    uri: field('uri'),
    cid: field('cid'),
    verdict: 'confirmed',
    hasCode: isSame(shown, field),
    ...fewer,
  })
  if (!outcome.ok) return sendOwn(res, answerPage(shell, shown.view, confirmRefusal(outcome.code)), 422)
  await untilBooked(deps, outcome.uri)
  seeOther(res, shell.lang, '/me?done=confirmed-privately')
}

const isSame = ({ subject }: Extract<Shown, { subject: CodeSubject }>, field: (name: string) => string): boolean =>
  subject.uri === field('uri') && subject.cid === field('cid')
