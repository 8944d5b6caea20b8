// Opening balances: put forward with a file and its totals, then approved or withdrawn.

import type { Router } from 'express'
import { mayDo } from '../../../../desk/permissions.ts'
import type { PagesDeps } from '../../deps.ts'
import { parseFields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { fieldsOf, listIn, versionIn } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { openingPage, type OpeningView } from './opening-page.ts'

const SHOWN = 20
const STATUS_REFUSED = 422

const DONE: ReadonlyMap<string, Words> = new Map([
  ['proposed', { ja: '二人目に回しました', en: 'Passed to the second person' }],
  ['approve', { ja: '承認しました。帳簿に入ります', en: 'Approved; on its way into the books' }],
  ['withdraw', { ja: '取り下げました', en: 'Withdrawn' }],
])

export const openingRoutes = (deps: PagesDeps, router: Router): void => {
  const { desks } = deps
  router.get(
    '/desk/:town/register/opening',
    atDesk(deps, async (req, res, at) => {
      sendOwn(res, openingPage(at, await gather(deps, at, { done: DONE.get(parseFields(req.query)('done')) ?? null })))
    }),
  )
  router.post(
    '/desk/:town/register/opening',
    atDesk(deps, async (req, res, at) => {
      const typed = fieldsOf(req)
      const control = { rows: Number(typed('rows')), points: Number(typed('points')), minutes: Number(typed('minutes')) }
      const outcome = await desks.proposeOpening(at.actor, { csv: listIn(typed), control })
      if (outcome.ok) return seeOther(res, at.shell.lang, at.path('/register/opening?done=proposed'))
      sendOwn(res, openingPage(at, await gather(deps, at, { typed, reasons: outcome.reasons })), STATUS_REFUSED)
    }),
  )
  for (const name of ['approve', 'withdraw'] as const)
    router.post(
      `/desk/:town/register/opening/:id/${name}`,
      atDesk(deps, async (req, res, at) => {
        const outcome = await desks[name](at.actor, String(req.params['id']), versionIn(fieldsOf(req)))
        if (outcome.ok) return seeOther(res, at.shell.lang, at.path(`/register/opening?done=${name}`))
        sendOwn(res, openingPage(at, await gather(deps, at, { reasons: outcome.reasons })), STATUS_REFUSED)
      }),
    )
}

const gather = async ({ desks }: PagesDeps, at: AtDesk, more: Partial<OpeningView>): Promise<OpeningView> => {
  const drafts = await desks.drafts(at.actor, { kind: 'opening', limit: SHOWN })
  return {
    drafts: drafts.ok ? drafts.value.items : [],
    mayPropose: mayDo('opening.propose', at.held),
    typed: () => '',
    done: null,
    reasons: [],
    ...more,
  }
}
