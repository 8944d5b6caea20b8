// Accounts that are deleted, and erased thirty days later unless they come back: when, and what cannot have been written since.

import type { IntakeRow } from '../../appview/journal/model.ts'
import { jst, shift, start } from './second-fields.ts'

/** `nth`: how manieth of all erasures, by (time, leaf of the deletion). `i`: the row that says it. */
export type Departure = { readonly did: string; readonly at: number; readonly i: number; readonly nth: number }

const GRACE_DAYS = 30

/** Every erasure that these rows lead to, in the order in which they happen, whenever that is. */
export const departuresIn = (rows: readonly IntakeRow[]): readonly Departure[] => {
  const found = rows.flatMap(({ account, repo, recordedAt }, i) => {
    if (account?.status !== 'deleted') return []
    const at = start(shift(jst(recordedAt), GRACE_DAYS))
    const isAgain = rows.some((row, j) => j < i && row.repo === repo && row.account !== undefined && standsAt(rows, j, i, repo))
    const isBack = rows.some((row, j) => j > i && row.repo === repo && row.account?.active === true && Date.parse(row.recordedAt) < at)
    return isAgain || isBack ? [] : [{ did: repo, at, i }]
  })
  return found.toSorted((a, b) => a.at - b.at || a.i - b.i).map((one, index) => ({ ...one, nth: index + 1 }))
}

/** Whether row `j` has deleted the account, and nothing has happened to that until row `i`. */
const standsAt = (rows: readonly IntakeRow[], j: number, i: number, repo: string): boolean =>
  rows[j]?.account?.status === 'deleted' && !rows.slice(j + 1, i).some((row) => row.repo === repo && row.account !== undefined)

/** Who is away writes nothing, and who is erased is named by nobody: the rows that can be. */
export const withoutTheDeparted = (rows: readonly IntakeRow[]): readonly IntakeRow[] => {
  const kept: IntakeRow[] = []
  for (const row of rows) {
    const gone = departuresIn(kept).filter(({ at }) => at <= Date.parse(row.recordedAt))
    const last = kept.findLast(({ repo, account }) => repo === row.repo && account !== undefined)
    const isAway = last?.account?.status === 'deleted'
    const isErased = gone.some(({ did }) => did === row.repo)
    const names = JSON.stringify([row.value, row.payload ?? null])
    const namesGone = gone.some(({ did }) => names.includes(`"${did}"`))
    if (isErased || namesGone || (isAway && row.account?.active !== true)) continue
    kept.push(row)
  }
  return kept
}
