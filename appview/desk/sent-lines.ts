// What has become of the lines that sheets have sent: which the books refused, and which another sheet of the same event has sent before the books
// know of it.

import type { Draft } from '../store/desk.ts'
import type { Books } from '../store/store.ts'
import type { Office } from './office.ts'
import { inOneCase, parseSheetBody, type Sent } from './parse-sheet.ts'

/** Sheets of the town that were approved last, looked through for the same event. */
const LATELY = 100

/** By the line's number as text: the code with which the books refused its record, or the confirmation of it. */
export const refusedOf = async ({ books }: Pick<Office, 'books'>, sent: Sent): Promise<ReadonlyMap<string, string>> => {
  const docs = await books.load(Object.values(sent).map(({ action }) => `action:${action}`))
  const refused = new Map<string, string>()
  for (const [line, { action, confirmation }] of Object.entries(sent)) {
    const doc = docs.get(`action:${action}`) ?? null
    if (doc?.kind === 'action' && doc.confirmations.some(({ uri }) => uri === confirmation)) continue
    const isTaken = doc?.kind === 'action' && doc.state !== 'refused'
    const code = (isTaken ? undefined : await refusalAt(books, action)) ?? (await refusalAt(books, confirmation))
    if (code !== undefined) refused.set(line, code)
  }
  return refused
}

const refusalAt = async (books: Pick<Books, 'refusals'>, uri: string): Promise<string | undefined> =>
  (await books.refusals({ repo: uri.split('/')[2] ?? '', uri, limit: 1 }))[0]?.code

/** Of the same event by other sheets: actions by uri, cards by the key of their giver, whatever its capitals. */
export const sentElsewhere = async ({ desk, town }: Office, { id, subject }: Draft): Promise<ReadonlySet<string>> => {
  const keys = new Set<string>()
  for (const other of await desk.drafts(town.code, { kind: 'stamps', state: 'done', limit: LATELY })) {
    if (other.id === id || other.subject !== subject) continue
    const { sheet, sent } = parseSheetBody(other.body)
    for (const [line, { action }] of Object.entries(sent)) {
      keys.add(action)
      const who = sheet.rows[Number(line) - 1]?.who
      if (who !== undefined && 'card' in who) keys.add(inOneCase(`C:${sheet.hostBody ?? ''}/${who.card}`))
    }
  }
  return keys
}
