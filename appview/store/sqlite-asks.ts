// Who is named by an open action, has said nothing of it yet, and so is asked to confirm it. One giver, however many acts they write, takes a few places
// of what is shown; givers some town knows come before everybody else.

import type { Doc } from '../journal/model.ts'
import type { Asked } from './store.ts'
import { placeOf } from './sqlite-tables.ts'
import type { Tables } from './sqlite-tables.ts'

/** Keeps the asks of an action as its document says. */
export const openAskWriter = ({ db, dids }: Tables) => {
  const drop = db.prepare('DELETE FROM ask WHERE uri = ?')
  const add = db.prepare('INSERT OR IGNORE INTO ask VALUES (?, ?, ?, ?)')
  return {
    set: (uri: string, doc: Doc | null): void => {
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
