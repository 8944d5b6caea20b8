// Permission sets as they were resolved last, so that what a person granted can be read while their authority is away.

import type { LexiconStore } from '@atproto/oauth-provider/store'
import type { Database } from '../../server/sqlite.ts'
import { parseLexicon } from './parse-stored.ts'

type Row = { lexicon: string | null; uri: string | null; created_ms: number; updated_ms: number; succeeded_ms: number | null }

export const createLexiconStore = (db: Database): LexiconStore => {
  const find = db.prepare<[string], Row>('SELECT * FROM oauth_lexicon WHERE nsid = ?')
  const store = db.prepare<[string, string | null, string | null, number, number, number | null]>(
    `INSERT INTO oauth_lexicon (nsid, lexicon, uri, created_ms, updated_ms, succeeded_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (nsid) DO UPDATE SET lexicon = excluded.lexicon, uri = excluded.uri, updated_ms = excluded.updated_ms, succeeded_ms = excluded.succeeded_ms`,
  )
  const remove = db.prepare<[string]>('DELETE FROM oauth_lexicon WHERE nsid = ?')
  return {
    findLexicon(nsid) {
      const row = find.get(nsid)
      if (row === undefined) return null
      return {
        lexicon: row.lexicon === null ? null : parseLexicon(row.lexicon),
        uri: row.uri,
        createdAt: new Date(row.created_ms),
        updatedAt: new Date(row.updated_ms),
        lastSucceededAt: row.succeeded_ms === null ? null : new Date(row.succeeded_ms),
      }
    },
    storeLexicon(nsid, { lexicon, uri, createdAt, updatedAt, lastSucceededAt }) {
      const text = lexicon === null ? null : JSON.stringify(lexicon)
      store.run(nsid, text, uri, createdAt.getTime(), updatedAt.getTime(), lastSucceededAt?.getTime() ?? null)
    },
    deleteLexicon: (nsid) => void remove.run(nsid),
  }
}
