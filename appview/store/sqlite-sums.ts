// Sums of postings by (entity, account, unit, category), from monthly buckets. Only the month in which known-at falls is counted from postings, from
// whichever of its ends is nearer. A period that cuts a month is counted from postings altogether.

import { dayNumber, endOfMonth, isFirstOfMonth, isLastOfMonth, monthOfDay, recordedMonth } from './months.ts'
import type { PackedLine } from './packed-lines.ts'
import { accountOfKind, categoryOfKind, eachSum, grow, kindNumber, monthNumber, unitOfKind } from './packed-sums.ts'
import type { Delta } from './packed-sums.ts'
import { openLinesBetween, openLinesOf } from './sqlite-pages.ts'
import { openScopeSums } from './sqlite-scope-sums.ts'
import type { SumRow } from './sqlite-scope-sums.ts'
import { createSumTable } from './sum-table.ts'
import type { SumTable } from './sum-table.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitOf } from './sqlite-tables.ts'
import type { Sum, SumQuery } from './store.ts'

/** 'entity': one entity. 'scope': the whole scope, entities not told apart. 'each': every entity of the scope. */
export type SumKind = 'entity' | 'scope' | 'each'

/** Which buckets (recorded months ≤ month), and which postings (after ≤ position < through) to add (1) or take away (−1). */
type Plan = { readonly month: number; readonly after: number; readonly through: number; readonly sign: 1 | -1 }

const LAST_MONTH = 999_912

/** Where a known-at cuts the buckets. */
export const planOf = (query: Pick<SumQuery, 'knownAt'>, positions: Positions): Plan => {
  const last = positions.last()
  const boundary = query.knownAt === undefined ? last : positions.upTo(query.knownAt)
  if (query.knownAt === undefined || boundary === last) return { month: LAST_MONTH, after: 0, through: 0, sign: 1 }
  const month = recordedMonth(query.knownAt.instant)
  const previous = month % 100 === 1 ? month - 89 : month - 1
  const start = Math.min(positions.before(endOfMonth(previous)), boundary)
  const end = positions.before(endOfMonth(month))
  return boundary - start <= end - boundary
    ? { month: previous, after: start, through: boundary, sign: 1 }
    : { month, after: boundary, through: end, sign: -1 }
}

export const openSums = (tables: Tables, positions: Positions) => {
  const { entity, scope, category } = tables
  const bucketed = openBucketed(tables)
  const scanned = openScans(tables)
  return (kind: SumKind, query: SumQuery): Sum[] => {
    const where = scope.find(query.scope)
    const who = query.entity === undefined ? 0 : entity.find(query.entity)
    if (where === 0 || (kind === 'entity' && who === 0)) return []
    const from = query.from === undefined ? 0 : dayNumber(query.from)
    const through = dayNumber(query.through)
    const whole = (from === 0 || isFirstOfMonth(from)) && isLastOfMonth(through)
    const plan = planOf(query, positions)
    const boundary = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const rows = whole
      ? [
          ...bucketed(kind, where, who, monthOfDay(from), monthOfDay(through), plan.month),
          ...scanned(kind, where, who, from, through, plan.after, plan.through).map((row) => ({
            ...row,
            amount: plan.sign * row.amount,
            postings: plan.sign * row.postings,
            signs: plan.sign * row.signs,
          })),
        ]
      : scanned(kind, where, who, from, through, 0, boundary)
    return merged(rows).map((row) => ({
      entity: row.entity === 0 ? null : entity.text(row.entity),
      account: row.account,
      unit: unitOf(row.unit),
      category: row.category === 0 ? null : category.text(row.category),
      amount: row.amount,
      signs: row.signs,
    }))
  }
}

/** Rows of one key joined, those without a posting left out, in a fixed order. */
const merged = (rows: readonly SumRow[]): SumRow[] => {
  const byKey = new Map<string, SumRow>()
  for (const row of rows) {
    const key = `${row.entity} ${row.unit} ${row.account} ${row.category}`
    const known = byKey.get(key)
    byKey.set(
      key,
      known === undefined
        ? row
        : { ...known, amount: known.amount + row.amount, postings: known.postings + row.postings, signs: known.signs + row.signs },
    )
  }
  return [...byKey.values()]
    .filter((row) => row.postings !== 0)
    .toSorted((a, b) => a.entity - b.entity || a.unit - b.unit || a.account - b.account || a.category - b.category)
}

