// Who is named by an open action, has said nothing of it yet, and so is asked to confirm it. One giver, however many acts they write, takes a few places
// of what is shown; givers some town knows come before everybody else.

import type { Database } from '../../server/sqlite.ts'
import type { Doc } from '../journal/model.ts'
import type { Asked } from './store.ts'
import { placeOf } from './places.ts'
import type { Ask } from './rebuild-messages.ts'
import { deleteMany } from './sqlite-many.ts'
import type { Dids } from './sqlite-dids.ts'
import type { Tables } from './sqlite-tables.ts'

const ACTION = 'action:'

/** Whom a document asks: an open action, those it names who have said nothing yet. */
export const asksOf = (key: string, doc: Doc | null): readonly Ask[] => {
  if (!key.startsWith(ACTION) || doc?.kind !== 'action' || doc.state !== 'open') return []
  if (doc.beneficiaries.length === 0 && doc.hostBody === null) return []
  const done = new Set([doc.repo, ...doc.confirmations.map(({ repo }) => repo)])
  const place = placeOf(doc.leaf, doc.op)
  return [...doc.beneficiaries.map((one) => one.did), doc.hostBody]
    .filter((did) => did !== null && !done.has(did))
    .map((did) => ({ did: did ?? '', giver: doc.repo, place }))
}

export type AskWriter = {
  /** Of an action these are the asks now; other documents have none. Only inside a transaction. */
  readonly set: (key: string, asks: readonly Ask[]) => void
  /** The same of many; the asks by the place of their action among the keys. */
  readonly setAll: (keys: readonly string[], asks: ReadonlyMap<number, readonly Ask[]>) => void
}

/** Keeps the asks of actions as their documents say that are written. */
export const openAskWriter = (db: Database, dids: Dids): AskWriter => {
  const drop = db.prepare('DELETE FROM ask WHERE uri = ?')
  const dropMany = deleteMany(db, 'ask', 'uri')
  const add = db.prepare('INSERT OR IGNORE INTO ask VALUES (?, ?, ?, ?)')
  const addOf = (uri: string, asks: readonly Ask[]): void => {
    for (const { did, giver, place } of asks) add.run(dids.write(uri), dids.write(did), dids.write(giver), place)
  }
  return {
    set: (key, asks) => {
      if (!key.startsWith(ACTION)) return
      const uri = key.slice(ACTION.length)
      drop.run(dids.seek(uri))
      addOf(uri, asks)
    },
    setAll: (keys, asks) => {
      dropMany(keys.filter((key) => key.startsWith(ACTION)).map((key) => dids.seek(key.slice(ACTION.length))))
      for (const [nth, asked] of asks) addOf((keys[nth] ?? '').slice(ACTION.length), asked)
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
