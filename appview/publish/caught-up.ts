// Whether books have followed the log to where it stood when this was opened: until then they do not know what they may have published themselves, in a
// process before, or before they were restored.

import type { AskLog } from '../close/gaps.ts'
import type { Books } from '../store/store.ts'

/** Once it is so it stays so. Where the relay does not say how long its log is, nothing is waited for; while it does not answer, it is not known. */
export const openCaughtUp = (books: Pick<Books, 'state'>, askLog: AskLog): (() => Promise<boolean>) => {
  let upTo: number | null = null
  let isSo = false
  return async () => {
    if (isSo) return true
    if (upTo === null) {
      const log = await askLog()
      if (log === null) return false
      upTo = log.leaves ?? 0
    }
    isSo = (await books.state()).cursor.read.leaf >= upTo
    return isSo
  }
}
