// What a commit writes, as plain values that a thread may be sent, and how it is written: intake, documents, dues, entries and the cursor, under the
// epoch. The store and the thread that writes a backlog do it by this one piece.

import { setImmediate } from 'node:timers/promises'
import type { Due, Refusal } from '../journal/model.ts'
import { openDocWriter, packDocs, sizesOf } from './docs-of-commit.ts'
import type { PackedDocs } from './docs-of-commit.ts'
import { openPacker } from './packed-transactions.ts'
import type { PackedTransactions } from './packed-transactions.ts'
import type { FoldWriter } from './sqlite-fold.ts'
import { packIntake } from './sqlite-intake.ts'
import type { IntakeTable, PackedIntake } from './sqlite-intake.ts'
import type { StateTable } from './sqlite-state.ts'
import type { Tables } from './sqlite-tables.ts'
import type { Commit, CommitParts } from './store.ts'

/** Rows and documents, a piece at a time: of a small one little is left that outlives the next collection of young objects. */
export type CommitPiece = { readonly intake: PackedIntake } | { readonly docs: PackedDocs }

export type PackedRest = {
  readonly dueAdd: readonly Due[]
  readonly dueRemove: readonly Due[]
  readonly refusals: readonly Refusal[]
  readonly transactions: PackedTransactions
}

export type PackedParts = { readonly pieces: readonly CommitPiece[]; readonly rest: PackedRest }

/** Between which positions a commit leads, and under which epoch. */
export type CommitHead = Pick<Commit, 'epoch' | 'expectedCursor' | 'nextCursor'>

const MOST_OF_PIECE = 500

const pack = openPacker({ isForOne: true })

export const packParts = (parts: CommitParts): PackedParts => ({ pieces: [...piecesOf(parts)], rest: restOf(parts) })

/** The same, and whoever else has something to do comes in after each piece. */
export const packPartsByTurns = async (parts: CommitParts): Promise<PackedParts> => {
  const pieces: CommitPiece[] = []
  for (const piece of piecesOf(parts)) {
    pieces.push(piece)
    await setImmediate()
  }
  return { pieces, rest: restOf(parts) }
}

function* piecesOf({ intake, proofs, heads, changes }: CommitParts): Generator<CommitPiece> {
  const most = Math.max(intake.length, proofs.length, heads.length)
  for (let at = 0; at < most; at += MOST_OF_PIECE) {
    const of = <T>(all: readonly T[]): readonly T[] => all.slice(at, at + MOST_OF_PIECE)
    yield { intake: packIntake(of(intake), of(proofs), of(heads)) }
  }
  // After all rows: what these name has its number by then.
  const docs = [...changes.put]
  for (let at = 0; at < docs.length; at += MOST_OF_PIECE) yield { docs: packDocs(docs.slice(at, at + MOST_OF_PIECE)) }
}

const restOf = ({ changes: { dueAdd, dueRemove, refusals, transactions } }: CommitParts): PackedRest => ({
  dueAdd,
  dueRemove,
  refusals,
  transactions: pack(transactions),
})

/** How long the texts of all documents are, in their order. */
export const docSizesOf = ({ pieces }: PackedParts): readonly number[] =>
  pieces.flatMap((piece) => ('docs' in piece ? sizesOf(piece.docs) : []))

export const headOf = ({ epoch, expectedCursor, nextCursor }: CommitHead): CommitHead => ({ epoch, expectedCursor, nextCursor })

type Parts = { readonly state: StateTable; readonly intake: Pick<IntakeTable, 'append'>; readonly fold: FoldWriter }

/** The steps of a commit. Only inside a transaction. */
export type CommitWriter = {
  /** Throws StoreRefused. */
  readonly begin: (head: CommitHead) => void
  readonly piece: (piece: CommitPiece) => void
  readonly rest: (rest: PackedRest) => void
  readonly end: (head: CommitHead) => void
  /** All of them; `andThen` is done before the cursor moves. */
  readonly whole: (head: CommitHead, packed: PackedParts, andThen: () => void) => void
}

export const openCommitWriter = (tables: Tables, { state, intake, fold }: Parts): CommitWriter => {
  const writeDocs = openDocWriter(tables)
  const begin = ({ epoch, expectedCursor }: CommitHead): void => state.check(epoch, expectedCursor)
  const piece = (one: CommitPiece): void => {
    if ('intake' in one) intake.append(one.intake)
    else writeDocs(one.docs)
  }
  const end = ({ nextCursor }: CommitHead): void => state.move(nextCursor)
  return {
    begin,
    piece,
    rest: fold.write,
    end,
    whole: (head, { pieces, rest }, andThen) => {
      begin(head)
      for (const one of pieces) piece(one)
      fold.write(rest)
      andThen()
      end(head)
    },
  }
}
