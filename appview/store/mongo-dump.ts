// All that is folded, as lines of text in a fixed order: two stores with equal intake give equal lines, whichever their engine.

import type { Collection } from 'mongodb'
import { compareBytes } from '../journal/units.ts'
import { jsonOfText } from './doc-text.ts'
import { readTexts } from './mongo-docs.ts'
import { within } from './mongo-keys.ts'
import { bucketsIn } from './mongo-buckets.ts'
import type { Bucket } from './mongo-buckets.ts'
import { pageKeys, transactionsIn, whenOf } from './mongo-pages.ts'
import type { Paged } from './mongo-pages.ts'
import { keysOnSheets } from './mongo-sheets.ts'
import type { Line, SumRow } from './mongo-tables.ts'
import type { View } from './mongo-transaction.ts'
import { partsOf } from '../journal/doc-changes.ts'

const PAGE = 1_000

type Cell = string | number | null

export async function* dumpFolded(view: View): AsyncGenerator<string> {
  for (const table of [docs, asks, dues, refusals, buckets, scopeBuckets, flows])
    for await (const row of table(view)) yield JSON.stringify(row)
  yield* transactions(view)
}

const compareCells = (a: Cell, b: Cell): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareBytes(String(a), String(b))

/** Rows in the order of these cells. */
const ordered = (rows: readonly (readonly Cell[])[], from: number, to: number): readonly (readonly Cell[])[] =>
  rows.toSorted((x, y) => {
    for (let cell = from; cell <= to; cell++) {
      const order = compareCells(x[cell] ?? '', y[cell] ?? '')
      if (order !== 0) return order
    }
    return 0
  })

const allOf = <R extends { readonly b: string; readonly _id: string }>({ session, folded }: View, table: Collection<R>) => {
  return table.aggregate<R>([{ $match: within(folded) }], { session }).toArray()
}

async function* docs(view: View): AsyncGenerator<readonly Cell[]> {
  const { tables, session, folded: b, names } = view
  const stored = await tables.doc
    .find(within(b), { session, projection: { _id: 1 } })
    .map(({ _id }) => _id.slice(b.length + 1))
    .toArray()
  const keys = await names.did.read([...stored, ...(await keysOnSheets(view))])
  const sorted = keys.toSorted(compareBytes)
  for (let at = 0; at < sorted.length; at += PAGE)
    for (const [key, text] of await readTexts(view, sorted.slice(at, at + PAGE)))
      yield ['doc', key, jsonOfText(...partsOf(key), text ?? '')]
}

async function* asks(view: View): AsyncGenerator<readonly Cell[]> {
  const rows = await allOf(view, view.tables.ask)
  const texts = await view.names.did.read(rows.flatMap(({ uri, did, giver }) => [uri, did, giver]))
  yield* ordered(
    rows.map(({ place }, index) => ['ask', ...texts.slice(index * 3, index * 3 + 3), place]),
    1,
    2,
  )
}

async function* dues(view: View): AsyncGenerator<readonly Cell[]> {
  const rows = await allOf(view, view.tables.due)
  const texts = await view.names.did.read(rows.flatMap(({ uri, value }) => [uri, value]))
  yield* ordered(
    rows.map(({ at, kind }, index) => ['due', at, kind, ...texts.slice(index * 2, index * 2 + 2)]),
    1,
    3,
  )
}

async function* refusals(view: View): AsyncGenerator<readonly Cell[]> {
  const rows = await allOf(view, view.tables.refusal)
  const texts = await view.names.did.read(rows.flatMap(({ repo, uri, value }) => [repo, uri, value]))
  const lines = rows.map(({ leaf, op, code }, index) => ['refusal', ...texts.slice(index * 3, index * 3 + 3), leaf, op, code])
  const sorted = lines.toSorted((x, y) => {
    for (const cell of [1, 2, 4, 5, 6]) {
      const order = compareCells(x[cell] ?? '', y[cell] ?? '')
      if (order !== 0) return order
    }
    return 0
  })
  for (const line of sorted) yield line.slice(0, 4)
}

