// The addresses of stamp sheets: list, new, change; the sheet with its list; check, propose, approve, withdraw; on paper.

import express from 'express'
import type { Request, Response, Router } from 'express'
import type { Actor, SheetView, StampRow, StampSheet } from '../../../../desk/operations.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import { reason, type Outcome } from '../../../../desk/outcome.ts'
import type { Draft } from '../../../../store/desk.ts'
import type { PagesDeps } from '../../deps.ts'
import { todayOf } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { fieldsOf, versionIn } from '../desk-form.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { refusedPage } from '../refused-page.ts'
import { checkPage } from './check-page.ts'
import { emptyEvent, eventIn, eventOf, sheetIn, type EventInput } from './event-input.ts'
import { eventPage, type EventView } from './event-page.ts'
import { gatherSheet, orMissing } from './gather-sheet.ts'
import { sheetListPage } from './list-page.ts'
import { paperPage } from './paper-page.ts'
import { sheetPage } from './sheet-page.ts'
import { minutesOf } from './sheet-text.ts'
import { untilAllBooked } from './until-all-booked.ts'

const LIST_PAGE = 30
const SHEET = '/desk/:town/stamps/:id'

const DONE: ReadonlyMap<string, Words> = new Map([
  ['saved', { ja: '下書きを保存しました', en: 'The draft is saved' }],
  ['proposed', { ja: '二人目に回しました', en: 'It is passed to the second person' }],
  ['approved', { ja: '承認して公開しました', en: 'Approved and published' }],
  ['withdrawn', { ja: '取り下げました', en: 'Withdrawn' }],
])

const doneIn = (req: Request): Words | null => DONE.get(parseFields(req.query)('done')) ?? null
const idIn = (req: Request): string => String(req.params['id'])

export const stampRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk/:town/stamps',
    atDesk(deps, async (req, res, at) => {
      const before = parseFields(req.query)('before')
      const list = await deps.desks.drafts(at.actor, { kind: 'stamps', limit: LIST_PAGE, ...(before === '' ? {} : { cursor: before }) })
      const { items, cursor } = orMissing(list)
      sendOwn(res, sheetListPage(at, { drafts: items, older: cursor, mayStart: mayDo('sheet.save', at.held), done: doneIn(req) }))
    }),
  )
  router.get(
    '/desk/:town/stamps/new',
    atDesk(deps, async (req, res, at) => {
      if (isRefused(res, at)) return
      const from = parseFields(req.query)('from')
      const event = from === '' ? emptyEvent(todayOf(deps)) : leftOver(orMissing(await deps.desks.sheet(at.actor, from)))
      sendOwn(res, eventPage(at, await eventView(deps, at, event, null)))
    }),
  )
  router.post(
    '/desk/:town/stamps',
    atDesk(deps, async (req, res, at) => {
      const event = eventIn(fieldsOf(req))
      const saved = await deps.desks.saveSheet(at.actor, await sheetIn(deps, event))
      if (saved.ok) return seeOther(res, at.shell.lang, at.path(`/stamps/${saved.value.draft.id}?done=saved`))
      if (isRefused(res, at)) return
      sendOwn(res, eventPage(at, { ...(await eventView(deps, at, event, null)), reasons: saved.reasons }), 422)
    }),
  )
  changeRoutes(deps, router)
  sheetRoutes(deps, router)
  approvalRoutes(deps, router)
  return router
}

const changeRoutes = (deps: PagesDeps, router: Router): void => {
  router.get(
    `${SHEET}/edit`,
    atDesk(deps, async (req, res, at) => {
      if (isRefused(res, at)) return
      const { draft, sheet } = orMissing(await deps.desks.sheet(at.actor, idIn(req)))
      sendOwn(res, eventPage(at, await eventView(deps, at, eventOf(sheet), draft)))
    }),
  )
  router.post(
    `${SHEET}/edit`,
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const event = eventIn(field)
      const draft = { id: idIn(req), version: versionIn(field) }
      const saved = await deps.desks.saveSheet(at.actor, await sheetIn(deps, event), draft)
      if (saved.ok) return seeOther(res, at.shell.lang, at.path(`/stamps/${draft.id}?done=saved`))
      if (isRefused(res, at)) return
      sendOwn(res, eventPage(at, { ...(await eventView(deps, at, event, draft)), reasons: saved.reasons }), 422)
    }),
  )
}