type Bucketed = (kind: SumKind, where: number, who: number, from: number, through: number, month: number) => readonly SumRow[]

/** Whole months, from buckets. */
const openBucketed = (tables: Tables): Bucketed => {
  const { db } = tables
  const ofEntity = db
    .prepare<number[], [number, Uint8Array]>('SELECT entity, sums FROM bucket WHERE scope = ? AND entity = ? AND recorded <= ?')
    .raw()
  const ofEach = db.prepare<number[], [number, Uint8Array]>('SELECT entity, sums FROM bucket WHERE scope = ? AND recorded <= ?').raw()
  const ofScope = openScopeSums(tables)
  return (kind, where, who, from, through, month) => {
    if (kind === 'scope') return ofScope(where, from, through, month)
    const [first, last] = [monthNumber(from), monthNumber(through)]
    const rows = createRows()
    for (const [entity, sums] of kind === 'entity' ? ofEntity.iterate(where, who, month) : ofEach.iterate(where, month))
      eachSum(sums, (kind, effective, amount, postings, signs) => {
        if (effective >= first && effective <= last) rows.add(entity, kind, amount, postings, signs)
      })
    return rows.all()
  }
}

/** Rows added up by entity and kind of sum. */
const createRows = () => {
  const byEntity = new Map<number, Map<number, Delta>>()
  let last = { entity: -1, sums: new Map<number, Delta>() }
  return {
    add: (entity: number, kind: number, amount: number, postings: number, signs: number): void => {
      if (last.entity !== entity) {
        const sums = byEntity.get(entity) ?? new Map<number, Delta>()
        byEntity.set(entity, sums)
        last = { entity, sums }
      }
      grow(last.sums, kind, amount, postings, signs)
    },
    all: (): SumRow[] => {
      const rows: SumRow[] = []
      for (const [entity, sums] of byEntity)
        for (const [kind, sum] of sums)
          rows.push({ entity, account: accountOfKind(kind), unit: unitOfKind(kind), category: categoryOfKind(kind), ...sum })
      return rows
    },
  }
}

/** Any days, from postings (after < position ≤ upTo). */
const openScans = (tables: Tables) => {
  const linesBetween = openLinesBetween(tables)
  const linesOf = openLinesOf(tables)
  const ofScope = openScopeScans(tables)
  return (kind: SumKind, where: number, who: number, from: number, through: number, after: number, upTo: number): SumRow[] => {
    const rows = createRows()
    const take = ({ entity, scope, account, unit, amount, effective, category }: Readonly<PackedLine>): void => {
      if (scope !== where || effective < from || effective > through || (kind === 'entity' && entity !== who)) return
      rows.add(kind === 'scope' ? 0 : entity, kindNumber(unit, account, category), amount, 1, Math.sign(amount))
    }
    if (kind === 'entity') linesOf(who, after, upTo, take)
    else if (kind === 'scope' && upTo - after <= MOST_KEPT) {
      const sums = ofScope(where, after, upTo)
      for (let place = 0; place < sums.size(); place += 1) {
        const { kind: what, month: day, amount, postings, signs } = sums.sumAt(place)
        if (day >= from && day <= through) rows.add(0, what, amount, postings, signs)
      }
    } else linesBetween(after, upTo, take)
    return rows.all()
  }
}

/** Transactions of which the sums by day are kept. */
const MOST_KEPT = 200_000

/** Sums of a scope by effective day; those asked for last are kept, since one statement asks for several periods as known at one position. */
const openScopeScans = (tables: Tables) => {
  const linesBetween = openLinesBetween(tables)
  const sums = createSumTable()
  let kept = ''
  tables.onForget(() => {
    kept = ''
  })
  return (where: number, after: number, upTo: number): SumTable => {
    const asked = `${where} ${after} ${upTo}`
    if (kept === asked) return sums
    kept = ''
    sums.clear()
    linesBetween(after, upTo, ({ scope, account, unit, amount, effective, category }) => {
      if (scope === where) sums.add(0, kindNumber(unit, account, category), effective, amount, 1, Math.sign(amount))
    })
    kept = asked
    return sums
  }
}
