// Tells people what has happened, after it is in the books and apart from them: reads behind a cursor of its own, never within anybody's commit. What fails
// is tried again later and stops nobody. What is told moves the cursor with it, and its id is made of what happened: a crash, a restart or a rebuild
// of the books has nothing told twice.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { nsid } from '../../lexicons/authority.ts'
import { fieldsOf } from '../journal/fields.ts'
import type { IntakeRow, Json, Roster } from '../journal/model.ts'
import type { BooksState, Store } from '../store/store.ts'
import type { Word } from '../store/notices.ts'
import { NOTICES_EACH, NOTICES_SWEPT_MS, NOTICE_DAYS, NOTIFY_DESK_EVERY_MS, NOTIFY_EVERY_MS, NOTIFY_PAGES, NOTIFY_ROWS } from './limits.ts'
import { retrying } from './retrying.ts'
import { authorOfDesk, openWordsOfDesk, staffOf } from './words-of-desk.ts'
import { wordsOfRow } from './words-of-rows.ts'
import { wordsOfTransaction } from './words-of-transactions.ts'

export type NotifierDeps = { readonly store: Store; readonly roster: () => Roster; readonly clock: Clock; readonly log: Log }

export type Notifier = {
  /** Looks now; resolves when it has told what there is, or failed. */
  look(): Promise<void>
  close(): Promise<void>
}

const BOOKS = 'books'
const DESK = 'desk'
const TOLD_REMEMBERED = 10_000
const DAY_MS = 86_400_000

export const openNotifier = (deps: NotifierDeps): Notifier => {
  const { clock, store } = deps
  const toldHere = new Set<string>()
  const wordsOf = openWordsOfDesk(store, clock)
  const books = retrying(deps, 'notify.books-failed', () => tellBooks(deps))
  const desk = retrying(deps, 'notify.desk-failed', () => tellDesks(deps, { toldHere, wordsOf }))
  const sweep = retrying(deps, 'notify.sweep-failed', () => store.work.dropNotices({ before: oldest(clock) }))
  const timers = [
    clock.every(NOTIFY_EVERY_MS, () => void books.turn()),
    clock.every(NOTIFY_DESK_EVERY_MS, () => void desk.turn()),
    clock.every(NOTICES_SWEPT_MS, () => void sweep.turn()),
  ]
  return {
    look: async () => {
      await books.turn()
      await desk.turn()
    },
    close: async () => {
      for (const timer of timers) timer[Symbol.dispose]()
      await Promise.all([books, desk, sweep].map((one) => one.close()))
    },
  }
}

const oldest = (clock: Clock): string => new Date(clock.civilMs() - NOTICE_DAYS * DAY_MS).toISOString()

/** Rows up to this place and transactions up to this position are told, by books of these rules. */
type Cursor = { readonly leaf: number; readonly op: number; readonly position: number; readonly rules: number }

const parseCursor = (told: Json): Cursor | null => {
  const { leaf, op, position, rules } = fieldsOf(told) ?? {}
  if (typeof leaf !== 'number' || typeof op !== 'number' || typeof position !== 'number' || typeof rules !== 'number') return null
  return { leaf, op, position, rules }
}

const tellBooks = async (deps: NotifierDeps): Promise<void> => {
  const { books, work } = deps.store
  const state = await books.state()
  // Books that are being folded anew say nothing yet.
  if (state.origin === null || state.cursor.folded.leaf < state.cursor.read.leaf) return
  let cursor = await cursorNow(deps, state)
  for (let page = 0; page < NOTIFY_PAGES; page++) {
    const rows = (await books.intake(cursor, NOTIFY_ROWS)).filter(({ leaf }) => leaf <= state.cursor.folded.leaf)
    const booked = await books.transactions({ after: cursor.position, limit: NOTIFY_ROWS })
    const last = rows.at(-1)
    const next: Cursor = {
      ...(last === undefined ? { leaf: cursor.leaf, op: cursor.op } : { leaf: last.leaf, op: last.op }),
      position: booked.at(-1)?.position ?? cursor.position,
      rules: state.rules,
    }
    if (rows.length === 0 && booked.length === 0 && next.rules === cursor.rules) return
    const staff = (town: string) => staffOf(deps.store, deps.clock, town)
    const words: Word[] = []
    for (const row of rows) words.push(...(await wordsOfRow({ books, roster: deps.roster, staff }, row)))
    for (const one of booked) words.push(...(await wordsOfTransaction(books, one)))
    await dropWithdrawn(deps, rows)
    const told = words.filter(({ at }) => at >= oldest(deps.clock)).toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    await work.tell({ words: told, name: BOOKS, cursor: next, most: NOTICES_EACH })
    if (rows.length < NOTIFY_ROWS && booked.length < NOTIFY_ROWS) return
    cursor = next
  }
}

/** Other rules may count other transactions: they are looked through again from where notices begin; what was told is not told again. */
const cursorNow = async ({ store: { books, work }, clock }: NotifierDeps, { rules }: BooksState): Promise<Cursor> => {
  const known = parseCursor(await work.told(BOOKS))
  if (known?.rules === rules) return known
  const from = await books.leafBefore(oldest(clock))
  const [before] = from.leaf === 0 ? [] : await books.transactions({ newestFirst: true, knownAt: from, limit: 1 })
  const position = before?.position ?? 0
  return known === null ? { leaf: from.leaf, op: Number.MAX_SAFE_INTEGER, position, rules } : { ...known, position, rules }
}

/** What somebody took back is told no more. */
const dropWithdrawn = async ({ store: { books, work } }: NotifierDeps, rows: readonly IntakeRow[]): Promise<void> => {
  const gone = rows.filter(({ action, collection }) => action === 'delete' && collection === nsid.action)
  for (const author of new Set(gone.map(({ repo }) => repo)))
    for (const subject of await work.subjectsBy(author)) {
      const [newest] = await books.rows({ uri: subject, limit: 1 })
      if (newest === undefined || newest.action === 'delete') await work.dropNotices({ subject })
    }
}

/** `toldHere`: what need not be told again, since this process did. */
type DeskMemory = { readonly toldHere: Set<string>; readonly wordsOf: ReturnType<typeof openWordsOfDesk> }

const tellDesks = async (deps: NotifierDeps, { toldHere, wordsOf }: DeskMemory): Promise<void> => {
  const { work } = deps.store
  for (const town of deps.roster()) {
    const words = await wordsOf(town)
    const waiting = new Set(words.map(({ subject }) => subject))
    const told = await work.subjectsBy(authorOfDesk(town.code))
    for (const subject of told) if (!waiting.has(subject) && !subject.includes('/flags/')) await work.dropNotices({ subject })
    const fresh = words.filter(({ to, id }) => !toldHere.has(`${to} ${id}`))
    if (fresh.length > 0) await work.tell({ words: fresh, name: DESK, cursor: null, most: NOTICES_EACH })
    if (toldHere.size > TOLD_REMEMBERED) toldHere.clear()
    for (const { to, id } of fresh) toldHere.add(`${to} ${id}`)
  }
}
