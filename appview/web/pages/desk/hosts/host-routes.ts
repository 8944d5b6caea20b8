// The addresses of host bodies and of notices.

import express from 'express'
import type { Response, Router } from 'express'
import { reason, type Outcome } from '../../../../desk/outcome.ts'
import type { Published } from '../../../../desk/operations.ts'
import { mayDo } from '../../../../desk/permissions.ts'
import { fieldsOf as jsonFieldsOf, textOf } from '../../../../journal/fields.ts'
import type { Json } from '../../../../journal/model.ts'
import { OUTAGE } from '../../../../journal/outages.ts'
import { nsid } from '../../../../../lexicons/authority.ts'
import type { PagesDeps } from '../../deps.ts'
import { todayOf } from '../../deps.ts'
import { parseFields, type Fields } from '../../form.ts'
import type { Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import { seeOther, sendOwn } from '../../reply.ts'
import { leafNow, untilBookedBehind } from '../../until-booked.ts'
import { categoryNames } from '../../words.ts'
import { fieldsOf } from '../desk-form.ts'
import { didBehind } from '../did-behind.ts'
import { atDesk, type AtDesk } from '../door.ts'
import { hostsPage, type HostRow, type HostsView, type NoticeRow } from './hosts-page.ts'

const STATUS_REFUSED = 422
const NOTICES_SHOWN = 10
const PAGE_OF_KEYS = 1_000

const DONE: ReadonlyMap<string, Words> = new Map([
  ['registered', { ja: '受入機関として登録しました', en: 'The host body is registered' }],
  ['ended', { ja: '登録を終えました', en: 'The registration has ended' }],
  ['noticed', { ja: 'お知らせを公開しました', en: 'The notice is published' }],
])

export const hostRouter = (deps: PagesDeps): Router => {
  const router = express.Router()
  router.get(
    '/desk/:town/hosts',
    atDesk(deps, async (req, res, at) => {
      sendOwn(res, hostsPage(at, await gather(deps, at, { done: DONE.get(parseFields(req.query)('done')) ?? null })))
    }),
  )
  const deed = (rest: string, done: string, act: (at: AtDesk, field: Fields) => Promise<Outcome<Published>>): void =>
    void router.post(
      `/desk/:town/hosts${rest}`,
      atDesk(deps, async (req, res, at) => {
        const leaf = await leafNow(deps)
        const field = fieldsOf(req)
        const outcome = await act(at, field)
        if (!outcome.ok) return sendRefused(deps, res, at, field, outcome.reasons)
        await untilBookedBehind(deps, leaf, outcome.value.uri)
        seeOther(res, at.shell.lang, at.path(`/hosts?done=${done}`))
      }),
    )
  deed('', 'registered', (at, field) => register(deps, at, field))
  deed('/end', 'ended', (at, field) => deps.desks.endHostBody(at.actor, { did: field('who'), validTo: field(`until-${field('key')}`) }))
  deed('/notices', 'noticed', (at, field) =>
    deps.desks.publishNotice(at.actor, { title: field('title').trim(), body: field('body').trim(), ...outageIn(field) }),
  )
  return router
}

const outageIn = (field: Fields): { outage?: { from: string; until: string } } => {
  const [from, until] = [field('outageFrom'), field('outageUntil')]
  return from === '' && until === '' ? {} : { outage: { from, until } }
}

const tickedIn = (field: Fields): readonly string[] => Object.keys(categoryNames).filter((category) => field(`c-${category}`) !== '')

const register = async (deps: PagesDeps, { actor }: AtDesk, field: Fields): Promise<Outcome<Published>> => {
  const who = field('who').trim()
  const did = await didBehind(deps, who)
  if (did === null) return { ok: false, reasons: [reason('hostBody.did-invalid', null, who)] }
  const [ja, en, categories] = [field('ja').trim(), field('en').trim(), tickedIn(field)]
  return deps.desks.registerHostBody(actor, {
    did,
    names: { ja, ...(en === '' ? {} : { en }) },
    ...(categories.length === 0 ? {} : { categories }),
    validFrom: field('validFrom'),
  })
}

const sendRefused = async (deps: PagesDeps, res: Response, at: AtDesk, field: Fields, reasons: HostsView['reasons']): Promise<void> => {
  // An end names its own field after the body it is about.
  const typed: Fields = (name) => (name === 'validTo' && field('key') !== '' ? field(`until-${field('key')}`) : field(name))
  const view = await gather(deps, at, { typed, reasons, ticked: new Set(tickedIn(field)) })
  sendOwn(res, hostsPage(at, view), STATUS_REFUSED)
}

const gather = async (deps: PagesDeps, at: AtDesk, more: Partial<HostsView>): Promise<HostsView> => ({
  hosts: await hostsOf(deps, at),
  notices: await noticesOf(deps, at),
  mayChange: mayDo('hostBody.add', at.held),
  today: todayOf(deps),
  typed: () => '',
  ticked: new Set(),
  done: null,
  reasons: [],
  ...more,
})

/** The newest registration of each body here, those of now first. */
const hostsOf = async (deps: PagesDeps, { town }: AtDesk): Promise<readonly HostRow[]> => {
  const today = todayOf(deps)
  const found: HostRow[] = []
  for (let after: string | null = null; ;) {
    const keys: readonly string[] = await deps.books.keys('hosts:', after, PAGE_OF_KEYS)
    for (const [key, doc] of await deps.books.load(keys)) {
      const last = doc?.kind === 'hosts' ? doc.registrations.findLast(({ code }) => code === town.code) : undefined
      if (last === undefined) continue
      const did = key.slice('hosts:'.length)
      const names = { ja: last.names.ja, en: last.names.en ?? last.names.ja }
      const isNow = last.from <= today && (last.to === null || last.to >= today)
      found.push({ did, handle: await nameOf(deps, did), names, from: last.from, to: last.to, isNow })
    }
    if (keys.length < PAGE_OF_KEYS) break
    after = keys.at(-1) ?? null
  }
  return found.toSorted((a, b) => Number(b.isNow) - Number(a.isNow))
}

const noticesOf = async ({ books, roster }: PagesDeps, { town }: AtDesk): Promise<readonly NoticeRow[]> => {
  const did = roster().findLast(({ code }) => code === town.code)?.did
  if (did === undefined) return []
  const rows = await books.rows({ repo: did, collection: nsid.notice, limit: NOTICES_SHOWN })
  return rows.flatMap(({ action, value, recordedAt }) => {
    const title = textOf(jsonFieldsOf(value)?.['title'])
    return action === 'delete' || title === undefined
      ? []
      : [{ title, body: textOf(jsonFieldsOf(value)?.['body']) ?? '', createdAt: recordedAt, outage: outageOf(value) }]
  })
}

const outageOf = (value: Json): NoticeRow['outage'] => {
  const { kind, from, until } = jsonFieldsOf(value) ?? {}
  return kind === OUTAGE && typeof from === 'string' && typeof until === 'string' ? { from, until } : null
}
