// The close's addresses: the years, closing one, restating one. Both are jobs: what ends in a moment is shown at once, else the job is.

import express from 'express'
import type { Request, Response, Router } from 'express'
import { fieldsOf as partsOf } from '../../../../journal/fields.ts'
import type { JobInput } from '../../../../jobs/job-ask.ts'
import { JOB_PATIENCE_MS } from '../../../../jobs/limits.ts'
import type { PagesDeps } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { fieldsOf } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { closePage } from './close-page.ts'
import { gatherClose, type CloseView } from './gather-close.ts'

const STATUS_REFUSED = 422
const PATIENCE_MS = 5_000
const LOOK_EVERY_MS = 50
const WITHOUT = 'without-'

const DONE: ReadonlyMap<string, Words> = new Map([
  ['closed', { ja: '締め切りました。署名つきの決算書を公開しています', en: 'Closed; the signed statements are being published' }],
  ['restated', { ja: '訂正版を出しました', en: 'Restated' }],
])

export const closeRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk/:town/close',
    atDesk(deps, async (req, res, at) => {
      sendOwn(res, closePage(at, await gatherClose(deps, at, { done: DONE.get(parseFields(req.query)('done')) ?? null })))
    }),
  )
  router.post(
    '/desk/:town/close',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const fiscalYear = yearIn(field)
      await doneSoon(deps, res, at, { field, done: 'closed', input: { kind: 'close', fiscalYear, despite: withoutIn(req) } })
    }),
  )
  router.post(
    '/desk/:town/close/restate',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const fiscalYear = yearIn(field)
      const rateTable = field(`rates-${fiscalYear}`)
      const input = {
        kind: 'restate',
        fiscalYear,
        reason: field(`why-${fiscalYear}`),
        correct: field(`correct-${fiscalYear}`) !== '',
        ...(rateTable === '' ? {} : { rateTable }),
      }
      await doneSoon(deps, res, at, { field, done: 'restated', input })
    }),
  )
  return router
}

type Asked = { readonly field: Fields; readonly done: string; readonly input: JobInput & { readonly fiscalYear: number } }

const doneSoon = async (deps: PagesDeps, res: Response, at: AtDesk, { field, done, input }: Asked): Promise<void> => {
  const { jobs } = deps
  const started = await jobs.start(at.actor, input)
  if (!started.ok) return sendOwn(res, await refusedView(deps, at, field, started.reasons), STATUS_REFUSED)
  const { id } = started.value
  const job = await jobs.ended(at.town.code, id, JOB_PATIENCE_MS)
  if (job?.state === 'failed') return sendOwn(res, await refusedView(deps, at, field, job.reasons), STATUS_REFUSED)
  if (job?.state !== 'done') return seeOther(res, at.shell.lang, at.path(`/jobs/${id}?done=asked`))
  await untilVersion(deps, at, input.fiscalYear, Number(partsOf(job.result)?.['version']))
  seeOther(res, at.shell.lang, at.path(`/close?done=${done}`))
}

const yearIn = (field: Fields): number => (/^\d{4}$/.test(field('year')) ? Number(field('year')) : 0)

/** DIDs that are ticked. */
const withoutIn = (req: Request): readonly string[] => {
  const body: unknown = req.body
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : []
  return names.filter((name) => name.startsWith(WITHOUT)).map((name) => name.slice(WITHOUT.length))
}

const refusedView = async (deps: PagesDeps, at: AtDesk, typed: Fields, reasons: CloseView['reasons']): Promise<string> =>
  closePage(at, await gatherClose(deps, at, { about: yearIn(typed), typed, reasons }))

/** Waits a moment until the version has come round by relay and books. */
const untilVersion = async ({ queries, clock }: PagesDeps, { town }: AtDesk, year: number, version: number): Promise<void> => {
  const until = clock.monotonicMs() + PATIENCE_MS
  while (clock.monotonicMs() < until) {
    if (((await queries.versionsOf(town.code, [year])).get(year) ?? 0) >= version) return
    await clock.sleep(LOOK_EVERY_MS)
  }
}
