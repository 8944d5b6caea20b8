// Rows of intake as a file of SQLite keeps them: a list without names of fields and without what another field says already; what only some rows have
// stands at its end. A row whose fields are not the usual ones in their order stands as JSON.

import type { IntakeRow } from '../journal/model.ts'

/** Stands for what is said elsewhere or what most rows have: no field it stands for holds a number. */
const SAID = 0
type Said = typeof SAID

/** Fields that only some rows have, in their order. */
type Rest = Omit<IntakeRow, Usual>
type Usual = (typeof USUAL)[number]
type RowList = readonly [
  origin: string,
  leaf: number,
  op: number,
  recordedAt: string,
  source: IntakeRow['source'] | Said,
  action: IntakeRow['action'] | Said,
  repo: string,
  collection: string,
  rkey: string,
  uri: string | Said,
  cid: string | null,
  value: IntakeRow['value'],
  rest?: Rest,
]

const USUAL = ['origin', 'leaf', 'op', 'recordedAt', 'source', 'action', 'repo', 'collection', 'rkey', 'uri', 'cid', 'value'] as const
const USUAL_SOURCE = 'record'
const USUAL_ACTION = 'create'

const uriOf = (repo: string, collection: string, rkey: string): string => `at://${repo}/${collection}/${rkey}`

export const textOfRow = (row: IntakeRow): string => {
  let nth = 0
  for (const field in row) {
    if (nth < USUAL.length && USUAL[nth] !== field) return JSON.stringify(row)
    nth += 1
  }
  if (nth < USUAL.length) return JSON.stringify(row)
  const { origin, leaf, op, recordedAt, source, action, repo, collection, rkey, uri, cid, value, ...rest } = row
  const list: RowList = [
    origin,
    leaf,
    op,
    recordedAt,
    source === USUAL_SOURCE ? SAID : source,
    action === USUAL_ACTION ? SAID : action,
    repo,
    collection,
    rkey,
    uri === uriOf(repo, collection, rkey) ? SAID : uri,
    cid,
    value,
  ]
  return JSON.stringify(nth === USUAL.length ? list : [...list, rest])
}

/** The same row again, its fields in the same order. `same`: of equal texts of a DID one, so that whoever looks by it for much does not compare them each time. */
export const rowOfText = (text: string, same: (did: string) => string = (did) => did): IntakeRow =>
  text.startsWith('[') ? rowOf(parseList(text), same) : parseRow(text)

const parseRow = (text: string): IntakeRow => JSON.parse(text)
const parseList = (text: string): RowList => JSON.parse(text)

const rowOf = (
  [origin, leaf, op, recordedAt, source, action, repo, collection, rkey, uri, cid, value, rest]: RowList,
  same: (did: string) => string,
): IntakeRow => ({
  origin,
  leaf,
  op,
  recordedAt,
  source: source === SAID ? USUAL_SOURCE : source,
  action: action === SAID ? USUAL_ACTION : action,
  repo: same(repo),
  collection,
  rkey,
  uri: uri === SAID ? uriOf(repo, collection, rkey) : uri,
  cid,
  value,
  ...rest,
})
