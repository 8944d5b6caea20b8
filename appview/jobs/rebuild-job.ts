// A rebuild of the books while the appview runs, as a job of whichever process follows the log: it stops following, folds all intake anew, and goes on.
// Begun again it begins anew; broken off it is finished by the next start in any case.

import { done, refused } from '../desk/outcome.ts'
import { fieldsOf } from '../journal/fields.ts'
import type { Json } from '../journal/model.ts'
import type { DoJob } from './kinds.ts'

export type Rebuilding = {
  /** Hash of the roster it is asked for; null: the one the books have. */
  readonly roster: string | null
  readonly progress: (done: number, total: number) => void
}

/** All intake folded anew; resolves when the log is followed again. Null: this process has another roster than the one asked for. */
export type Rebuild = (rebuilding: Rebuilding) => Promise<{ readonly rows: number; readonly transactions: number } | null>

export const rebuildJob =
  (rebuild: Rebuild): DoJob =>
  async ({ ask }, { tell }) => {
    const made = await rebuild({ roster: rosterIn(ask), progress: (now, total) => tell({ done: now, total, what: 'rows' }) })
    return made === null ? refused('job.other-roster') : done({ ...made })
  }

const rosterIn = (ask: Json): string | null => {
  const hash = fieldsOf(ask)?.['hash']
  return typeof hash === 'string' ? hash : null
}
