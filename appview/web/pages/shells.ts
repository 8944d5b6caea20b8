// The surroundings of each page: language, address, town, and on one's own pages the person.

import type { Request } from 'express'
import type { Session } from '../../store/store.ts'
import type { PagesDeps } from './deps.ts'
import { deskPath, desksOf } from './desk/whose-desk.ts'
import { parseLang, type Words } from './lang.ts'
import type { Shell, Town } from './layout.ts'
import { styleUrl } from './static-files.ts'
import { calendarOf } from './years.ts'

/** How many confirmations asked for one page shows. */
export const MOST_ASKS = 20

/** The name of a town and the year its statements are shown for. Throws NotFound for a code that is not in the roster. */
export const townOf = async (deps: PagesDeps, code: string): Promise<Town> => {
  const { names, becamePartOf } = await deps.queries.municipality(code)
  const town = { code, names: bothOf(names), year: (await calendarOf(deps, code)).shown }
  return becamePartOf === undefined ? town : { ...town, partOf: { ...becamePartOf, names: bothOf(becamePartOf.names) } }
}

const bothOf = ({ ja, en }: { readonly ja: string; readonly en?: string }): Words => ({ ja, en: en ?? ja })

/** The town of an appview that keeps the books of one only. */
export const onlyTownOf = async (deps: PagesDeps): Promise<Town | null> => {
  const { municipalities } = await deps.queries.municipalities({ limit: 2 })
  const [first] = municipalities
  return first !== undefined && municipalities.length === 1 ? townOf(deps, first.code) : null
}

export const isSample = async (deps: PagesDeps): Promise<boolean> => (await deps.books.state()).origin?.name.startsWith('demo/') ?? false

/** The address of a request without its language, with one slash at its beginning: two would name another host in a link. */
const pathOf = (req: Request): string => {
  const { pathname: address, searchParams } = new URL(`http://here${req.originalUrl}`)
  const pathname = address.replace(/^\/+/, '/')
  searchParams.delete('lang')
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`
}

export const shellOf = async (deps: PagesDeps, req: Request, town: Town | null): Promise<Shell> => ({
  lang: parseLang(req.query['lang']),
  path: pathOf(req),
  publicUrl: deps.url,
  styleUrl,
  town,
  person: null,
  sample: await isSample(deps),
})

/** The surroundings of one's own pages. */
export const ownShellOf = async (deps: PagesDeps, req: Request, session: Session, town: Town | null): Promise<Shell> => {
  const { total } = await deps.queries.myPendingConfirmations({ kind: 'account', did: session.did }, 0)
  const [desk, ...others] = await desksOf(deps, session.did)
  const shell = {
    ...(await shellOf(deps, req, town)),
    person: { handle: session.handle, asks: total, unread: await deps.notices.unread(session.did) },
  }
  return desk === undefined ? shell : { ...shell, desk: others.length > 0 ? '/desk' : deskPath(desk) }
}
