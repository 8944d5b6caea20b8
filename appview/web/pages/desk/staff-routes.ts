// The staff's page: reading roles and trail, adding and removing.

import express from 'express'
import type { Router } from 'express'
import { mayDo } from '../../../desk/permissions.ts'
import { reason, type Outcome, type Reason } from '../../../desk/outcome.ts'
import type { PagesDeps } from '../deps.ts'
import { parseFields } from '../form.ts'
import type { Words } from '../lang.ts'
import { nameOf } from '../names.ts'
import { seeOther, sendOwn } from '../reply.ts'
import { fieldsOf } from './desk-form.ts'
import { didBehind } from './did-behind.ts'
import { atDesk, type AtDesk } from './door.ts'
import { staffPage, type StaffView } from './staff.ts'

const TRAIL_PAGE = 50

const DONE: ReadonlyMap<string, Words> = new Map([
  ['added', { ja: '担当者に加えました', en: 'Added to the staff' }],
  ['removed', { ja: '担当からはずしました。次の操作から入れません', en: 'Removed; refused from the next request on' }],
])

export const staffRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk/:town/staff',
    atDesk(deps, async (req, res, at) => {
      const field = parseFields(req.query)
      sendOwn(res, staffPage(at, await gather(deps, at, { before: field('before'), done: DONE.get(field('done')) ?? null })))
    }),
  )
  router.post(
    '/desk/:town/staff',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const input = { who: field('who').trim(), role: field('role') }
      const did = await didBehind(deps, input.who)
      const outcome: Outcome<unknown> =
        did === null
          ? { ok: false, reasons: [reason('role.did-invalid', null, input.who)] }
          : await deps.desks.addRole(at.actor, { did, role: input.role })
      if (outcome.ok) return seeOther(res, at.shell.lang, at.path('/staff?done=added'))
      sendOwn(res, staffPage(at, { ...(await gather(deps, at, {})), input, reasons: outcome.reasons }), 422)
    }),
  )
  router.post(
    '/desk/:town/staff/remove',
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const outcome = await deps.desks.removeRole(at.actor, { did: field('who'), role: field('role') })
      if (outcome.ok) return seeOther(res, at.shell.lang, at.path('/staff?done=removed'))
      sendOwn(res, staffPage(at, await gather(deps, at, { reasons: outcome.reasons })), 422)
    }),
  )
  return router
}

type Asked = { readonly before?: string; readonly done?: Words | null; readonly reasons?: readonly Reason[] }

const gather = async (deps: PagesDeps, at: AtDesk, { before = '', done = null, reasons = [] }: Asked): Promise<StaffView> => {
  const { actor, held } = at
  const roles = await deps.desks.roles(actor)
  const trail = await deps.desks.trail(actor, { limit: TRAIL_PAGE, ...(before === '' ? {} : { cursor: before }) })
  const now = new Date(deps.clock.civilMs()).toISOString()
  const grants = (roles.ok ? roles.value : []).map(async (grant) => ({
    ...grant,
    name: await nameOf(deps, grant.did),
    isHeld: grant.until === null || grant.until > now,
  }))
  const rows = (trail.ok ? trail.value.items : []).map(async (row) => ({ ...row, name: await nameOf(deps, row.by) }))
  return {
    grants: await Promise.all(grants),
    trail: trail.ok ? { rows: await Promise.all(rows), older: trail.value.cursor } : null,
    mayChange: mayDo('role.add', held),
    input: { who: '', role: 'clerk' },
    done,
    reasons,
  }
}
