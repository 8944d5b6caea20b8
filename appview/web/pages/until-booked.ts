// After a write: waits a moment until the record has come round by relay and books, so that the next page shows it. Never fails for being late.
// A `cid` of null is a deletion; without one, anything under that address will do.

import type { PagesDeps } from './deps.ts'

const PATIENCE_MS = 3_000
const LOOK_EVERY_MS = 50

export const untilBooked = async ({ books, clock }: PagesDeps, uri: string, cid?: string | null): Promise<void> => {
  const until = clock.monotonicMs() + PATIENCE_MS
  while (clock.monotonicMs() < until) {
    const [row] = await books.rows({ uri, limit: 1 })
    if (row !== undefined && (cid === undefined || row.cid === cid)) return
    await clock.sleep(LOOK_EVERY_MS)
  }
}
