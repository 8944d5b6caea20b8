// The register's addresses: looking up, one person, admissions, households, deaths; a file brought in; opening balances.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { notFound } from '../../../../auth/access.ts'
import { reason, type Outcome } from '../../../../desk/outcome.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import type { Published } from '../../../../desk/operations.ts'
import type { PagesDeps } from '../../deps.ts'
import { todayOf } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { leafNow, untilBookedBehind } from '../../until-booked.ts'
import { fieldsOf, listIn } from '../desk-form.ts'
import { didBehind } from '../did-behind.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { refusedPage } from '../refused-page.ts'
import { importPage } from './import-page.ts'
import { openingRoutes } from './opening-routes.ts'
import { peopleOf } from './people.ts'
import { personPage, type PersonView } from './person-page.ts'
import { registerPage, type RegisterView } from './register-page.ts'

const PAGE = 50
const MOST_FIND = 128
const STATUS_REFUSED = 422

const DONE: ReadonlyMap<string, Words> = new Map([
  ['admitted', { ja: '住民として登録しました', en: 'Admitted' }],
  ['ended', { ja: '登録を終えました', en: 'The admission has ended' }],
  ['household', { ja: '世帯を帳簿に伝えました', en: 'The books know the household' }],
  ['death', { ja: '記録しました', en: 'Recorded' }],
])

export const registerRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk/:town/register',
    atDesk(deps, (req, res, at) => showRegister(deps, res, at, parseFields(req.query))),
  )
  router.get(
    '/desk/:town/register/person',
    atDesk(deps, async (req, res, at) => {
      const field = parseFields(req.query)
      await showPerson(deps, res, at, { id: field('id'), done: DONE.get(field('done')) ?? null })
    }),
  )
  router.get(
    '/desk/:town/register/import',
    atDesk(deps, async (_req, res, at) => {
      if (!mayDo('register.import', at.held)) return sendOwn(res, refusedPage(at, 'register', [reason('desk.role-insufficient')]), 403)
      sendOwn(res, importPage(at, { csv: '', isCp932: false, report: null, reasons: [] }))
    }),
  )
  router.post(
    '/desk/:town/register/import',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const csv = listIn(field)
      const isCp932 = field('file-encoding') === 'cp932'
      const outcome = await deps.desks.importRegister(at.actor, { csv, apply: field('do') === 'apply' })
      if (outcome.ok) return sendOwn(res, importPage(at, { csv, isCp932, report: outcome.value, reasons: [] }))
      sendOwn(res, importPage(at, { csv, isCp932, report: null, reasons: outcome.reasons }), STATUS_REFUSED)
    }),
  )
  deedRoutes(deps, router)
  openingRoutes(deps, router)
  return router
}

const deedRoutes = (deps: PagesDeps, router: Router): void => {
  const { desks } = deps
  const deed = (name: string, done: string, act: (at: AtDesk, field: Fields, did: string | null) => Promise<Outcome<Published>>): void =>
    void router.post(
      `/desk/:town/register/${name}`,
      atDesk(deps, async (req, res, at) => {
        const field = fieldsOf(req)
        const leaf = await leafNow(deps)
        const outcome = await act(at, field, await didBehind(deps, field('who').trim()))
        if (!outcome.ok) return sendRefused(deps, req, res, at, outcome.reasons)
        await untilBookedBehind(deps, leaf, outcome.value.uri)
        const id = field('id')
        const back = id === '' ? `/register?done=${done}` : `/register/person?id=${encodeURIComponent(id)}&done=${done}`
        seeOther(res, at.shell.lang, at.path(back))
      }),
    )
  deed('admit', 'admitted', async (at, field, did) =>
    did === null
      ? { ok: false, reasons: [reason('admission.did-invalid', null, field('who'))] }
      : desks.admit(at.actor, { did, from: field('from') || field('day') }),
  )
  deed('end', 'ended', (at, field, did) => desks.endAdmission(at.actor, { did: did ?? '', until: field('day') }))
  deed('household', 'household', (at, field) => desks.publishHousehold(at.actor, field('household')))
  deed('death', 'death', (at, field, did) => desks.recordDeath(at.actor, { did: did ?? '', on: field('on') }))
}

/** Back on the page it was sent from, with what was typed. */
const sendRefused = async (deps: PagesDeps, req: Request, res: Response, at: AtDesk, reasons: PersonView['reasons']): Promise<void> => {
  const typed = fieldsOf(req)
  if (typed('id') !== '') return showPerson(deps, res, at, { id: typed('id'), reasons, typed })
  await showRegister(deps, res, at, () => '', { reasons, input: { who: typed('who'), from: typed('from') } })
}

type Refused = Pick<RegisterView, 'reasons' | 'input'>

const showRegister = async (deps: PagesDeps, res: Response, at: AtDesk, asked: Fields, refused?: Refused): Promise<void> => {
  const [find, after] = [asked('find').trim().slice(0, MOST_FIND), asked('after')]
  const query = { limit: PAGE, ...(find === '' ? {} : { find }), ...(after === '' ? {} : { after }) }
  const outcome = await deps.desks.register(at.actor, query)
  if (!outcome.ok) return sendOwn(res, refusedPage(at, 'register', outcome.reasons), 403)
  const { residents, total } = outcome.value
  const view: RegisterView = {
    find,
    people: await peopleOf(deps, at.town.code, residents),
    total,
    after: residents.length < PAGE ? null : (residents.at(-1)?.id ?? null),
    mayChange: mayDo('admission.add', at.held),
    today: todayOf(deps),
    input: { who: '', from: todayOf(deps) },
    done: DONE.get(asked('done')) ?? null,
    reasons: [],
    ...refused,
  }
  sendOwn(res, registerPage(at, view), refused === undefined ? 200 : STATUS_REFUSED)
}

type Shown = { readonly id: string } & Partial<Pick<PersonView, 'done' | 'reasons' | 'typed'>>

const showPerson = async (deps: PagesDeps, res: Response, at: AtDesk, { id, ...more }: Shown): Promise<void> => {
  const outcome = await deps.desks.residents(at.actor, { ids: [id], dids: [] })
  if (!outcome.ok) return sendOwn(res, refusedPage(at, 'register', outcome.reasons), 403)
  const [person] = await peopleOf(deps, at.town.code, outcome.value)
  if (person === undefined) throw notFound()
  const view: PersonView = {
    person,
    today: todayOf(deps),
    mayAdmit: mayDo('admission.add', at.held),
    mayTell: mayDo('household.publish', at.held),
    typed: () => '',
    done: null,
    reasons: [],
    ...more,
  }
  sendOwn(res, personPage(at, view), view.reasons.length === 0 ? 200 : STATUS_REFUSED)
}