const textsOf = async (
  { names }: View,
  rows: readonly { readonly s?: number; readonly e?: number; readonly c?: number; readonly g?: number; readonly t?: number }[],
) => {
  const pick = async (ids: readonly (number | undefined)[], read: (ids: readonly number[]) => Promise<string[]>) => {
    const wanted = [...new Set(ids)].filter((id) => id !== undefined && id !== 0)
    const texts = await read(wanted.map((id) => id ?? 0))
    const byId = new Map(wanted.map((id, index) => [id, texts[index] ?? '']))
    return (id: number): string => byId.get(id) ?? ''
  }
  return {
    scope: await pick(
      rows.flatMap(({ s, g, t }) => [s, g, t]),
      (ids) => names.scope.texts(ids),
    ),
    entity: await pick(
      rows.map(({ e }) => e),
      (ids) => names.entity.texts(ids),
    ),
    category: await pick(
      rows.map(({ c }) => c),
      (ids) => names.category.texts(ids),
    ),
  }
}

type Summed = Bucket & Pick<SumRow, 's' | 'd'> & { readonly e: number }

const summed = async (view: View, isWanted: (row: SumRow) => boolean): Promise<Summed[]> =>
  (await allOf(view, view.tables.sum)).filter(isWanted).flatMap(({ s, d, v }) => {
    return Object.entries(v).flatMap(([e, bytes]) => bucketsIn(bytes.value()).map((bucket) => ({ s, e: Number(e), d, ...bucket })))
  })

async function* buckets(view: View): AsyncGenerator<readonly Cell[]> {
  const rows = await summed(view, ({ g }) => g !== 0)
  const { scope, entity, category } = await textsOf(view, rows)
  const lines = rows.map(({ s, e, u, a, c, d, r, amount, postings, signs }): Cell[] => {
    return ['bucket', scope(s), entity(e), u, a, category(c), d, r, amount, postings, signs]
  })
  yield* ordered(lines, 1, 7)
}

async function* scopeBuckets(view: View): AsyncGenerator<readonly Cell[]> {
  const rows = await summed(view, ({ g }) => g === 0)
  const { scope, category } = await textsOf(view, rows)
  const lines = rows.map(({ s, u, a, c, d, r, amount, postings, signs }): Cell[] => {
    return ['scope_bucket', scope(s), u, a, category(c), d, r, amount, postings, signs]
  })
  yield* ordered(lines, 1, 6)
}

async function* flows(view: View): AsyncGenerator<readonly Cell[]> {
  const rows = await allOf(view, view.tables.flow)
  const { scope } = await textsOf(view, rows)
  yield* ordered(
    rows.map(({ g, t, u, a, d, r, amount }) => ['flow', scope(g), scope(t), u, a, d, r, amount]),
    1,
    6,
  )
}

/** In fold order. What falls due at one instant has no order of its own but that of uris, and these may have given way to names: it is put in order here. */
async function* transactions(view: View): AsyncGenerator<string> {
  const { tables, session, folded: b, state } = view
  let run: { readonly leaf: number | null; readonly at: string; readonly text: string }[] = []
  const flush = (): string[] => run.map(({ text }) => text).toSorted()
  for (let after = 0; after < state.counters.tx; after += PAGE) {
    const through = after + PAGE
    const pages = await tables.page.find({ b, _id: pageKeys(b, after, through) }, { session, sort: { _id: 1 } }).toArray()
    const found = pages.flatMap(transactionsIn).filter(({ n }) => n > after && n <= through)
    for (const { leaf, at, text } of await transactionTexts(view, found)) {
      const last = run.at(-1)
      if (last !== undefined && (leaf !== null || last.leaf !== null || at !== last.at)) {
        yield* flush()
        run = []
      }
      run.push({ leaf, at, text })
    }
  }
  yield* flush()
}

const transactionTexts = async (view: View, rows: readonly Paged[]) => {
  const heads = await view.names.did.read(rows.map(({ head }) => head))
  const { scope, entity, category } = await textsOf(
    view,
    rows.flatMap(({ lines }) => lines),
  )
  const cells = ({ e, s, a, u, m, d, o, c, r }: Line, line: number): Cell[] => [
    line,
    entity(e),
    scope(s),
    a,
    u,
    m,
    d,
    o,
    c === 0 ? null : category(c),
    r,
  ]
  return rows.map(({ head, lines }, index) => {
    const { leaf, recordedAt: at } = whenOf(head)
    return { leaf, at, text: JSON.stringify(['tx', leaf, at, heads[index] ?? '', lines.map(cells)]) }
  })
}
