// Who is named by an open action, has said nothing of it yet, and so is asked to confirm it. One giver, however many acts they write, takes a few places
// of what is shown; givers some town knows come before everybody else.

import type { Database } from '../../server/sqlite.ts'
import type { Doc } from '../journal/model.ts'
import type { Asked } from './store.ts'
import { placeOf } from './places.ts'
import type { Dids } from './sqlite-dids.ts'
import type { Tables } from './sqlite-tables.ts'

const ACTION = 'action:'

/** Keeps the asks of actions as their documents say that are written. */
export const openAskWriter = (db: Database, dids: Dids) => {
  const drop = db.prepare('DELETE FROM ask WHERE uri = ?')
  const add = db.prepare('INSERT OR IGNORE INTO ask VALUES (?, ?, ?, ?)')
  return {
    written: (key: string, doc: Doc | null): void => {
      if (!key.startsWith(ACTION)) return
      const uri = key.slice(ACTION.length)
      drop.run(dids.seek(uri))
      if (doc?.kind !== 'action' || doc.state !== 'open') return
      const done = new Set([doc.repo, ...doc.confirmations.map(({ repo }) => repo)])
      const place = placeOf(doc.leaf, doc.op)
      for (const did of [...doc.beneficiaries.map((one) => one.did), doc.hostBody])
        if (did !== null && !done.has(did)) add.run(dids.write(uri), dids.write(did), dids.write(doc.repo), place)
    },
  }
}

const ACTIVE = "NOT EXISTS (SELECT 1 FROM doc WHERE key = 'account:' || giver)"
const KNOWN = "EXISTS (SELECT 1 FROM doc WHERE key IN ('admissions:' || giver, 'hosts:' || giver))"

/** Answers `Books.asked`. */
export const openAsks = ({ db, dids }: Tables) => {
  const shown = db.prepare<[string, number, number], { uri: string }>(
    `SELECT uri FROM (SELECT uri, giver, place, row_number() OVER (PARTITION BY giver ORDER BY place DESC) AS nth FROM ask WHERE did = ?)
     WHERE nth <= ? AND ${ACTIVE} ORDER BY ${KNOWN} DESC, place DESC LIMIT ?`,
  )
  const total = db.prepare<[string], { n: number }>(`SELECT count(*) AS n FROM ask WHERE did = ? AND ${ACTIVE}`)
  return (did: string, { perGiver, limit }: { readonly perGiver: number; readonly limit: number }): Asked => ({
    uris: shown.all(dids.seek(did), perGiver, limit).map(({ uri }) => dids.read(uri)),
    total: total.get(dids.seek(did))?.n ?? 0,
  })
}
