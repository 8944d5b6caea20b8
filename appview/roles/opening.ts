// Processes that start at once in one folder open it one after the other: the first makes keys and schema, the others find them.

import { join } from 'node:path'
import type { Clock } from '../../server/clock.ts'
import { lockFile } from '../../server/sqlite.ts'
import { StartError } from '../../server/start-error.ts'
import { OPENING_PATIENCE_MS, OPENING_STEP_MS } from './limits.ts'

/** Throws what the work throws, and StartError when another process does not come to the end of its opening. */
export const inTurn = async <T>(folder: string, clock: Clock, work: () => Promise<T>): Promise<T> => {
  const lock = await lockInTime(join(folder, 'appview.opening.lock'), clock)
  try {
    return await work()
  } finally {
    lock[Symbol.dispose]()
  }
}

const lockInTime = async (file: string, clock: Clock): Promise<Disposable> => {
  const untilMs = clock.monotonicMs() + OPENING_PATIENCE_MS
  for (;;)
    try {
      return lockFile(file)
    } catch (error) {
      if (!(error instanceof StartError) || clock.monotonicMs() > untilMs) throw error
      await clock.sleep(OPENING_STEP_MS)
    }
}
