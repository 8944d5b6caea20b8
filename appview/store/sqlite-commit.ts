// What a commit writes, as plain values that a thread may be sent, and how it is written: intake, documents, dues, entries and the cursor, under the
// epoch. The store and the thread that writes a backlog do it by this one piece.

import type { Due, Refusal } from '../journal/model.ts'
import { packDocs } from './docs-of-commit.ts'
import type { PackedDocs } from './docs-of-commit.ts'
import type { PackedTransactions, Packer } from './packed-transactions.ts'
import type { FoldWriter } from './sqlite-fold.ts'
import { packIntake } from './sqlite-intake.ts'
import type { IntakeTable, PackedIntake } from './sqlite-intake.ts'
import type { StateTable } from './sqlite-state.ts'
import type { Commit, CommitParts } from './store.ts'

export type PackedParts = {
  readonly intake: PackedIntake
  readonly docs: PackedDocs
  readonly dueAdd: readonly Due[]
  readonly dueRemove: readonly Due[]
  readonly refusals: readonly Refusal[]
  readonly transactions: PackedTransactions
}

export type PackedCommit = PackedParts & Pick<Commit, 'epoch' | 'expectedCursor' | 'nextCursor'>

/** `pack`: of whoever writes it; all that it packs is to be written in its order, or nothing any more. */
export const packParts = ({ intake, proofs, heads, changes }: CommitParts, pack: Packer): PackedParts => ({
  intake: packIntake(intake, proofs, heads),
  docs: packDocs(changes.put),
  dueAdd: changes.dueAdd,
  dueRemove: changes.dueRemove,
  refusals: changes.refusals,
  transactions: pack(changes.transactions),
})

export const packedCommit = ({ epoch, expectedCursor, nextCursor }: Commit, parts: PackedParts): PackedCommit => ({
  ...parts,
  epoch,
  expectedCursor,
  nextCursor,
})

type Parts = { readonly state: StateTable; readonly intake: Pick<IntakeTable, 'append'>; readonly fold: FoldWriter }

/** Throws StoreRefused, having written nothing; `andThen` is done before the cursor moves. Only inside a transaction. */
export const openCommitWriter =
  ({ state, intake, fold }: Parts) =>
  (commit: PackedCommit, andThen: () => void = () => {}): void => {
    state.check(commit.epoch, commit.expectedCursor)
    intake.append(commit.intake)
    fold.write(commit)
    andThen()
    state.move(commit.nextCursor)
  }
