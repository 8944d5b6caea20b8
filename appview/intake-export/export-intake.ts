// Writes the intake of a store as lines, leaf by leaf, never more than a page of it in memory. The private content of entries goes along only when asked
// for: that is for the auditor and the desk.

import { createHash } from 'node:crypto'
import { commitmentIn } from '../desk/commitment.ts'
import { partsOf } from '../follow/refold.ts'
import type { Part } from '../follow/writer.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import { townOf } from '../journal/roster.ts'
import type { Books, BooksState, Desk } from '../store/store.ts'
import { FORMAT, FORMAT_VERSION, HEADS_PER_LINE } from './format.ts'
import type { Head, LeafLine, Line, PrivateContent } from './format.ts'

const PAGE = 1_000

export type ExportOptions = {
  readonly books: Books
  readonly desk: Pick<Desk, 'entry'>
  readonly isPrivate: boolean
  readonly onProgress?: (done: number, total: number) => void
}

/** Nothing to export: the store follows no log yet. */
export class NothingToExport extends Error {
  override readonly name = 'NothingToExport'
}

/** Lines with their line ends. Throws NothingToExport. */
export async function* exportIntake({ books, desk, isPrivate, onProgress = () => {} }: ExportOptions): AsyncGenerator<string> {
  const state = await books.state()
  const hash = createHash('sha256')
  const said = { leaves: 0, rows: 0 }
  const total = (await books.counts()).intake
  const repos = new Set<string>()
  const say = (line: Line): string => {
    const text = `${JSON.stringify(line)}\n`
    hash.update(text)
    return text
  }
  yield say(headOf(state, isPrivate))
  for await (const part of partsIn(books, state.cursor.read.leaf)) {
    yield say(await lineOf({ books, desk, isPrivate, roster: state.roster }, part))
    for (const { repo } of part.rows) repos.add(repo)
    said.leaves += 1
    said.rows += part.rows.length
    onProgress(said.rows, total)
  }
  for (const dids of pagesOf([...repos], HEADS_PER_LINE)) yield say({ heads: [...(await books.heads(dids)).values()] })
  yield `${JSON.stringify({ end: { ...said, sha256: hash.digest('hex') } })}\n`
}

const headOf = ({ origin, roster, rules, cursor }: BooksState, isPrivate: boolean): Head => {
  if (origin === null) throw new NothingToExport('these books follow no log yet')
  return { format: FORMAT, v: FORMAT_VERSION, origin, roster, rules, read: cursor.read, private: isPrivate }
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

type Source = Pick<ExportOptions, 'books' | 'desk' | 'isPrivate'> & { readonly roster: Roster }

const lineOf = async (source: Source, { leaf, rows }: Part): Promise<LeafLine> => {
  const proof = await source.books.proof(leaf)
  const contents = source.isPrivate ? await contentsOf(source, rows) : []
  return {
    leaf,
    rows: rows.map(withoutContent),
    proof:
      proof === null
        ? null
        : { repo: proof.repo, didKey: proof.didKey, evidence: proof.evidence, car: Buffer.from(proof.car).toString('base64') },
    ...(contents.length === 0 ? {} : { private: contents }),
  }
}

const withoutContent = ({ payload: _payload, ...row }: IntakeRow): IntakeRow => row

const contentsOf = async ({ desk, roster }: Source, rows: readonly IntakeRow[]): Promise<readonly PrivateContent[]> => {
  const found: PrivateContent[] = []
  for (const { op, repo, leaf, payload, value } of rows) {
    const town = townOf(roster, repo, leaf)
    const commitment = commitmentIn(value)
    if (payload === undefined || town === undefined || commitment === undefined) continue
    const kept = await desk.entry(town, commitment)
    if (kept?.salt != null) found.push({ op, payload, salt: kept.salt })
  }
  return found
}

const pagesOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, page) => items.slice(page * size, (page + 1) * size))
