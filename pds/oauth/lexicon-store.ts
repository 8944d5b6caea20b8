// Permission sets as they were resolved last, so that what a person granted can be read while their authority is away. Anybody may ask for any name:
// what never resolved is remembered in memory, for the provider not to ask again at once, and both are bounded: what was asked for longest ago goes.

import type { LexiconData, LexiconStore } from '@atproto/oauth-provider/store'
import type { Database } from '../../server/sqlite.ts'
import { parseLexicon } from './parse-stored.ts'

export const LEXICONS_KEPT = 1_000
export const UNRESOLVED_KEPT = 1_000

type Row = { lexicon: string; uri: string | null; created_ms: number; updated_ms: number; succeeded_ms: number | null }

export const createLexiconStore = (db: Database): LexiconStore => {
  const find = db.prepare<[string], Row>('SELECT * FROM oauth_lexicon WHERE nsid = ? AND lexicon IS NOT NULL')
  const store = db.prepare<[string, string | null, string | null, number, number, number | null]>(
    `INSERT INTO oauth_lexicon (nsid, lexicon, uri, created_ms, updated_ms, succeeded_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (nsid) DO UPDATE SET lexicon = excluded.lexicon, uri = excluded.uri, updated_ms = excluded.updated_ms, succeeded_ms = excluded.succeeded_ms`,
  )
  const bound = db.prepare<[number]>(
    'DELETE FROM oauth_lexicon WHERE nsid IN (SELECT nsid FROM oauth_lexicon ORDER BY updated_ms DESC LIMIT -1 OFFSET ?)',
  )
  const remove = db.prepare<[string]>('DELETE FROM oauth_lexicon WHERE nsid = ?')
  const unresolved = new Map<string, LexiconData>()
  return {
    findLexicon(nsid) {
      const row = find.get(nsid)
      if (row === undefined) return unresolved.get(nsid) ?? null
      return {
        lexicon: parseLexicon(row.lexicon),
        uri: row.uri,
        createdAt: new Date(row.created_ms),
        updatedAt: new Date(row.updated_ms),
        lastSucceededAt: row.succeeded_ms === null ? null : new Date(row.succeeded_ms),
      }
    },
    storeLexicon(nsid, data) {
      const { lexicon, uri, createdAt, updatedAt, lastSucceededAt } = data
      unresolved.delete(nsid)
      if (lexicon === null) {
        unresolved.set(nsid, data)
        if (unresolved.size > UNRESOLVED_KEPT) unresolved.delete(unresolved.keys().next().value ?? nsid)
        return
      }
      store.run(nsid, JSON.stringify(lexicon), uri, createdAt.getTime(), updatedAt.getTime(), lastSucceededAt?.getTime() ?? null)
      bound.run(LEXICONS_KEPT)
    },
    deleteLexicon(nsid) {
      unresolved.delete(nsid)
      remove.run(nsid)
    },
  }
}
