// What keeps a year from being closed for want of records: books that have not come past the cut-off, and repos of people in the town's books of which
// something recorded before it could not be had.

import { OriginUnavailable, fetchOrigin } from '../follow/origin.ts'
import type { OriginAnswer } from '../follow/origin.ts'
import { isUnavailable } from '../follow/resync.ts'
import { cutOffOf, periodOfFiscalYear } from '../journal/calendar.ts'
import type { ActionDoc } from '../journal/documents.ts'
import { codesWithin } from '../journal/mergers.ts'
import type { Doc, IntakeRow, RosterTown } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Books } from '../store/store.ts'
import { countLacking } from './entries-lacking.ts'

export type GapBooks = Pick<Books, 'state' | 'nextDue' | 'leafBefore' | 'keys' | 'load' | 'heads' | 'rows'>

/** How long the log is and what time it is there; null when the relay cannot be asked. */
export type AskLog = () => Promise<Pick<OriginAnswer, 'leaves' | 'time'> | null>

const LOG_PATIENCE_MS = 5_000

export const askLogOf =
  (get: typeof fetch, relayUrl: string): AskLog =>
  async () => {
    try {
      return await fetchOrigin(get, relayUrl, AbortSignal.timeout(LOG_PATIENCE_MS))
    } catch (error) {
      if (error instanceof OriginUnavailable || (error instanceof Error && error.name === 'TimeoutError')) return null
      throw error
    }
  }

/** What is missing, in words that name it; null when the books are past the cut-off, whole. */
export const booksBehind = async (books: GapBooks, askLog: AskLog, fiscalYear: number): Promise<string | null> => {
  const cutOff = cutOffOf(fiscalYear)
  const { cursor } = await books.state()
  const { read, folded } = cursor
  if (folded.leaf < read.leaf) return `leaf ${folded.leaf} of ${read.leaf}`
  const due = await books.nextDue()
  if (due !== null && due <= cutOff) return `due ${due}`
  // Times never decrease along the log, so whoever has read past the cut-off has read all before it.
  if (read.instant >= cutOff) return null
  const log = await askLog()
  if (log === null || log.leaves === null || log.time === null) return `leaf ${read.leaf}, the log does not answer`
  return log.leaves <= read.leaf && log.time >= cutOff ? null : `leaf ${read.leaf} of ${log.leaves}`
}

const PAGE = 1_000

/** How many entries of the town from before the cut-off stand in the log while what they stand for is not here: books made of them would say something else. */
export const entriesWithoutContent = async (
  books: Pick<GapBooks, 'leafBefore' | 'rows'>,
  town: RosterTown,
  fiscalYear: number,
): Promise<number> => {
  const { leaf } = await books.leafBefore(cutOffOf(fiscalYear))
  return (await countLacking(books, town.did, { before: leaf + 1 })).count
}

/**
 * DIDs whose repo lacks something from before the cut-off: of the town, its residents and its host bodies; and of those of other towns who gave or confirmed
 * an act that is this town's, too.
 */
export const brokenRepos = async (books: GapBooks, town: RosterTown, fiscalYear: number): Promise<readonly string[]> => {
  const { leaf } = await books.leafBefore(cutOffOf(fiscalYear))
  const codes = await codesOf(books, town.code, periodOfFiscalYear(fiscalYear).through)
  const broken: string[] = []
  for await (const people of peopleOf(books, town.did, codes)) {
    const heads = await books.heads(people.map(({ did }) => did))
    for (const { did, isOurs } of people) {
      if (heads.get(did)?.state !== 'desynchronized' || broken.includes(did)) continue
      if ((await hasHole(books, did, leaf)) && (isOurs || (await hasPart(books, did, codes)))) broken.push(did)
    }
  }
  return broken
}

type Person = { readonly did: string; readonly isOurs: boolean }

/** Of a town, and of what has become part of it by the end of the year: their books are in its own. */
const codesOf = async (books: GapBooks, code: string, by: string): Promise<readonly string[]> => {
  const doc = (await books.load(['mergers:all'])).get('mergers:all') ?? null
  const mergers = doc?.kind === 'mergers' ? doc.mergers : []
  return codesWithin(mergers, code, by)
}

async function* peopleOf(books: GapBooks, did: string, codes: readonly string[]): AsyncGenerator<readonly Person[]> {
  yield [{ did, isOurs: true }]
  for (const prefix of ['admissions:', 'hosts:']) {
    let after: string | null = null
    for (;;) {
      const keys: readonly string[] = await books.keys(prefix, after, PAGE)
      const docs = await books.load(keys)
      yield keys.map((key): Person => ({ did: key.slice(prefix.length), isOurs: isOf(docs.get(key) ?? null, codes) }))
      if (keys.length < PAGE) break
      after = keys.at(-1) ?? null
    }
  }
}

const isOf = (doc: Doc | null, codes: readonly string[]): boolean => {
  if (doc?.kind === 'admissions') return doc.spans.some(({ code }) => codes.includes(code))
  return doc?.kind === 'hosts' && doc.registrations.some(({ code }) => codes.includes(code))
}

/** Whether somebody gave an act, or spoke of one, that was done in one of these towns or is booked there. */
const hasPart = async (books: GapBooks, repo: string, codes: readonly string[]): Promise<boolean> => {
  for (const collection of [nsid.action, nsid.confirmation])
    for (let before: { readonly leaf: number; readonly op: number } | undefined; ;) {
      const rows: readonly IntakeRow[] = await books.rows({ repo, collection, limit: PAGE, ...(before === undefined ? {} : { before }) })
      const uris = rows.flatMap((row) => (collection === nsid.action ? row.uri : (row.subject ?? subjectOf(row) ?? [])))
      const docs = await books.load([...new Set(uris)].map((uri) => `action:${uri}`))
      if ([...docs.values()].some((doc) => doc?.kind === 'action' && scopesOf(doc).some((scope) => codes.includes(scope)))) return true
      before = rows.at(-1)
      if (rows.length < PAGE) break
    }
  return false
}

const scopesOf = ({ municipality, recognised }: ActionDoc): readonly string[] => [
  municipality,
  ...(recognised === null ? [] : [recognised.giverScope, ...recognised.shares.map(({ scope }) => scope)]),
]

/** Whether a row up to this leaf says that something could not be had. */
const hasHole = async (books: GapBooks, repo: string, upTo: number): Promise<boolean> => {
  let before = { leaf: upTo + 1, op: 0 }
  for (;;) {
    const rows = await books.rows({ repo, before, limit: PAGE })
    if (rows.some(isUnavailable)) return true
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return false
    before = { leaf: last.leaf, op: last.op }
  }
}
