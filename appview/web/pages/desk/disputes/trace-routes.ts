// The trace of one record by its address, and who stands behind a receiver without a name.

import type { Router } from 'express'
import { mayDo } from '../../../../desk/permissions.ts'
import type { PagesDeps } from '../../deps.ts'
import { parseFields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { untilBooked } from '../../until-booked.ts'
import { fieldsOf } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { gatherRecord } from './gather-record.ts'
import { recordPage, type RecordPageView } from './record-page.ts'

const MAPPED: Words = { ja: '受け手を記録しました', en: 'The receiver is recorded' }
const STATUS_REFUSED = 422

export const traceRoutes = (deps: PagesDeps, router: Router): void => {
  router.get(
    '/desk/:town/trace',
    atDesk(deps, async (req, res, at) => {
      const field = parseFields(req.query)
      sendOwn(res, recordPage(at, await gather(deps, at, field('uri'), { done: field('done') === 'mapped' ? MAPPED : null })))
    }),
  )
  router.post(
    '/desk/:town/trace',
    atDesk(deps, async (req, res, at) => {
      const typed = fieldsOf(req)
      const [uri, index] = [typed('uri'), Number(typed('index'))]
      const outcome = await deps.desks.mapReceiver(at.actor, { action: uri, index, resident: typed(`resident${index}`).trim() })
      if (!outcome.ok) return sendOwn(res, recordPage(at, await gather(deps, at, uri, { typed, reasons: outcome.reasons })), STATUS_REFUSED)
      await untilBooked(deps, outcome.value.uri)
      seeOther(res, at.shell.lang, at.path(`/trace?uri=${encodeURIComponent(uri)}&done=mapped`))
    }),
  )
}

const gather = async (deps: PagesDeps, at: AtDesk, uri: string, more: Partial<RecordPageView>): Promise<RecordPageView> => ({
  ...(await gatherRecord(deps, at, uri)),
  mayMap: mayDo('receiver.map', at.held),
  mayDispute: mayDo('dispute.open', at.held),
  typed: () => '',
  done: null,
  reasons: [],
  ...more,
})
