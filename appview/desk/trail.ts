// The audit trail and the private content of entries, for those who answer for them; and notices to all readers of the books.

import { nsid } from '../../lexicons/authority.ts'
import { OUTAGE, refusalOfOutage } from '../journal/outages.ts'
import { publish } from './admissions.ts'
import type { Desks } from './office.ts'
import type { DeskOperations } from './operations.ts'
import { done, refused } from './outcome.ts'

const PAGE_MAX = 200
const TITLE_MAX = 256
const BODY_MAX = 4096

export const trailDeeds = (desks: Desks): Pick<DeskOperations, 'trail' | 'entries' | 'publishNotice'> => ({
  trail: (actor, { cursor, limit, on }) =>
    desks.look(actor, 'trail.read', async ({ desk, town }) => {
      const most = Math.min(limit, PAGE_MAX)
      const before = /^\d{1,15}$/.test(cursor ?? '') ? { before: Number(cursor) } : {}
      const items = await desk.trail(town.code, { limit: most, ...before, ...(on === undefined ? {} : { on }) })
      const last = items.at(-1)
      return done({ items, cursor: last === undefined || items.length < most ? null : String(last.seq) })
    }),
  entries: (actor, { cursor, limit, kind }) =>
    desks.perform(actor, { deed: 'entry.read' }, async ({ desk, town }) => {
      const most = Math.min(limit, PAGE_MAX)
      const query = { limit: most, ...(cursor === undefined ? {} : { before: cursor }), ...(kind === undefined ? {} : { kind }) }
      const items = await desk.entries(town.code, query)
      const value = { items, cursor: items.length < most ? null : (items.at(-1)?.uri ?? null) }
      return { ok: true, value, detail: { shown: items.length } }
    }),
  publishNotice: (actor, { title, body, outage }) =>
    desks.perform(actor, { deed: 'notice.publish', publishes: true }, async (office) => {
      if (title.trim() === '' || body.trim() === '') return refused('notice.text-missing')
      if (title.length > TITLE_MAX || body.length > BODY_MAX) return refused('notice.too-long')
      if (outage === undefined) return publish(office.record(nsid.notice, { title, body }))
      const refusal = refusalOfOutage(outage, office.today)
      if (refusal !== undefined) return refused(refusal === 'town.date-impossible' ? 'outage.date-impossible' : refusal)
      return publish(office.record(nsid.notice, { title, body, kind: OUTAGE, ...outage }))
    }),
})
