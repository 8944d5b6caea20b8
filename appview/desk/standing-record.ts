// A record of the town's repo as intake holds it, to be written over; or of the repo of a town that has become part of it, whose records hold on.

import { fieldsOf } from '../journal/fields.ts'
import type { Publication } from '../store/work.ts'
import { spokesmanOf, type Office } from './office.ts'
import { done, refused, type Outcome } from './outcome.ts'
import type { DeskRefusal } from './refusals.ts'

/** Refused with `missing` when it is not theirs, deleted, or not seen yet. */
export const standingRecord = async (office: Office, uri: string, missing: DeskRefusal, about: string): Promise<Outcome<Publication>> => {
  const { books, codes, roster, accounts } = office
  const [row] = await books.rows({ uri, limit: 1 })
  const record = row === undefined || row.action === 'delete' ? undefined : fieldsOf(row.value)
  if (row === undefined || record === undefined || !codes.some((code) => spokesmanOf(roster, code) === row.repo))
    return refused(missing, about)
  if ((await accounts.get(row.repo)) === undefined) return refused('desk.no-publish-account', row.repo)
  const { repo, collection, rkey, leaf } = row
  return done({ repo, collection, rkey, verb: 'put', record: { $type: collection, ...record }, since: leaf })
}
