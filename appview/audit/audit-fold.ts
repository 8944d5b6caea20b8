// The books against their intake: the journal's invariants, the keys transactions are found by, and all that is folded against a fold of all intake into
// an empty store, table by table.

import { systemClock } from '../../server/clock.ts'
import { refoldIntake } from '../follow/refold.ts'
import { openWriter } from '../follow/writer.ts'
import { auditTransactions } from '../journal/audit.ts'
import { openSqliteStore } from '../store/sqlite-store.ts'
import type { Booked, Books } from '../store/store.ts'
import type { Found } from './found.ts'

const PAGE = 1_000

/** Entries balance, follow from one another, and are found by their entity, scope and action. */
export const auditJournal = async (books: Books, found: Found): Promise<void> => {
  const all: Booked[] = []
  for await (const booked of pagesOf(books, {})) all.push(booked)
  found.count('transactions', all.length)
  for (const { invariant, where, what } of auditTransactions(all)) found.say(where, `${invariant}: ${what}`)
  const scopes = new Map<string, Set<string>>()
  const byEntity = groupsOf(all, ({ lines }) => lines.map(({ entity }) => entity))
  for (const { lines } of all) for (const { entity, scope } of lines) scopes.set(entity, (scopes.get(entity) ?? new Set()).add(scope))
  for (const [entity, positions] of byEntity) {
    if (!(await isFound(books, { entity }, positions))) found.say(`entries of ${entity}`, 'they are not the entries with lines of theirs')
    const homes = await books.scopesOf(entity)
    if (homes.toSorted().join(' ') !== [...(scopes.get(entity) ?? [])].toSorted().join(' '))
      found.say(`entries of ${entity}`, 'its municipalities are not those of its lines')
  }
  for (const [action, positions] of groupsOf(all, (booked) => (booked.action === null ? [] : [booked.action])))
    if (!(await isFound(books, { action }, positions))) found.say(action, 'its entries are not found by it')
}

const groupsOf = (all: readonly Booked[], keysOf: (booked: Booked) => readonly string[]): Map<string, number[]> => {
  const groups = new Map<string, number[]>()
  for (const booked of all)
    for (const key of new Set(keysOf(booked))) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [booked.position])
      else group.push(booked.position)
    }
  return groups
}

type By = { readonly entity?: string; readonly action?: string }

const isFound = async (books: Books, by: By, positions: readonly number[]): Promise<boolean> => {
  const there: number[] = []
  for await (const { position } of pagesOf(books, by)) there.push(position)
  return there.length === positions.length && there.every((position, index) => position === positions[index])
}

async function* pagesOf(books: Books, by: By): AsyncGenerator<Booked> {
  for (let after = 0; ;) {
    const page = await books.transactions({ ...by, limit: PAGE, after })
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)?.position ?? after
  }
}

/** Folds all intake into an empty store and compares what comes out. */
export const auditFold = async (books: Books, found: Found): Promise<void> => {
  const { roster, cursor } = await books.state()
  const twin = openSqliteStore(':memory:')
  try {
    const reading = readingFrom(twin.books, books)
    const writer = await openWriter({ books: reading, clock: systemClock(), roster: () => roster })
    await refoldIntake(reading, { ...writer, cursor: () => ({ ...cursor, folded: writer.cursor().folded }) })
    await compareLines(books.dump(), twin.books.dump(), found)
  } finally {
    await twin.close()
  }
}

/** Of each table the first line that differs. */
const compareLines = async (ours: AsyncGenerator<string>, theirs: AsyncGenerator<string>, found: Found): Promise<void> => {
  const next = async (lines: AsyncGenerator<string>): Promise<string | undefined> => {
    const { value, done } = await lines.next()
    return done === true ? undefined : value
  }
  const past = async (lines: AsyncGenerator<string>, from: string | undefined, table: string): Promise<string | undefined> => {
    let line = from
    while (line !== undefined && tableOf(line) === table) line = await next(lines)
    return line
  }
  try {
    let [a, b] = [await next(ours), await next(theirs)]
    while (a !== undefined || b !== undefined) {
      found.count('lines')
      if (a !== b) {
        found.say('books', `intake folds to ${String(b)} where the books have ${String(a)}`)
        const tables = [a, b].flatMap((line) => (line === undefined ? [] : [tableOf(line)]))
        for (const table of tables) [a, b] = [await past(ours, a, table), await past(theirs, b, table)]
      } else [a, b] = [await next(ours), await next(theirs)]
    }
  } finally {
    // A store is busy as long as somebody reads its lines.
    await ours.return(undefined)
    await theirs.return(undefined)
  }
}

/** Lines are JSON arrays that begin with the name of their table. */
const tableOf = (line: string): string => line.slice(0, line.indexOf(','))

/** A store that folds what another one has taken in. */
const readingFrom = (twin: Books, source: Books): Books => ({
  ...twin,
  intake: (after, limit) => source.intake(after, limit),
  rows: (query) => source.rows(query),
  counts: () => source.counts(),
})
