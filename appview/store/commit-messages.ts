// What a store sends to the thread that writes a backlog for it, and what it hears.

import type { PackedCommit } from './sqlite-commit.ts'
import type { StoreRefused } from './store.ts'

/** `isAnew`: the store itself has written since, and what was remembered of the file may be otherwise. */
export type CommitMessage = { readonly commit: PackedCommit; readonly isAnew: boolean }

/** What came of a commit; `refused` is the reason of a StoreRefused. */
export type CommitAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly refused: StoreRefused['reason'] | null; readonly code: string | null; readonly message: string }
