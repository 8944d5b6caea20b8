// What was published and has not come back through the log yet: the books do not know it, the trail does.

import type { DeedName } from './permissions.ts'
import type { Office } from './office.ts'

const LATELY = 8

/** The uri of a deed on this subject whose record intake does not hold yet; undefined when there is none. */
export const underWay = async ({ desk, books, town }: Office, deed: DeedName, on: string): Promise<string | undefined> => {
  for (const row of await desk.trail(town.code, { on, limit: LATELY })) {
    if (row.deed !== deed || row.outcome !== 'done') continue
    const uri = uriIn(row.detail)
    if (uri !== undefined && (await books.rows({ uri, limit: 1 })).length === 0) return uri
  }
  return undefined
}

const uriIn = (detail: unknown): string | undefined =>
  typeof detail === 'object' && detail !== null && 'uri' in detail && typeof detail.uri === 'string' ? detail.uri : undefined
