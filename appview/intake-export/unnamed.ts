// What everybody has of a record that its author took back, and of one whose content went because it named somebody who was erased: the same. That a record of
// this collection was there and when, under a name of its place, without its CID, which whoever guesses the content could reckon; and not when it was taken
// back, since of the latter nothing of that kind could be told. Without content neither counts in any figure, so that nothing changes with its end; but for
// days of an outage, which stay.

import { isErased } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { keepsRecord, withdrawnKey } from '../journal/residue.ts'
import type { Books } from '../store/store.ts'
import { nsid } from '../../lexicons/authority.ts'

type Versions = Pick<Books, 'rows'>

/** More versions of one record than are looked at. */
const MOST_VERSIONS = 1_000

/** The rows of one leaf, none of somebody who was erased, as everybody has them. */
export const forEverybody = async (books: Versions, rows: readonly IntakeRow[]): Promise<readonly IntakeRow[]> => {
  const shown: IntakeRow[] = []
  for (const row of rows) {
    if (!(await isOfNobody(books, row))) shown.push(await asStanding(books, row))
    else if (row.action !== 'delete') shown.push(await unnamed(books, row))
  }
  return shown
}

const isOfNobody = async (books: Versions, row: IntakeRow): Promise<boolean> => {
  const { collection, residue, action } = row
  if (collection === '' || (residue === undefined && action !== 'delete')) return false
  if (residue === 'withdrawn') return true
  return residue === 'erased' ? !keepsRecord(row) : hasNamedErased(books, row)
}

/** Whether another version of the record has lost its content with an account that it named. */
const hasNamedErased = async (books: Versions, { uri, collection }: IntakeRow): Promise<boolean> =>
  collection !== nsid.entry && (await books.rows({ uri, limit: MOST_VERSIONS })).some(({ residue }) => residue === 'erased')

const unnamed = async (books: Versions, row: IntakeRow): Promise<IntakeRow> => {
  const { named: _named, subject: _subject, refusal: _refusal, payload: _payload, ...rest } = row
  const uri = await nameOf(books, row.uri)
  // What is left of a notice are days of an outage, which name nobody and have made windows longer.
  const value = row.collection === nsid.notice ? row.value : null
  return { ...rest, rkey: uri.slice(uri.lastIndexOf('/') + 1), uri, cid: null, value, residue: 'withdrawn' }
}

/** By the place of its first version. */
const nameOf = async (books: Versions, uri: string): Promise<string> => {
  const first = (await books.rows({ uri, limit: MOST_VERSIONS })).findLast(({ action }) => action !== 'delete')
  return first === undefined ? uri : `at://${first.repo}/${first.collection}/${withdrawnKey(first.leaf, first.op)}`
}

/** An entry as it was published, which is all there; of another row no word whose erasure took what it speaks of. */
const asStanding = async (books: Versions, { named: _named, ...row }: IntakeRow): Promise<IntakeRow> => {
  const { subject, residue, ...rest } = row
  if (row.collection === nsid.entry) return residue === undefined || keepsRecord(row) ? rest : { ...rest, residue }
  if (subject === undefined) return row
  const kept = residue === undefined ? rest : { ...rest, residue }
  return isErased(subject.split('/')[2] ?? '') ? kept : { ...kept, subject: await nameOf(books, subject) }
}
