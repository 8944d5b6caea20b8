// A record of the town's repo as intake holds it, to be written over.

import { fieldsOf } from '../journal/fields.ts'
import type { Publication } from '../store/work.ts'
import type { Office } from './office.ts'

/** Undefined when it is not the town's, deleted, or not seen yet. */
export const standingRecord = async ({ books, town }: Office, uri: string): Promise<Publication | undefined> => {
  const [row] = await books.rows({ uri, limit: 1 })
  if (row === undefined || row.action === 'delete' || row.repo !== town.did) return undefined
  const record = fieldsOf(row.value)
  return record === undefined
    ? undefined
    : { repo: row.repo, collection: row.collection, rkey: row.rkey, verb: 'put', record: { $type: row.collection, ...record } }
}
