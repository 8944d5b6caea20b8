// A full disk is no failure of a commit: it is made again until there is room. Who waits says so once, and when it goes on.

import type { Log } from '../../server/log.ts'

/** Told at each try whether the store's disk was full. */
export type Room = { tell(isFull: boolean): void; isFull(): boolean }

const FULL = /^(?:SQLITE_FULL|SQLITE_IOERR_SHM(?:SIZE|OPEN)|ENOSPC)$/

export const isDiskFull = (error: unknown): boolean => error instanceof Error && 'code' in error && FULL.test(String(error.code))

export const openRoom = (log: Log): Room => {
  let isFull = false
  return {
    isFull: () => isFull,
    tell: (now) => {
      if (now === isFull) return
      isFull = now
      if (now)
        log.error('store.full', {
          message: 'The disk of the store is full: nothing more is read in until there is room; make some, and it goes on by itself',
        })
      else log.info('store.has-room')
    },
  }
}
