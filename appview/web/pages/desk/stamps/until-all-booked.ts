// After an approval: waits a moment until every line has come round by relay and books, so that the next page shows the figures.

import type { SheetView } from '../../../../desk/operations.ts'
import type { PagesDeps } from '../../deps.ts'

const PATIENCE_MS = 3_000
const LOOK_EVERY_MS = 50

export const untilAllBooked = async ({ books, clock }: PagesDeps, { lines }: SheetView): Promise<void> => {
  const keys = lines.flatMap(({ state, action }) => (state === 'sent' && action !== null ? [`action:${action}`] : []))
  const until = clock.monotonicMs() + PATIENCE_MS
  while (clock.monotonicMs() < until) {
    const docs = await books.load(keys)
    if (keys.every((key) => isBooked(docs.get(key)))) return
    await clock.sleep(LOOK_EVERY_MS)
  }
}

const isBooked = (doc: unknown): boolean => typeof doc === 'object' && doc !== null && 'recognised' in doc && doc.recognised !== null
