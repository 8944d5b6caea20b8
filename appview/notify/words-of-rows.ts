// What rows of intake give to tell, as the books stand now: what has changed since is not told. Who is asked to confirm, whose act is disputed or ruled on,
// who is admitted or moves, and that a year is closed. A row gives the same words however often it is read.

import { nsid } from '../../lexicons/authority.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import { subjectOf } from '../journal/residue.ts'
import { townOf } from '../journal/roster.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import type { NoticeKind, Word } from '../store/notices.ts'
import { authorOfDesk } from './words-of-desk.ts'
import { wordsAboutRuling, wordsOfSuspension } from './words-of-ladder.ts'
import { giverOf, receiversOf, wordAbout } from './acts.ts'

export type WordsDeps = {
  readonly books: Pick<Books, 'load' | 'intake'>
  readonly roster: () => Roster
  /** Who works at the desk of a town now. */
  readonly staff: (town: string) => Promise<readonly string[]>
}

export const wordsOfRow = async (deps: WordsDeps, row: IntakeRow): Promise<readonly Word[]> => {
  if (row.action !== 'create' || row.residue !== undefined) return []
  switch (row.collection) {
    case nsid.action:
      return wordsOfAction(deps, row)
    case nsid.confirmation:
      return wordsOfDispute(deps, row, await actionAt(deps, subjectOf(row) ?? ''))
    case nsid.entry:
      return wordsOfEntry(deps, row)
    case nsid.admission:
      return wordsOfAdmission(deps, row)
    case nsid.close:
    case nsid.restatement:
      return wordsOfClosing(deps, row)
    default:
      return []
  }
}

const idOf = ({ leaf, op }: IntakeRow, kind: NoticeKind): string => `${leaf}/${op}/${kind}`

const actionAt = (deps: WordsDeps, uri: string): Promise<ActionDoc | null> => readDoc(deps.books, 'action', `action:${uri}`)

const actionDisputed = async (deps: WordsDeps, { uri }: IntakeRow): Promise<ActionDoc | null> => {
  const doc = await readDoc(deps.books, 'dispute', `dispute:${uri}`)
  return doc === null ? null : actionAt(deps, doc.action)
}

/** Only of givers some town knows: strangers tell nobody anything. */
const wordsOfAction = async (deps: WordsDeps, row: IntakeRow): Promise<readonly Word[]> => {
  const action = await actionAt(deps, row.uri)
  if (action?.state !== 'open' || !(await isKnown(deps, action.repo))) return []
  const asked = [...receiversOf(action), ...(action.hostBody === null ? [] : [action.hostBody])]
  const heard = new Set(action.confirmations.map(({ repo }) => repo))
  return [...new Set(asked)]
    .filter((to) => to !== action.repo && !heard.has(to))
    .map((to) => wordAbout(action, { to, id: idOf(row, 'asked'), kind: 'asked', at: row.recordedAt }))
}

const isKnown = async ({ books }: WordsDeps, did: string): Promise<boolean> => {
  const docs = await books.load([`admissions:${did}`, `hosts:${did}`])
  return [...docs.values()].some((doc) => doc !== null)
}

const wordsOfDispute = async (_deps: WordsDeps, row: IntakeRow, action: ActionDoc | null): Promise<readonly Word[]> => {
  const to = action === null ? null : giverOf(action)
  if (action?.dispute !== row.uri || to === null) return []
  return [wordAbout(action, { to, id: idOf(row, 'disputed'), kind: 'disputed', at: row.recordedAt })]
}

const wordsOfEntry = async (deps: WordsDeps, row: IntakeRow): Promise<readonly Word[]> => {
  const kind = fieldsOf(row.value)?.['kind']
  if (kind === 'suspension' || kind === 'suspension-end') return wordsOfSuspension(deps, row)
  const ruled = await readDoc(deps.books, 'record', `record:${row.uri}`)
  return ruled === null ? wordsOfDispute(deps, row, await actionDisputed(deps, row)) : wordsAboutRuling(deps, row, ruled.about)
}

const wordsOfAdmission = async ({ books, roster }: WordsDeps, row: IntakeRow): Promise<readonly Word[]> => {
  const to = textOf(fieldsOf(row.value)?.['subject'])
  const town = townOf(roster(), row.repo, row.leaf)
  const spans = to === undefined ? [] : ((await readDoc(books, 'admissions', `admissions:${to}`))?.spans ?? [])
  const span = spans.find(({ uri }) => uri === row.uri)
  if (to === undefined || town === undefined || span === undefined) return []
  const kind = spans.some(({ code, from }) => code !== town && from < span.from) ? 'moved' : 'admitted'
  const { recordedAt: at, uri: subject, repo: author } = row
  return [{ to, id: idOf(row, kind), kind, at, town, subject, author, detail: { from: span.from } }]
}

const wordsOfClosing = async ({ roster, staff }: WordsDeps, row: IntakeRow): Promise<readonly Word[]> => {
  const fields = fieldsOf(row.value)
  const { fiscalYear = null } = fieldsOf(fields?.['period']) ?? {}
  const town = townOf(roster(), row.repo, row.leaf)
  if (town === undefined || fields?.['scope'] !== town) return []
  const kind = row.collection === nsid.close ? 'closed' : 'restated'
  const { recordedAt: at, uri: subject, repo: author } = row
  const detail = { fiscalYear, version: fields['version'] ?? null }
  return [authorOfDesk(town), ...(await staff(town))].map((to) => ({ to, id: idOf(row, kind), kind, at, town, subject, author, detail }))
}
