// Writes the intake of a store as lines, leaf by leaf, never more than a page of it in memory, as far as it is for whom it is written (view.ts).

import { createHash } from 'node:crypto'
import { commitmentIn } from '../desk/commitment.ts'
import { partsOf } from '../follow/refold.ts'
import type { Part } from '../follow/writer.ts'
import { dayOf } from '../journal/calendar.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import { townOf } from '../journal/roster.ts'
import type { Books, BooksState, Desk } from '../store/store.ts'
import { FORMAT, FORMAT_VERSION, HEADS_PER_LINE } from './format.ts'
import type { Head, LeafLine, Line, PrivateContent } from './format.ts'
import { hasEntriesOf, lookedAt, shownIn } from './view.ts'
import type { Looked, View } from './view.ts'

const PAGE = 1_000

export type ExportOptions = {
  readonly books: Books
  readonly desk: Pick<Desk, 'entry'>
  readonly view: View
  readonly onProgress?: (done: number, total: number) => void
}

/** Nothing to export: the store follows no log yet. */
export class NothingToExport extends Error {
  override readonly name = 'NothingToExport'
}

/** Lines with their line ends. Throws NothingToExport. */
export async function* exportIntake({ books, desk, view, onProgress = () => {} }: ExportOptions): AsyncGenerator<string> {
  const state = await books.state()
  const hash = createHash('sha256')
  const said = { leaves: 0, rows: 0, withheld: 0 }
  const total = (await books.counts()).intake
  const looked = await lookedAt(books, view, dayOf(state.cursor.read.instant))
  const repos = new Set<string>()
  let done = 0
  const say = (line: Line): string => {
    const text = `${JSON.stringify(line)}\n`
    hash.update(text)
    return text
  }
  yield say(headOf(state, view))
  for await (const part of partsIn(books, state.cursor.read.leaf)) {
    const { line, withheld } = await lineOf({ books, desk, view: looked, roster: state.roster }, part)
    said.withheld += withheld
    done += part.rows.length
    onProgress(done, total)
    if (line.rows.length === 0) continue
    yield say(line)
    for (const { repo } of line.rows) repos.add(repo)
    said.leaves += 1
    said.rows += line.rows.length
  }
  for (const dids of pagesOf([...repos], HEADS_PER_LINE)) yield say({ heads: [...(await books.heads(dids)).values()] })
  yield `${JSON.stringify({ end: { ...said, sha256: hash.digest('hex') } })}\n`
}

const headOf = ({ origin, roster, rules, cursor }: BooksState, view: View): Head => {
  if (origin === null) throw new NothingToExport('these books follow no log yet')
  const isPrivate = view.of === 'town' || (view.of === 'operator' && view.isPrivate)
  const name = view.of === 'town' ? view.code : view.of
  return { format: FORMAT, v: FORMAT_VERSION, origin, roster, rules, read: cursor.read, private: isPrivate, view: name }
}

/** Leaf by leaf, up to this one: what comes meanwhile is not of this export. */
async function* partsIn(books: Pick<Books, 'intake'>, upTo: number): AsyncGenerator<Part> {
  let rest: IntakeRow[] = []
  let after = { leaf: 0, op: 0 }
  for (;;) {
    const page = await books.intake(after, PAGE)
    const isLast = page.length < PAGE
    const parts = partsOf([...rest, ...page])
    const whole = isLast ? parts : parts.slice(0, -1)
    for (const part of whole) {
      if (part.leaf > upTo) return
      yield part
    }
    if (isLast) return
    rest = [...(parts.at(-1)?.rows ?? [])]
    after = { leaf: page.at(-1)?.leaf ?? 0, op: page.at(-1)?.op ?? 0 }
  }
}

type Source = Pick<ExportOptions, 'books' | 'desk'> & { readonly view: Looked; readonly roster: Roster }

const lineOf = async (source: Source, { leaf, rows }: Part): Promise<{ readonly line: LeafLine; readonly withheld: number }> => {
  const { rows: shown, proof, withheld } = await shownIn(source.books, source.roster, source.view, leaf, rows)
  const contents = source.view.of === 'public' ? [] : await contentsOf(source, rows)
  const line = {
    leaf,
    rows: shown,
    proof:
      proof === null
        ? null
        : { repo: proof.repo, didKey: proof.didKey, evidence: proof.evidence, car: Buffer.from(proof.car).toString('base64') },
    ...(contents.length === 0 ? {} : { private: contents }),
  }
  return { line, withheld }
}

const contentsOf = async ({ desk, roster, view }: Source, rows: readonly IntakeRow[]): Promise<readonly PrivateContent[]> => {
  const found: PrivateContent[] = []
  for (const { op, repo, leaf, payload, value, residue } of rows) {
    const town = townOf(roster, repo, leaf)
    const commitment = commitmentIn(value)
    if (payload === undefined || town === undefined || commitment === undefined || !hasEntriesOf(view, town)) continue
    // What an erasure has left of it no longer hashes to what was committed to.
    if (residue !== undefined) {
      found.push({ op, payload, salt: '' })
      continue
    }
    const kept = await desk.entry(town, commitment)
    if (kept?.salt != null) found.push({ op, payload, salt: kept.salt })
  }
  return found
}

const pagesOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, page) => items.slice(page * size, (page + 1) * size))