const sheetRoutes = (deps: PagesDeps, router: Router): void => {
  router.get(
    SHEET,
    atDesk(deps, async (req, res, at) => {
      const view = orMissing(await deps.desks.sheet(at.actor, idIn(req)))
      sendOwn(res, sheetPage(at, await gatherSheet(deps, at, view, { done: doneIn(req) })))
    }),
  )
  router.get(
    `${SHEET}/check`,
    atDesk(deps, async (req, res, at) => {
      const view = orMissing(await deps.desks.sheet(at.actor, idIn(req)))
      if (view.draft.state !== 'draft') return seeOther(res, at.shell.lang, at.path(`/stamps/${view.draft.id}`))
      sendOwn(res, checkPage(at, await gatherSheet(deps, at, view)))
    }),
  )
  router.get(
    `${SHEET}/paper`,
    atDesk(deps, async (req, res, at) => {
      const view = orMissing(await deps.desks.sheet(at.actor, idIn(req)))
      sendOwn(res, paperPage(at, await gatherSheet(deps, at, view)))
    }),
  )
  router.post(
    SHEET,
    atDesk(deps, async (req, res, at) => {
      const field = fieldsOf(req)
      const before = orMissing(await deps.desks.sheet(at.actor, idIn(req)))
      const id = before.draft.id
      const isFill = field('do') === 'fill'
      const saved = await deps.desks.saveSheet(at.actor, typedInto(before.sheet, field, isFill), { id, version: versionIn(field) })
      if (saved.ok)
        return seeOther(res, at.shell.lang, at.path(field('do') === 'check' ? `/stamps/${id}/check` : `/stamps/${id}?done=saved`))
      const input = typedRows(before, field)
      sendOwn(res, sheetPage(at, await gatherSheet(deps, at, before, { reasons: saved.reasons, input, all: field('all') })), 422)
    }),
  )
}

const approvalRoutes = (deps: PagesDeps, router: Router): void => {
  const { desks } = deps
  const deeds = {
    propose: { done: 'proposed', act: (actor: Actor, id: string, version: number) => desks.propose(actor, id, version) },
    approve: { done: 'approved', act: (actor: Actor, id: string, version: number) => desks.approve(actor, id, version) },
    withdraw: { done: 'withdrawn', act: (actor: Actor, id: string, version: number) => desks.withdraw(actor, id, version) },
  }
  for (const [name, { done, act }] of Object.entries(deeds))
    router.post(
      `${SHEET}/${name}`,
      atDesk(deps, async (req, res, at) => {
        const id = idIn(req)
        const outcome: Outcome<Draft> = await act(at.actor, id, versionIn(fieldsOf(req)))
        const view = orMissing(await desks.sheet(at.actor, id))
        if (!outcome.ok) return sendOwn(res, sheetPage(at, await gatherSheet(deps, at, view, { reasons: outcome.reasons })), 422)
        if (name === 'approve') await untilAllBooked(deps, view)
        seeOther(res, at.shell.lang, at.path(`/stamps/${id}?done=${done}`))
      }),
    )
}

/** Who saves no sheets is told so. */
const isRefused = (res: Response, at: AtDesk): boolean => {
  if (mayDo('sheet.save', at.held)) return false
  sendOwn(res, refusedPage(at, 'stamps', [reason('desk.role-insufficient')]), 403)
  return true
}

const eventView = async (deps: PagesDeps, at: AtDesk, event: EventInput, draft: EventView['draft']): Promise<EventView> => {
  const bodies = await deps.queries.hostBodiesOf(at.town.code)
  return {
    event,
    draft,
    today: todayOf(deps),
    hostBodies: bodies.map(({ did, names }) => ({ did, names: { ja: names.ja, en: names.en ?? names.ja } })),
    reasons: [],
  }
}

/** The same event with those lines that were not sent. */
const leftOver = ({ sheet, lines }: SheetView): EventInput => {
  const left = new Set(lines.filter(({ state }) => state === 'doubt').map(({ line }) => line))
  return eventOf({ ...sheet, rows: sheet.rows.filter((_, i) => left.has(i + 1)) })
}

/** What the list's form says of each line, over what was saved. With `isFill` all who were there get the minutes of all. */
const typedInto = (sheet: StampSheet, field: Fields, isFill: boolean): StampSheet => {
  const all = isFill ? minutesOf(field('all')) : sheet.minutes
  return { ...sheet, minutes: all, rows: sheet.rows.map((row, i) => typedRow(row, sheet.minutes, i + 1, field, isFill)) }
}

const typedRow = (
  { who, label, category, note, isAbsent }: StampRow,
  all: number,
  line: number,
  field: Fields,
  isFill: boolean,
): StampRow => {
  const typed = field(`m${line}`)
  // Who was absent stood there with 0; ticked again they get the minutes of all.
  const isOfAll = isFill || typed === '' || (isAbsent === true && typed === '0') || minutesOf(typed) === all
  return {
    who,
    ...(label === undefined ? {} : { label }),
    ...(category === undefined ? {} : { category }),
    ...(note === undefined ? {} : { note }),
    ...(field(`on${line}`) === '' ? { isAbsent: true } : isOfAll ? {} : { minutes: minutesOf(typed) }),
  }
}

const typedRows = ({ lines }: SheetView, field: Fields) =>
  new Map(lines.map(({ line }) => [line, { isOn: field(`on${line}`) !== '', minutes: field(`m${line}`) }]))
