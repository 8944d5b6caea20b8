// Disputes, rulings by two persons, flags, and the trace of a record as the desk reads it: their addresses.

import express from 'express'
import type { Response, Router } from 'express'
import { reason, type Outcome } from '../../../../desk/outcome.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import type { DisputeView, FlagView } from '../../../../desk/operations.ts'
import type { PagesDeps } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { untilBooked } from '../../until-booked.ts'
import { fieldsOf, versionIn } from '../desk-form.ts'
import { didBehind } from '../did-behind.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { disputesPage, type DisputesView, type OpenDispute } from './dispute-page.ts'
import { FOLLOW_UPS_DONE, followUpRoutes, gatherRulings } from './follow-up-routes.ts'
import { traceRoutes } from './trace-routes.ts'

const FLAGS_SHOWN = 50
const STATUS_REFUSED = 422

const DONE: ReadonlyMap<string, Words> = new Map([
  ['opened', { ja: '申し立てを受け付けました', en: 'The dispute is open' }],
  ['proposed', { ja: '裁定案を二人目に回しました', en: 'The ruling is passed to the second person' }],
  ['approve', { ja: '裁定を承認して公開しました', en: 'The ruling is approved and published' }],
  ['withdraw', { ja: '裁定案を取り下げました', en: 'The ruling is withdrawn' }],
  ['dismissed', { ja: '確かめたことにしました', en: 'Set aside' }],
  ...FOLLOW_UPS_DONE,
])

export const disputeRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  const { desks } = deps
  router.get(
    '/desk/:town/disputes',
    atDesk(deps, async (req, res, at) => {
      const field = parseFields(req.query)
      sendOwn(
        res,
        disputesPage(at, await gather(deps, at, { typed: field, before: field('before'), done: DONE.get(field('done')) ?? null })),
      )
    }),
  )
  router.post(
    '/desk/:town/disputes',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const who = field('by').trim()
      const by = who === '' ? undefined : await didBehind(deps, who)
      if (by === null) return sendRefused(deps, res, at, field, [reason('role.did-invalid', null, who)])
      const input = { uri: field('uri').trim(), reason: field('why').trim(), ...(by === undefined ? {} : { by }) }
      const outcome = await desks.openDispute(at.actor, input)
      if (!outcome.ok) return sendRefused(deps, res, at, field, outcome.reasons)
      await untilBooked(deps, outcome.value.uri)
      seeOther(res, at.shell.lang, at.path('/disputes?done=opened'))
    }),
  )
  router.post(
    '/desk/:town/disputes/flags',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const id = field('flag')
      const outcome = await desks.dismissFlag(at.actor, { id, reason: field(`why-${id.replaceAll(/[^\w-]/g, '-')}`).trim() })
      if (!outcome.ok) return sendRefused(deps, res, at, field, outcome.reasons)
      seeOther(res, at.shell.lang, at.path('/disputes?done=dismissed#flags'))
    }),
  )
  rulingRoutes(deps, router)
  followUpRoutes(deps, router, (res, at, typed, reasons) => sendRefused(deps, res, at, typed, reasons))
  traceRoutes(deps, router)
  return router
}

const rulingRoutes = (deps: PagesDeps, router: Router): void => {
  const { desks } = deps
  router.post(
    '/desk/:town/disputes/rulings',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const ruling = { dispute: field('dispute'), outcome: outcomeOf(field('outcome')), reason: field(`why-${field('rkey')}`).trim() }
      const outcome = await desks.proposeRuling(at.actor, ruling)
      if (!outcome.ok) return sendRefused(deps, res, at, field, outcome.reasons)
      seeOther(res, at.shell.lang, at.path('/disputes?done=proposed'))
    }),
  )
  for (const name of ['approve', 'withdraw'] as const)
    router.post(
      `/desk/:town/disputes/rulings/:id/${name}`,
      atDesk(deps, async (req, res, at) => {
        const field = fieldsOf(req)
        const outcome: Outcome<{ readonly subject: string | null }> = await desks[name](
          at.actor,
          String(req.params['id']),
          versionIn(field),
        )
        if (!outcome.ok) return sendRefused(deps, res, at, field, outcome.reasons)
        if (name === 'approve') await untilDecided(deps, at, outcome.value.subject)
        seeOther(res, at.shell.lang, at.path(`/disputes?done=${name}`))
      }),
    )
}

const outcomeOf = (text: string): 'upheld' | 'dismissed' => (text === 'upheld' ? 'upheld' : 'dismissed')

const PATIENCE_MS = 3_000
const LOOK_EVERY_MS = 50

/** Waits a moment until the dispute is open no more. */
const untilDecided = async ({ desks, clock }: PagesDeps, { actor }: AtDesk, dispute: string | null): Promise<void> => {
  const until = clock.monotonicMs() + PATIENCE_MS
  while (clock.monotonicMs() < until) {
    const open = await desks.disputes(actor)
    if (!open.ok || open.value.every(({ uri }) => uri !== dispute)) return
    await clock.sleep(LOOK_EVERY_MS)
  }
}

const sendRefused = async (deps: PagesDeps, res: Response, at: AtDesk, typed: Fields, reasons: DisputesView['reasons']): Promise<void> =>
  sendOwn(res, disputesPage(at, await gather(deps, at, { typed, reasons })), STATUS_REFUSED)

type Asked = Partial<Pick<DisputesView, 'typed' | 'done' | 'reasons'>> & { readonly before?: string }

const gather = async (deps: PagesDeps, at: AtDesk, { before = '', ...more }: Asked): Promise<DisputesView> => {
  const { actor, held } = at
  const disputes = await deps.desks.disputes(actor)
  const flags = await deps.desks.flags(actor, { limit: FLAGS_SHOWN, ...(before === '' ? {} : { cursor: before }) })
  return {
    disputes: await Promise.all((disputes.ok ? disputes.value : []).map((dispute) => withAct(deps, dispute))),
    flags: flags.ok ? flags.value.items : [],
    names: await namesIn(deps, flags.ok ? flags.value.items : []),
    older: flags.ok ? flags.value.cursor : null,
    mayOpen: mayDo('dispute.open', held),
    mayRule: mayDo('ruling.propose', held),
    mayDismiss: mayDo('flag.dismiss', held),
    followUps: await gatherRulings(deps, at, { typed: more.typed ?? (() => ''), reasons: more.reasons ?? [] }),
    typed: () => '',
    done: null,
    reasons: [],
    ...more,
  }
}

const namesIn = async (deps: PagesDeps, flags: readonly FlagView[]): Promise<ReadonlyMap<string, string>> => {
  const entities = [...new Set(flags.flatMap(({ earner }) => earner?.entity ?? []))].filter((entity) => /^[PO]:/.test(entity))
  return new Map(await Promise.all(entities.map(async (entity) => [entity, await nameOf(deps, entity.slice(2))] as const)))
}

const withAct = async (deps: PagesDeps, dispute: DisputeView): Promise<OpenDispute> => {
  const doc = (await deps.books.load([`action:${dispute.action}`])).get(`action:${dispute.action}`)
  if (doc?.kind !== 'action') return { ...dispute, giver: '–', category: null }
  return { ...dispute, giver: await nameOf(deps, doc.repo), category: doc.category }
}
