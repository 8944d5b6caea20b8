// The one row that says where a store stands: origin, roster, epoch, cursor.

import type { Database } from '../../server/sqlite.ts'
import type { Roster } from '../journal/model.ts'
import { gone, inBooks, keptAfter, keptWith } from './kept-roster.ts'
import type { BooksState, Cursor, Origin } from './store.ts'
import { StoreRefused } from './store.ts'

type StateRow = {
  origin: string | null
  roster: string
  epoch: number
  rules: number
  step: number
  read_leaf: number
  read_instant: string
  folded_leaf: number
  folded_instant: string
}

export type StateTable = {
  read(): BooksState
  bind(origin: Origin): void
  setRoster(towns: Roster): void
  /** The books are other ones from here on: who is not in it any more has left. */
  changeRoster(towns: Roster): void
  takeEpoch(): number
  setRules(rules: number): void
  /** Throws StoreRefused unless this writer holds the newest epoch and knows the present cursor. */
  check(epoch: number, expected: Cursor): void
  checkEpoch(epoch: number): void
  move(cursor: Cursor): void
}

const sameOrigin = (a: Origin, b: Origin): boolean => a.name === b.name && a.key === b.key && a.base === b.base && a.created === b.created

export const openState = (db: Database): StateTable => {
  const select = db.prepare<[], StateRow>('SELECT * FROM state WHERE id = 1')
  const update = db.prepare<[number, number, string, number, string]>(
    'UPDATE state SET step = ?, read_leaf = ?, read_instant = ?, folded_leaf = ?, folded_instant = ? WHERE id = 1',
  )
  const stored = (): StateRow => select.get() ?? lost()
  const read = (): BooksState => {
    const row = stored()
    const kept = parseRoster(row.roster)
    return {
      origin: row.origin === null ? null : parseOrigin(row.origin),
      roster: inBooks(kept),
      left: gone(kept),
      epoch: row.epoch,
      rules: row.rules,
      cursor: {
        read: { leaf: row.read_leaf, instant: row.read_instant },
        folded: { leaf: row.folded_leaf, instant: row.folded_instant },
        step: row.step,
      },
    }
  }
  const keep = (kept: Roster): void => void db.prepare('UPDATE state SET roster = ? WHERE id = 1').run(JSON.stringify(kept))
  const checkEpoch = (epoch: number): void => {
    const now = read().epoch
    if (now !== epoch) throw new StoreRefused('epoch', `writer of epoch ${epoch} is fenced off by epoch ${now}`)
  }
  return {
    read,
    bind: (origin) => {
      const bound = read().origin
      if (bound !== null && !sameOrigin(bound, origin))
        throw new StoreRefused(
          'origin',
          `this store holds the log of ${bound.name} (created ${bound.created}), not that of ${origin.name} (created ${origin.created})`,
        )
      db.prepare('UPDATE state SET origin = ? WHERE id = 1').run(JSON.stringify(origin))
    },
    setRoster: (towns) => keep(keptWith(parseRoster(stored().roster), towns)),
    changeRoster: (towns) => keep(keptAfter(parseRoster(stored().roster), towns)),
    setRules: (rules) => void db.prepare('UPDATE state SET rules = ? WHERE id = 1').run(rules),
    takeEpoch: () => {
      db.prepare('UPDATE state SET epoch = epoch + 1 WHERE id = 1').run()
      return read().epoch
    },
    checkEpoch,
    check: (epoch, expected) => {
      checkEpoch(epoch)
      const { cursor } = read()
      if (cursor.step !== expected.step)
        throw new StoreRefused('cursor', `expected commit ${expected.step} to be the last one, the store has ${cursor.step}`)
    },
    move: (cursor) => void update.run(cursor.step, cursor.read.leaf, cursor.read.instant, cursor.folded.leaf, cursor.folded.instant),
  }
}

const lost = (): never => {
  throw new Error('the store has lost its state row')
}

const parseOrigin = (text: string): Origin => JSON.parse(text)

const parseRoster = (text: string): Roster => JSON.parse(text)
