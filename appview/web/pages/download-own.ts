// Whose files a caller takes: one's own, as person, organisation or municipality; those of the town whose desk one is; or of several together.

import { ANYONE, type Caller } from '../../auth/caller.ts'
import { notFound } from '../../auth/access.ts'
import type { ExportForm } from '../../export/formats.ts'
import { parseDid } from '../../../atproto/did.ts'
import { isMonth } from '../../journal/calendar.ts'
import type { PagesDeps } from './deps.ts'
import type { Download, Downloads } from './download.ts'
import { isGroup } from './download-consolidated.ts'
import { attestedIn, type ShownPerson } from './gather-person.ts'
import { parseAsked, type Asked } from './gather-town.ts'
import { residenceOf, type Residence } from './residence.ts'
import { townOf } from './shells.ts'

const YEAR = /^\d{4}$/
const EVERYTHING = 'all'

/** A year, a month, or everything (null). Throws NotFound. */
export const parseSpan = (text: string): Asked | null => {
  if (text === EVERYTHING) return null
  if (YEAR.test(text)) return { fiscalYear: Number(text) }
  if (isMonth(text)) return { month: text }
  throw notFound()
}

/** The statement of a person or organisation as the caller may see it. Throws NotFound. */
const personOf = async (deps: PagesDeps, caller: Caller, did: string, home: Residence, asked: Asked | null): Promise<ShownPerson> => {
  if (asked === null || !('fiscalYear' in asked)) throw notFound()
  const answer = await deps.queries.statementFor(caller, { scope: home.code, entity: did, fiscalYear: asked.fiscalYear })
  const handle = (await deps.identities.get(parseDid(did)).catch(() => null))?.handle ?? did
  const path = `/${home.kind.toLowerCase()}/${handle}`
  const more = await attestedIn(deps, home.kind, did, answer)
  return { handle, path, town: await townOf(deps, home.code), year: asked.fiscalYear, answer, ...more }
}

/** What somebody may take that is about this account. Throws NotFound, also for an account that no town knows. */
export const downloadOf = async (
  deps: PagesDeps,
  downloads: Downloads,
  caller: Caller,
  ask: { readonly did: string; readonly asked: Asked | null; readonly form: ExportForm },
): Promise<Download> => {
  const { did, asked, form } = ask
  const home = await residenceOf(deps, did)
  if (home === null) throw notFound()
  if (home.kind === 'M') return downloadOfTown(deps, downloads, caller, { code: home.code, asked, form })
  const entity = `${home.kind}:${did}`
  if (form.kind === 'statement') return downloads.ofPerson(await personOf(deps, caller, did, home, asked), form)
  if (form.kind === 'journal') return downloads.journal(caller, { scope: null, entity, asked }, form)
  return downloads.trialBalance(caller, { scope: home.code, entity, asked }, form)
}

type TownAsk = {
  readonly code: string
  readonly asked: Asked | null
  readonly form: ExportForm
  readonly version?: number
  readonly leaf?: number
  readonly instant?: string
}

/** What the caller may take of a town, or of several together. Throws NotFound, also for a year or month outside its books. */
export const downloadOfTown = async (
  deps: PagesDeps,
  downloads: Downloads,
  caller: Caller,
  { code, asked, form, ...more }: TownAsk,
): Promise<Download> => {
  if (isGroup(code)) {
    // They have statements of fiscal years, and nothing else of their own.
    if (form.kind !== 'statement' || asked === null || !('fiscalYear' in asked) || Object.keys(more).length > 0) throw notFound()
    return downloads.ofGroup(code, asked.fiscalYear, form)
  }
  if (form.kind === 'journal') return downloads.journal(caller, { scope: code, entity: null, asked }, form)
  if (form.kind === 'trial-balance') return downloads.trialBalance(caller, { scope: code, entity: null, asked }, form)
  await deps.queries.municipality(code)
  if (asked === null || (await parseAsked(deps, code, 'fiscalYear' in asked ? String(asked.fiscalYear) : asked.month)) === null)
    throw notFound()
  return downloads.ofTown(caller, { code, asked, ...more }, form)
}

/** As anybody: the published form. */
export const publicDownload = (deps: PagesDeps, downloads: Downloads, ask: TownAsk): Promise<Download> =>
  downloadOfTown(deps, downloads, ANYONE, ask)
