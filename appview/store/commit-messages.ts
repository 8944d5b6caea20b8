// What a store sends to the thread that writes a backlog for it, and what it hears.

import type { CommitHead, CommitPiece, PackedRest } from './sqlite-commit.ts'
import type { StoreRefused } from './store.ts'

/** One commit after the other, each in these messages; `isAnew`: the store itself has written since, and what was remembered of the file may be otherwise. */
export type CommitMessage =
  | { readonly kind: 'begin'; readonly head: CommitHead; readonly isAnew: boolean }
  | { readonly kind: 'piece'; readonly piece: CommitPiece }
  | { readonly kind: 'end'; readonly rest: PackedRest; readonly head: CommitHead }
  /** Nothing follows: what stands in the log is moved into the file. */
  | { readonly kind: 'settle' }

/** What came of a commit, or of settling; `refused` is the reason of a StoreRefused. */
export type CommitAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly refused: StoreRefused['reason'] | null; readonly code: string | null; readonly message: string }
