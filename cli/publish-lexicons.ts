// Our lexicons as records of an account: one com.atproto.lexicon.schema for each document of our authority. What stands there as it is, is left alone;
// all that differs goes in one commit, so that readers never see half of a version.

import { isDeepStrictEqual } from 'node:util'
import { AUTHORITY } from '../lexicons/authority.ts'
import { catalog } from '../lexicons/catalog.ts'
import { procedure, query, type Session } from './xrpc-client.ts'

export const SCHEMA = 'com.atproto.lexicon.schema'
const WRITES = 'com.atproto.repo.applyWrites'
const PAGE = 100

export type PublishedLexicons = { readonly created: number; readonly updated: number; readonly unchanged: number }

/** Throws XrpcRefused. Records of names that we no longer have are left: who used them may still read them. */
export const publishLexicons = async (session: Session): Promise<PublishedLexicons> => {
  const standing = await lexiconsOf(session)
  const documents = ourDocuments()
  const writes = [...documents].flatMap(([id, document]) => {
    const value = { $type: SCHEMA, ...document }
    const known = standing.get(id)
    if (isDeepStrictEqual(known, value)) return []
    return [{ $type: `${WRITES}#${known === undefined ? 'create' : 'update'}`, collection: SCHEMA, rkey: id, value }]
  })
  if (writes.length > 0) await procedure(session.service, WRITES, { repo: session.did, writes }, session.accessJwt)
  const created = writes.filter(({ rkey }) => !standing.has(rkey)).length
  return { created, updated: writes.length - created, unchanged: documents.size - writes.length }
}

/** As the files say, without what the validator adds while it reads them. */
const ourDocuments = (): ReadonlyMap<string, object> =>
  new Map(
    [...catalog]
      .filter(({ id }) => id.startsWith(`${AUTHORITY}.`))
      .map(({ id, lexicon, defs, ...rest }) => [id, parseObject({ lexicon, id, ...rest, defs })]),
  )

const parseObject = (value: unknown): object => JSON.parse(JSON.stringify(value)) as object

const lexiconsOf = async (session: Session): Promise<ReadonlyMap<string, unknown>> => {
  const found = new Map<string, unknown>()
  let cursor: string | undefined
  do {
    const page = await query(session.service, 'com.atproto.repo.listRecords', {
      repo: session.did,
      collection: SCHEMA,
      limit: String(PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const { uri, value } of parseRecords(page['records'])) found.set(uri.split('/').at(-1) ?? '', value)
    cursor = typeof page['cursor'] === 'string' ? page['cursor'] : undefined
  } while (cursor !== undefined)
  return found
}

const parseRecords = (records: unknown): readonly { uri: string; value: unknown }[] =>
  Array.isArray(records) ? (records as { uri: string; value: unknown }[]) : []
