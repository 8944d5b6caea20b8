// The rules' addresses: what holds; a new policy or rate table tried, then published.

import express from 'express'
import type { Request, Response, Router } from 'express'
import type { Published } from '../../../../desk/operations.ts'
import type { Outcome } from '../../../../desk/outcome.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import { policyInForce, policyOn, rateTableOn } from '../../../../journal/policy.ts'
import type { PoliciesDoc, RatesDoc } from '../../../../journal/documents.ts'
import type { PagesDeps } from '../../deps.ts'
import { todayOf } from '../../deps.ts'
import { parseFields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { untilBooked } from '../../until-booked.ts'
import { fieldsOf } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { policyChangePage, ratesChangePage, seal, type PolicyChange, type RatesChange } from './change-page.ts'
import { policyFrom, policyIn, policyOfTyped, ratesFrom, ratesIn, ratesOfTyped } from './rule-input.ts'
import { rulesPage } from './rules-page.ts'

const STATUS_REFUSED = 422
const DONE: ReadonlyMap<string, Words> = new Map([
  ['policy', { ja: '制度を公開しました', en: 'The policy is published' }],
  ['rates', { ja: '単価表を公開しました', en: 'The rate table is published' }],
])

export const ruleRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk/:town/rules',
    atDesk(deps, async (req, res, at) => {
      const today = todayOf(deps)
      const { policies, rates } = await docsOf(deps, at)
      sendOwn(
        res,
        rulesPage(at, {
          rules: policyOn(policies, today),
          policy: policyInForce(policies, today) ?? null,
          later: (policies?.policies ?? []).filter(({ effectiveFrom, untilLeaf }) => untilLeaf === null && effectiveFrom > today),
          rates: rateTableOn(rates, today) ?? null,
          laterRates: (rates?.tables ?? []).filter(({ validFrom, untilLeaf }) => untilLeaf === null && validFrom > today),
          mayPublish: mayDo('policy.publish', at.held),
          done: DONE.get(parseFields(req.query)('done')) ?? null,
        }),
      )
    }),
  )
  policyRoutes(deps, router)
  ratesRoutes(deps, router)
  return router
}

const policyRoutes = (deps: PagesDeps, router: Router): void => {
  const { desks } = deps
  const page = (res: Response, at: AtDesk, view: Pick<PolicyChange, 'typed'> & Partial<PolicyChange>): void =>
    sendOwn(
      res,
      policyChangePage(at, { preview: null, reasons: [], mayPublish: mayDo('policy.publish', at.held), ...view }),
      statusOf(view),
    )
  router.get(
    '/desk/:town/rules/policy',
    atDesk(deps, async (_req, res, at) => {
      const today = todayOf(deps)
      page(res, at, { typed: policyFrom(policyOn((await docsOf(deps, at)).policies, today), today) })
    }),
  )
  router.post(
    '/desk/:town/rules/policy',
    atDesk(deps, async (req, res, at) => {
      const typed = policyIn(fieldsOf(req))
      const policy = policyOfTyped(typed)
      if (isPublish(req, typed))
        return finish(deps, res, at, 'policy', await desks.publishPolicy(at.actor, policy), (reasons) => page(res, at, { typed, reasons }))
      const preview = await desks.previewPolicy(at.actor, policy)
      page(res, at, preview.ok ? { typed, preview: preview.value } : { typed, reasons: preview.reasons })
    }),
  )
}

const ratesRoutes = (deps: PagesDeps, router: Router): void => {
  const { desks } = deps
  const page = (res: Response, at: AtDesk, view: Pick<RatesChange, 'typed'> & Partial<RatesChange>): void =>
    sendOwn(res, ratesChangePage(at, { preview: null, reasons: [], mayPublish: mayDo('rates.publish', at.held), ...view }), statusOf(view))
  router.get(
    '/desk/:town/rules/rates',
    atDesk(deps, async (_req, res, at) => {
      const today = todayOf(deps)
      page(res, at, { typed: ratesFrom(rateTableOn((await docsOf(deps, at)).rates, today), today) })
    }),
  )
  router.post(
    '/desk/:town/rules/rates',
    atDesk(deps, async (req, res, at) => {
      const typed = ratesIn(fieldsOf(req))
      const rates = ratesOfTyped(typed)
      if (isPublish(req, typed))
        return finish(deps, res, at, 'rates', await desks.publishRates(at.actor, rates), (reasons) => page(res, at, { typed, reasons }))
      const preview = await desks.previewRates(at.actor, rates)
      page(res, at, preview.ok ? { typed, preview: preview.value } : { typed, reasons: preview.reasons })
    }),
  )
}

const statusOf = ({ reasons = [] }: { readonly reasons?: PolicyChange['reasons'] }): number => (reasons.length === 0 ? 200 : STATUS_REFUSED)

/** Only what was tried, unchanged. */
const isPublish = (req: Request, typed: object): boolean => {
  const field = fieldsOf(req)
  return field('do') === 'publish' && field('seen') === seal(typed)
}

const finish = async (
  deps: PagesDeps,
  res: Response,
  at: AtDesk,
  done: 'policy' | 'rates',
  outcome: Outcome<Published>,
  again: (reasons: PolicyChange['reasons']) => void,
): Promise<void> => {
  if (!outcome.ok) return again(outcome.reasons)
  await untilBooked(deps, outcome.value.uri)
  seeOther(res, at.shell.lang, at.path(`/rules?done=${done}`))
}

type Docs = { readonly policies: PoliciesDoc | null; readonly rates: RatesDoc | null }

const docsOf = async ({ books }: PagesDeps, { town }: AtDesk): Promise<Docs> => {
  const docs = await books.load([`policies:${town.code}`, `rates:${town.code}`])
  const [policies, rates] = [docs.get(`policies:${town.code}`), docs.get(`rates:${town.code}`)]
  return { policies: policies?.kind === 'policies' ? policies : null, rates: rates?.kind === 'rates' ? rates : null }
}
