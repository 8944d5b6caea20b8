// Folds what intake holds and the journal does not yet: the whole of it after a reset or by new rules, the rest of it after a crash.

import type { IntakeRow } from '../journal/model.ts'
import { RULES } from '../journal/rules.ts'
import type { Books } from '../store/store.ts'
import { START } from '../store/store.ts'
import { REBUILD_ROWS, REBUILD_ROWS_AT_HAND } from './limits.ts'
import type { Part, Writer } from './writer.ts'

export type Progress = (done: number, total: number) => void

/** Drops what other rules than the present ones folded; gives the version of those, null where there is nothing to drop. Fences off an open writer. */
export const dropOtherRules = async (books: Books): Promise<number | null> => {
  if ((await (await books.folding()).state()).rules === RULES) return null
  const { rules } = await books.state()
  await books.resetFold(await books.takeEpoch(), RULES)
  return rules
}

/** Folds rows after the folded cursor up to what was read, and the due entries up to the instant that was reached. */
export const refoldIntake = async (books: Books, writer: Writer, progress: Progress = () => {}): Promise<number> => {
  const { folded, read } = writer.cursor()
  const isThere = folded.leaf === read.leaf && folded.instant === read.instant
  if (!isThere && folded.leaf === START.leaf && folded.instant === START.instant) await books.beginRebuild()
  const rows = isThere ? 0 : await foldRest(books, writer, progress)
  await books.endRebuild()
  return rows
}

const foldRest = async (books: Books, writer: Writer, progress: Progress): Promise<number> => {
  const { folded, read } = writer.cursor()
  const total = (await books.counts()).intake
  let done = 0
  let after = { leaf: folded.leaf, op: Number.MAX_SAFE_INTEGER }
  const isAtHand = (await (await books.folding()).documents()) !== null
  const usual = isAtHand ? REBUILD_ROWS_AT_HAND : REBUILD_ROWS
  let limit = usual
  /** The rows before: these are read and decided while those are stored. */
  let storing: Promise<void> = Promise.resolve()
  for (;;) {
    const rows = await books.intake(after, limit)
    const isLast = rows.length < limit
    const whole = isLast ? rows : withoutLastLeaf(rows)
    // One leaf larger than the page: a page that holds it all.
    limit = whole.length === 0 ? limit * 2 : usual
    const before = storing
    storing = whole.length > 0 ? writer.refold(partsOf(whole)) : before
    // Told of by whoever waits for the rows behind them.
    storing.catch(() => {})
    await before
    done += whole.length
    progress(done, total)
    if (isLast) break
    after = { leaf: whole.at(-1)?.leaf ?? after.leaf, op: Number.MAX_SAFE_INTEGER }
  }
  await storing
  await writer.advance(read.instant)
  await writer.settle()
  return done
}

// A page may end within a leaf; its rows belong to one commit.
const withoutLastLeaf = (rows: readonly IntakeRow[]): readonly IntakeRow[] => {
  const last = rows.at(-1)?.leaf
  const cut = rows.findIndex((row) => row.leaf === last)
  return rows.slice(0, cut)
}

/** Rows in order, as one part per leaf. */
export const partsOf = (rows: readonly IntakeRow[]): Part[] => {
  const parts: { leaf: number; recordedAt: string; rows: IntakeRow[] }[] = []
  for (const row of rows) {
    const last = parts.at(-1)
    if (last?.leaf === row.leaf) last.rows.push(row)
    else parts.push({ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row] })
  }
  return parts
}
