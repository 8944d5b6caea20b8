// The rules' addresses: what holds; a new policy or rate table tried, then published.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { earnersPerThousand } from '../../../../desk/earners.ts'
import type { Published } from '../../../../desk/operations.ts'
import type { Actor, Outcome, Reason } from '../../../../desk/outcome.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import { policyInForce, policyOn, rateTableOn } from '../../../../journal/policy.ts'
import type { PoliciesDoc, RatesDoc } from '../../../../journal/documents.ts'
import type { PagesDeps } from '../../deps.ts'
import { todayOf } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { untilBooked } from '../../until-booked.ts'
import { fieldsOf } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { policyChangePage, ratesChangePage, seal, type Change } from './change-page.ts'
import { policyFrom, policyIn, policyOfTyped, ratesFrom, ratesIn, ratesOfTyped, type Figures } from './rule-input.ts'
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
          rules: await figuresOf(deps, at, policies),
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

/** How a rule is changed: its form, filled with what holds, tried on last year's books, then published. */
type Changing<Typed extends object, Input, Preview> = {
  readonly name: 'policy' | 'rates'
  readonly begin: (at: AtDesk) => Promise<Typed>
  readonly read: (field: Fields) => Typed
  readonly inputOf: (typed: Typed) => Input
  readonly preview: (actor: Actor, input: Input) => Promise<Outcome<Preview>>
  readonly publish: (actor: Actor, input: Input) => Promise<Outcome<Published>>
  readonly page: (at: AtDesk, view: Change<Typed, Preview>) => string
}

const policyRoutes = (deps: PagesDeps, router: Router): void =>
  changeRoutes(deps, router, {
    name: 'policy',
    begin: async (at) => policyFrom(await figuresOf(deps, at, (await docsOf(deps, at)).policies), todayOf(deps)),
    read: policyIn,
    inputOf: policyOfTyped,
    preview: (actor, input) => deps.desks.previewPolicy(actor, input),
    publish: (actor, input) => deps.desks.publishPolicy(actor, input),
    page: policyChangePage,
  })

const ratesRoutes = (deps: PagesDeps, router: Router): void =>
  changeRoutes(deps, router, {
    name: 'rates',
    begin: async (at) => ratesFrom(rateTableOn((await docsOf(deps, at)).rates, todayOf(deps)), todayOf(deps)),
    read: ratesIn,
    inputOf: ratesOfTyped,
    preview: (actor, input) => deps.desks.previewRates(actor, input),
    publish: (actor, input) => deps.desks.publishRates(actor, input),
    page: ratesChangePage,
  })

const changeRoutes = <Typed extends object, Input, Preview>(
  deps: PagesDeps,
  router: Router,
  { name, begin, read, inputOf, preview, publish, page }: Changing<Typed, Input, Preview>,
): void => {
  const path = `/desk/:town/rules/${name}`
  const show = (res: Response, at: AtDesk, typed: Typed, { found = null, reasons = [] }: Tried<Preview> = {}): void => {
    const view = { typed, preview: found, reasons, mayPublish: mayDo(`${name}.publish`, at.held) }
    sendOwn(res, page(at, view), reasons.length === 0 ? 200 : STATUS_REFUSED)
  }
  router.get(
    path,
    atDesk(deps, async (_req, res, at) => show(res, at, await begin(at))),
  )
  router.post(
    path,
    atDesk(deps, async (req, res, at) => {
      const typed = read(fieldsOf(req))
      const input = inputOf(typed)
      if (!isPublish(req, typed)) {
        const tried = await preview(at.actor, input)
        return show(res, at, typed, tried.ok ? { found: tried.value } : { reasons: tried.reasons })
      }
      const outcome = await publish(at.actor, input)
      if (!outcome.ok) return show(res, at, typed, { reasons: outcome.reasons })
      await untilBooked(deps, outcome.value.uri)
      seeOther(res, at.shell.lang, at.path(`/rules?done=${name}`))
    }),
  )
}

type Tried<Preview> = { readonly found?: Preview | null; readonly reasons?: readonly Reason[] }

/** Only what was tried, unchanged. */
const isPublish = (req: Request, typed: object): boolean => {
  const field = fieldsOf(req)
  return field('do') === 'publish' && field('seen') === seal(typed)
}

const figuresOf = async (deps: PagesDeps, { town }: AtDesk, policies: PoliciesDoc | null): Promise<Figures> => ({
  ...policyOn(policies, todayOf(deps)),
  earnersPerThousand: await earnersPerThousand(deps.books, town.code, todayOf(deps)),
})

type Docs = { readonly policies: PoliciesDoc | null; readonly rates: RatesDoc | null }

const docsOf = async ({ books }: PagesDeps, { town }: AtDesk): Promise<Docs> => {
  const docs = await books.load([`policies:${town.code}`, `rates:${town.code}`])
  const [policies, rates] = [docs.get(`policies:${town.code}`), docs.get(`rates:${town.code}`)]
  return { policies: policies?.kind === 'policies' ? policies : null, rates: rates?.kind === 'rates' ? rates : null }
}
