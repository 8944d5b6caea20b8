// The addresses of a desk's long work: the list, one job, asking for one, taking it back, having it tried again, taking away what it made.

import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import express from 'express'
import type { Response, Router } from 'express'
import { notFound } from '../../../../auth/access.ts'
import type { JobInput } from '../../../../jobs/job-ask.ts'
import type { Outcome, Reason } from '../../../../desk/outcome.ts'
import { OPERATOR, hasSeveralTowns } from '../../../../jobs/operators-rebuild.ts'
import type { JobView } from '../../../../jobs/job-view.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import type { PagesDeps } from '../../deps.ts'
import { todayOf } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import { say, type Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { calendarOf } from '../../years.ts'
import { fieldsOf } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { jobPage } from './job-page.ts'
import { jobsPage, type JobsView } from './jobs-page.ts'

const PAGE = 20
const STATUS_REFUSED = 422
const MONTH_LENGTH = 'YYYY-MM'.length

const DONE: ReadonlyMap<string, Words> = new Map([
  ['asked', { ja: '作業を受け付けました', en: 'The job is taken on' }],
  ['cancel', { ja: '取り消しました', en: 'Taken back' }],
  ['retry', { ja: 'もう一度行います', en: 'It is tried again' }],
])

export const jobRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  const { jobs } = deps
  router.get(
    '/desk/:town/jobs',
    atDesk(deps, async (req, res, at) =>
      sendOwn(
        res,
        jobsPage(
          at,
          await gather(deps, at, { before: parseFields(req.query)('before'), isHookSet: parseFields(req.query)('done') === 'hook' }),
        ),
      ),
    ),
  )
  router.post(
    '/desk/:town/jobs',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const started = await jobs.start(at.actor, inputOf(field))
      if (started.ok) return seeOther(res, at.shell.lang, at.path(`/jobs/${started.value.id}?done=asked`))
      sendOwn(res, jobsPage(at, await gather(deps, at, { reasons: started.reasons, month: field('month') })), STATUS_REFUSED)
    }),
  )
  router.post(
    '/desk/:town/jobs/hook',
    atDesk(deps, async (req, res, at) => {
      const url = fieldsOf(req)('url')
      const outcome = await deps.deskHooks.setForDesk(at.actor, url)
      if (outcome.ok) return seeOther(res, at.shell.lang, at.path('/jobs?done=hook#hook'))
      const code = outcome.reasons[0]?.code ?? null
      const view = await gather(deps, at, code?.startsWith('hook.') === true ? {} : { reasons: outcome.reasons })
      sendOwn(res, jobsPage(at, { ...view, hook: view.hook === null ? null : { ...view.hook, url, code } }), STATUS_REFUSED)
    }),
  )
  router.get(
    '/desk/:town/jobs/:id',
    atDesk(deps, async (req, res, at) =>
      showJob(deps, res, at, String(req.params['id']), { done: DONE.get(parseFields(req.query)('done')) ?? null }),
    ),
  )
  for (const deed of ['cancel', 'retry'] as const)
    router.post(
      `/desk/:town/jobs/:id/${deed}`,
      atDesk(deps, async (req, res, at) => {
        const id = String(req.params['id'])
        const outcome: Outcome<JobView> = await jobs[deed](at.actor, id)
        if (outcome.ok) return seeOther(res, at.shell.lang, at.path(`/jobs/${id}?done=${deed}`))
        await showJob(deps, res, at, id, { reasons: outcome.reasons })
      }),
    )
  router.get(
    '/desk/:town/jobs/:id/file',
    atDesk(deps, async (req, res, at) => {
      const id = String(req.params['id'])
      const taken = await jobs.take(at.actor, id)
      if (!taken.ok) return showJob(deps, res, at, id, { reasons: taken.reasons })
      const { file, body } = taken.value
      const name = file.name.replaceAll(/[^\w.-]/g, '_')
      res.set({ 'Content-Type': file.type, 'Content-Disposition': `attachment; filename="${name}"`, 'Cache-Control': 'no-store' })
      // Whoever leaves before the end wants no more.
      await pipeline(Readable.from(body), res).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
      })
    }),
  )
  return router
}

const inputOf = (field: Fields): JobInput => {
  const year = /^\d{4}$/.test(field('year')) ? { fiscalYear: Number(field('year')) } : {}
  return { kind: field('kind'), month: field('month').trim(), what: field('what'), format: field('format'), ...year }
}

type Shown = { readonly done?: Words | null; readonly reasons?: readonly Reason[] }

const showJob = async (deps: PagesDeps, res: Response, at: AtDesk, id: string, { done = null, reasons = [] }: Shown): Promise<void> => {
  const job = await deps.jobs.get(at.actor, id)
  if (!job.ok) throw notFound()
  const { by } = job.value
  const name = by === OPERATOR ? say(at.shell.lang, { ja: '運営者', en: 'The operator' }) : await nameOf(deps, by)
  const view = { job: job.value, name, done, reasons }
  sendOwn(res, jobPage(at, view), reasons.length > 0 ? STATUS_REFUSED : 200)
}

const gather = async (
  deps: PagesDeps,
  at: AtDesk,
  { before = '', isHookSet = false, ...more }: Partial<JobsView> & { readonly before?: string; readonly isHookSet?: boolean },
): Promise<JobsView> => {
  const listed = await deps.jobs.list(at.actor, { limit: PAGE, ...(before === '' ? {} : { cursor: before }) })
  const { years } = await calendarOf(deps, at.town.code)
  return {
    jobs: listed.ok ? listed.value.items : [],
    older: listed.ok ? listed.value.cursor : null,
    years,
    month: todayOf(deps).slice(0, MONTH_LENGTH),
    mayRebuild: mayDo('job.rebuild', at.held) && !hasSeveralTowns(deps.roster()),
    hook: await hookOf(deps, at, isHookSet),
    done: null,
    reasons: [],
    ...more,
  }
}

const hookOf = async ({ deskHooks }: PagesDeps, { actor, held }: AtDesk, isSet: boolean): Promise<JobsView['hook']> => {
  if (!mayDo('hook.set', held)) return null
  const view = await deskHooks.ofDesk(actor)
  return { url: null, view: view.ok ? view.value : null, code: null, isSet }
}
