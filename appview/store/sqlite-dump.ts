// All that is folded, as lines of text in a fixed order: two stores with equal intake give equal lines.

import type { Tables } from './sqlite-tables.ts'

// Each query names keys instead of integer ids, so that the lines do not depend on how a store numbers them.
const QUERIES: readonly string[] = [
  "SELECT 'doc', key, value FROM doc ORDER BY key",
  "SELECT 'ask', uri, did FROM ask ORDER BY uri, did",
  "SELECT 'due', at, kind, uri, value FROM due ORDER BY at, kind, uri",
  "SELECT 'refusal', repo, uri, value FROM refusal ORDER BY repo, uri, leaf, op, code",
  "SELECT 'tx', position, head FROM tx ORDER BY position",
  `SELECT 'posting', position, line, entity.key, scope.key, account, unit, amount, effective, own_effective, category.key, receiver
   FROM posting JOIN entity ON entity.id = entity JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category
   ORDER BY position, line`,
  `SELECT 'bucket', scope.key, entity.key, unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM bucket JOIN entity ON entity.id = entity JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category
   ORDER BY 2, 3, 4, 5, 6, 7, 8`,
  `SELECT 'scope_bucket', scope.key, unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM scope_bucket JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category ORDER BY 2, 3, 4, 5, 6, 7`,
]

export async function* dumpFolded({ db }: Tables): AsyncGenerator<string> {
  for (const query of QUERIES) for (const row of db.prepare<[], unknown[]>(query).raw().iterate()) yield JSON.stringify(row)
}
