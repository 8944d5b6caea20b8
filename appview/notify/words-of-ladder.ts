// What entries after a ruling give to tell: to who gave or received the act, that somebody appealed and what came of it; to whose confirming is
// suspended, until when, after a ruling on which act, and until when there can be an appeal. Reasons are the desk's to tell.

import { lastDayOfAppeal } from '../journal/appeals.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { RulingDoc, Suspension } from '../journal/documents-desk.ts'
import { fieldsOf, textOf } from '../journal/fields.ts'
import type { IntakeRow } from '../journal/model.ts'
import { townOf } from '../journal/roster.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books } from '../store/store.ts'
import type { NoticeKind, Word } from '../store/notices.ts'
import { giverOf, receiversOf, wordAbout } from './acts.ts'
import type { WordsDeps } from './words-of-rows.ts'

const idOf = ({ leaf, op }: IntakeRow, kind: NoticeKind): string => `${leaf}/${op}/${kind}`

/** What a ruling, an appeal or its decision is told as; undefined for what nobody is told. */
const kindOf = (row: IntakeRow): NoticeKind | undefined => {
  const kind = fieldsOf(row.value)?.['kind']
  const outcome = fieldsOf(row.payload)?.['outcome']
  if (kind === 'appeal') return 'appealed'
  if (kind === 'appeal-ruling') return outcome === 'restored' ? 'restored' : outcome === 'upheld' ? 'upheldAgain' : undefined
  return outcome === 'upheld' || outcome === 'dismissed' ? outcome : undefined
}

/** Of an entry that decided something about an action, or asked for it. */
export const wordsAboutRuling = async ({ books }: WordsDeps, row: IntakeRow, place: string): Promise<readonly Word[]> => {
  const kind = kindOf(row)
  const action = await actionAt(books, place)
  if (kind === undefined || action === null) return []
  const giver = giverOf(action)
  const more = kind === 'upheld' ? { appealUntil: lastDayOfAppeal(row) } : {}
  const words = [...(giver === null ? [] : [giver]), ...receiversOf(action)].map((to) =>
    wordAbout(action, { to, id: idOf(row, kind), kind, at: row.recordedAt }, more),
  )
  return kind === 'restored' ? [...words, ...(await wordsOfEnds(books, row))] : words
}

export const wordsOfSuspension = async ({ books, roster }: WordsDeps, row: IntakeRow): Promise<readonly Word[]> => {
  const fields = fieldsOf(row.payload)
  const [to, isEnd] = [textOf(fields?.['did']), fieldsOf(row.value)?.['kind'] === 'suspension-end']
  const [one] =
    to === undefined ? [] : await suspensionsOf(books, to, ({ uri, endedLeaf }) => (isEnd ? endedLeaf === row.leaf : uri === row.uri))
  if (to === undefined || one === undefined) return []
  if (isEnd) return [ended(row, to, one)]
  const ruling: RulingDoc | null = await readDoc(books, 'ruling', `ruling:${one.ruling}`)
  const action = ruling === null ? null : await actionAt(books, ruling.action)
  const act = action === null ? {} : { performedOn: action.performedOn, category: action.category, minutes: action.minutes }
  const detail = { until: one.until, appealUntil: ruling === null ? null : lastDayOfAppeal(ruling), ...act }
  const town = townOf(roster(), row.repo, row.leaf) ?? one.town
  return [{ to, id: idOf(row, 'suspended'), kind: 'suspended', at: row.recordedAt, town, subject: row.uri, author: row.repo, detail }]
}

/** What rested on a ruling that was taken back. */
const wordsOfEnds = async (books: WordsDeps['books'], row: IntakeRow): Promise<readonly Word[]> => {
  const ruling = textOf(fieldsOf(row.payload)?.['ruling']) ?? ''
  const doc = await readDoc(books, 'ruling', `ruling:${ruling}`)
  const words: Word[] = []
  for (const did of doc?.suspended ?? [])
    for (const one of await suspensionsOf(books, did, (other) => other.ruling === ruling && other.endedLeaf === row.leaf))
      words.push(ended(row, did, one))
  return words
}

const ended = (row: IntakeRow, to: string, { town }: Suspension): Word => {
  const kind = 'suspensionEnded'
  return { to, id: idOf(row, kind), kind, at: row.recordedAt, town, subject: row.uri, author: row.repo, detail: {} }
}

const suspensionsOf = async (books: Pick<Books, 'load'>, did: string, fits: (one: Suspension) => boolean): Promise<readonly Suspension[]> =>
  ((await readDoc(books, 'suspensions', `suspensions:${did}`))?.suspensions ?? []).filter(fits)

/** The action of a place in the log, where its record is still there. */
const actionAt = async (books: WordsDeps['books'], place: string): Promise<ActionDoc | null> => {
  const [leaf = 0, op = 0] = place.split('/').map(Number)
  const [row] = await books.intake({ leaf, op: op - 1 }, 1)
  return row?.leaf === leaf && row.op === op ? readDoc(books, 'action', `action:${row.uri}`) : null
}
