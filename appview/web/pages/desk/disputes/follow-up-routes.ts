// What follows a ruling: appeals, what is decided on them, suspensions and their ends. Addresses, and what their part of the page shows.

import type { Response, Router } from 'express'
import type { UpheldRulingView } from '../../../../desk/operations.ts'
import { reason, type Outcome, type Reason } from '../../../../desk/outcome.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import { fieldsOf as jsonFieldsOf, textOf } from '../../../../journal/fields.ts'
import { todayOf, type PagesDeps } from '../../deps.ts'
import type { Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import { seeOther } from '../../reply.ts'
import { fieldsOf, versionIn } from '../desk-form.ts'
import { didBehind } from '../did-behind.ts'
import { atDesk, type AtDesk } from '../door.ts'
import type { RuledAct, RulingsView } from './rulings-part.ts'

const PATIENCE_MS = 3_000
const LOOK_EVERY_MS = 50

export const FOLLOW_UPS_DONE: readonly (readonly [string, Words])[] = [
  ['appealed', { ja: '不服の申し立てを受け付けました', en: 'The appeal is taken' }],
  ['passed', { ja: '二人目に回しました', en: 'Passed to the second person' }],
  ['approved', { ja: '承認して公開しました', en: 'Approved and published' }],
  ['withdrawn', { ja: '案を取り下げました', en: 'The proposal is withdrawn' }],
]

type Refuse = (res: Response, at: AtDesk, typed: Fields, reasons: readonly Reason[]) => Promise<void>
type Deed = (at: AtDesk, field: Fields) => Promise<Outcome<object>>

export const followUpRoutes = (deps: PagesDeps, router: Router, refuse: Refuse): void => {
  const { desks } = deps
  const deed = (path: string, done: 'appealed' | 'passed', act: Deed): void =>
    void router.post(
      `/desk/:town/disputes/${path}`,
      atDesk(deps, async (req, res, at) => {
        const field = fieldsOf(req)
        const before = await standingOf(deps, at)
        const outcome = await act(at, field)
        if (!outcome.ok) return refuse(res, at, field, outcome.reasons)
        if (done === 'appealed') await untilChanged(deps, at, before)
        seeOther(res, at.shell.lang, at.path(`/disputes?done=${done}#rulings`))
      }),
    )
  const whyIn = (field: Fields, form: string): string => field(`${form}-why-${field('rkey')}`).trim()
  deed('appeals', 'appealed', async ({ actor }, field) => {
    const who = field(`appeal-by-${field('rkey')}`).trim()
    const by = who === '' ? undefined : await didBehind(deps, who)
    if (by === null) return unknown(who)
    const appeal = { ruling: field('ruling'), reason: whyIn(field, 'appeal') }
    return desks.openAppeal(actor, { ...appeal, ...(by === undefined ? {} : { by }) })
  })
  deed('appeals/decisions', 'passed', ({ actor }, field) => {
    const outcome = field('outcome') === 'restored' ? 'restored' : 'upheld'
    return desks.proposeAppealRuling(actor, { ruling: field('ruling'), outcome, reason: whyIn(field, 'decide') })
  })
  deed('suspensions', 'passed', async ({ actor }, field) => {
    const who = field(`suspend-who-${field('rkey')}`).trim()
    const did = await didBehind(deps, who)
    if (did === null) return unknown(who)
    const until = field(`suspend-until-${field('rkey')}`)
    return desks.proposeSuspension(actor, { ruling: field('ruling'), did, until, reason: whyIn(field, 'suspend') })
  })
  deed('suspensions/ends', 'passed', ({ actor }, field) =>
    desks.proposeSuspensionEnd(actor, { did: field('did'), suspension: field('suspension'), reason: whyIn(field, 'end') }),
  )
  for (const name of ['approve', 'withdraw'] as const)
    router.post(
      `/desk/:town/disputes/follow-ups/:id/${name}`,
      atDesk(deps, async (req, res, at) => {
        const field = fieldsOf(req)
        const before = await standingOf(deps, at)
        const outcome = await desks[name](at.actor, String(req.params['id']), versionIn(field))
        if (!outcome.ok) return refuse(res, at, field, outcome.reasons)
        if (name === 'approve') await untilChanged(deps, at, before)
        seeOther(res, at.shell.lang, at.path(`/disputes?done=${name === 'approve' ? 'approved' : 'withdrawn'}#rulings`))
      }),
    )
}

const unknown = (who: string): Outcome<never> => ({ ok: false, reasons: [reason('role.did-invalid', null, who)] })

/** What the books say of rulings, without what waits at the desk; null for who may not read it. */
const standingOf = async ({ desks }: PagesDeps, { actor }: AtDesk): Promise<string | null> => {
  const rulings = await desks.upheldRulings(actor)
  const facts = ({ uri, state, appeal, suspensions }: UpheldRulingView) => [
    uri,
    state,
    appeal,
    suspensions.map((one) => [one.uri, one.isRunning]),
  ]
  return rulings.ok ? JSON.stringify(rulings.value.map(facts)) : null
}

/** Waits a moment until the books have what was published. */
const untilChanged = async (deps: PagesDeps, at: AtDesk, before: string | null): Promise<void> => {
  const until = deps.clock.monotonicMs() + PATIENCE_MS
  while (deps.clock.monotonicMs() < until && (await standingOf(deps, at)) === before) await deps.clock.sleep(LOOK_EVERY_MS)
}

/** What this part of the page shows. */
export const gatherRulings = async (
  deps: PagesDeps,
  at: AtDesk,
  { typed, reasons }: Pick<RulingsView, 'typed' | 'reasons'>,
): Promise<RulingsView> => {
  const { actor, held } = at
  const found = await deps.desks.upheldRulings(actor)
  const views = found.ok ? found.value : []
  const rulings = await Promise.all(views.map((view) => withAct(deps, view)))
  const dids = views.flatMap(({ suspensions, suspending }) => [
    ...suspensions.map(({ did }) => did),
    ...suspending.map(({ body }) => textOf(jsonFieldsOf(body)?.['did']) ?? ''),
  ])
  const people = new Map(await Promise.all([...new Set(dids)].map(async (did) => [did, await nameOf(deps, did)] as const)))
  return {
    rulings,
    people,
    today: todayOf(deps),
    mayAppeal: mayDo('appeal.open', held),
    mayDecide: mayDo('appeal.propose', held),
    maySuspend: mayDo('suspension.propose', held),
    typed,
    reasons,
  }
}

const withAct = async (deps: PagesDeps, view: UpheldRulingView): Promise<RuledAct> => {
  const key = `action:${view.action ?? ''}`
  const doc = view.action === null ? null : (await deps.books.load([key])).get(key)
  if (doc?.kind !== 'action') return { ...view, giver: '–', category: null }
  return { ...view, giver: await nameOf(deps, doc.repo), category: doc.category }
}
