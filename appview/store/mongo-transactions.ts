// Transactions and refusals as they are read back.

import type { Refusal, Transaction as Booking } from '../journal/model.ts'
import { dateOfDay } from './months.ts'
import { lastPosition, upTo, upToLeaf } from './mongo-positions.ts'
import { BY_ID } from './mongo-keys.ts'
import { BY_ACT, BY_WHO, pageKeys, transactionsIn, whenOf } from './mongo-pages.ts'
import type { Paged } from './mongo-pages.ts'
import type { View, Work } from './mongo-transaction.ts'
import { actNumber } from './act-number.ts'
import { unitOf } from './sqlite-tables.ts'
import type { Booked, Books, TransactionQuery } from './store.ts'

export const openTransactions =
  (work: Work): Books['transactions'] =>
  (query) =>
    work.view(async (view) => {
      const { tables, session, folded: b } = view
      const boundary = query.knownAt === undefined ? lastPosition(view) : await upTo(view, query.knownAt)
      const { newestFirst = false, after, limit, leaf } = query
      const [first, last] = leaf === undefined ? [0, boundary] : [await upToLeaf(view, leaf - 1), await upToLeaf(view, leaf)]
      const low = Math.max(first, newestFirst ? 0 : (after ?? 0))
      const high = Math.min(last, boundary, newestFirst && after !== undefined ? after - 1 : boundary)
      const sought = await soughtIn(view, query)
      if (sought === null || high <= low) return []
      const sort = { _id: newestFirst ? -1 : 1 } as const
      const pages = tables.page.find(
        { b, ...sought.filter, _id: pageKeys(b, low, high) },
        { session, hint: sought.hint, sort, batchSize: PAGES },
      )
      const found: Paged[] = []
      for await (const page of pages) {
        const meant = transactionsIn(page).filter((one) => one.n > low && one.n <= high && sought.isMeant(one))
        found.push(...(newestFirst ? meant.toReversed() : meant))
        if (found.length >= limit) break
      }
      return bookedOf(view, found.slice(0, limit))
    })

const PAGES = 50

/** In which pages to look, and for what in them; null where nothing can be found. */
const soughtIn = async ({ names }: View, { entity, scope, action, leaf }: TransactionQuery) => {
  const [who = 0] = entity === undefined ? [] : await names.entity.find([entity])
  const [where = 0] = scope === undefined ? [] : await names.scope.find([scope])
  const [uri = ''] = action === undefined ? [] : await names.did.seek([action])
  if ((entity !== undefined && who === 0) || (scope !== undefined && where === 0)) return null
  const filter = {
    ...(entity === undefined ? {} : { who }),
    ...(action === undefined ? {} : { acts: actNumber(uri) }),
  }
  const isMeant = ({ head, lines }: Paged): boolean =>
    (entity === undefined || lines.some(({ e }) => e === who)) &&
    (scope === undefined || lines.some(({ s }) => s === where)) &&
    (action === undefined || whenOf(head).action === uri) &&
    (leaf === undefined || whenOf(head).leaf === leaf)
  const hint = entity === undefined ? (action === undefined ? BY_ID : BY_ACT) : BY_WHO
  return { filter, hint, isMeant }
}

const bookedOf = async ({ names }: View, rows: readonly Paged[]): Promise<Booked[]> => {
  const lines = rows.flatMap((row) => row.lines)
  const heads = await names.did.read(rows.map(({ head }) => head))
  const entities = await names.entity.texts(lines.map(({ e }) => e))
  const scopes = await names.scope.texts(lines.map(({ s }) => s))
  const categories = await names.category.texts(lines.map(({ c }) => c).filter((c) => c !== 0))
  const nextCategory = categories.values()
  let at = 0
  return rows.map((row, index) => ({
    ...parseHead(heads[index] ?? ''),
    lines: row.lines.map((line) => {
      const [entity, scope] = [entities[at] ?? '', scopes[at] ?? '']
      at += 1
      return {
        entity,
        scope,
        account: line.a,
        unit: unitOf(line.u),
        amount: line.m,
        ...(line.o === 0 ? {} : { effectiveDate: dateOfDay(line.d) }),
        ...(line.c === 0 ? {} : { category: nextCategory.next().value ?? '' }),
        ...(line.r === null ? {} : { receiver: line.r }),
      }
    }),
    position: row.n,
  }))
}

const parseHead = (text: string): Omit<Booking, 'lines'> => JSON.parse(text)

export const openRefusals =
  (work: Work): Books['refusals'] =>
  ({ repo: did, uri, limit }) =>
    work.view(async ({ tables, session, folded: b, names }) => {
      const [repo = '', stored = ''] = await names.did.seek([did, uri ?? ''])
      const sort = { leaf: -1, op: -1, uri: 1, code: 1 } as const
      const filter = uri === undefined ? { b, repo } : { b, repo, uri: stored }
      const found = await tables.refusal.find(filter, { session, sort, limit }).toArray()
      return (await names.did.read(found.map(({ value }) => value))).map(parseRefusal)
    })

const parseRefusal = (value: string): Refusal => JSON.parse(value)
