// A rebuild of the books while the appview runs, as a job of whichever process follows the log: it stops following, folds all intake anew, and goes on.
// Begun again it begins anew; broken off it is finished by the next start in any case.

import { done } from '../desk/outcome.ts'
import type { DoJob } from './kinds.ts'

/** All intake folded anew; resolves when the log is followed again. */
export type Rebuild = (progress: (done: number, total: number) => void) => Promise<{ readonly rows: number; readonly transactions: number }>

export const rebuildJob =
  (rebuild: Rebuild): DoJob =>
  async (_job, { tell }) => {
    const { rows, transactions } = await rebuild((now, total) => tell({ done: now, total, what: 'rows' }))
    return done({ rows, transactions })
  }
