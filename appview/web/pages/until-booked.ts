// After a write: waits a moment until the record has come round by relay and books, so that the next page shows it. Never fails for being late.

import type { IntakeRow } from '../../journal/model.ts'
import type { PagesDeps } from './deps.ts'

const PATIENCE_MS = 3_000

/** A `cid` of null is a deletion; without one, anything under that address will do. */
export const untilBooked = (deps: PagesDeps, uri: string, cid?: string | null): Promise<void> =>
  untilThere(deps, uri, (row) => cid === undefined || row.cid === cid)

/** The last leaf that is read: what is written from now on comes behind it. */
export const leafNow = async ({ books }: PagesDeps): Promise<number> => (await books.state()).cursor.read.leaf

/** A record that may have stood there before: waits for what came behind that leaf. */
export const untilBookedBehind = (deps: PagesDeps, leaf: number, uri: string): Promise<void> =>
  untilThere(deps, uri, (row) => row.leaf > leaf)

const untilThere = async ({ books, clock }: PagesDeps, uri: string, isIt: (row: IntakeRow) => boolean): Promise<void> => {
  const over = new AbortController()
  const late = new AbortController()
  const patience = clock.sleep(PATIENCE_MS, over.signal).then(
    () => late.abort(),
    () => {},
  )
  for await (const _ of books.changed(late.signal)) {
    const [row] = await books.rows({ uri, limit: 1 })
    if (row !== undefined && isIt(row)) break
  }
  over.abort()
  await patience
}
