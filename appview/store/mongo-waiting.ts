// Tells on MongoDB that a record or a job was added, by any process, so that whoever does them need not wait until they look. A stream that was open during an
// election may stay silent: it is opened anew each minute, and who waits looks besides.

import type { ChangeStream, Db } from 'mongodb'
import { systemClock } from '../../server/clock.ts'
import { createChanges } from './changes.ts'
import type { Work } from './work.ts'

const LOOK_EVERY_MS = 1_000
const OPENED_ANEW_MS = 60_000

export const openWaiting = (db: Db, b: string): Work['waiting'] => createChanges((tell) => watchAdded(db, b, tell)).changed

const watchAdded = (db: Db, b: string, tell: () => void): Disposable => {
  const added = [{ $match: { operationType: 'insert', 'ns.coll': { $in: ['outbox', 'job'] }, 'fullDocument.b': b } }]
  const clock = systemClock()
  let stream: ChangeStream | null = null
  let openedMs = 0
  const close = (): void => {
    const former = stream
    stream = null
    former?.removeAllListeners('change')
    former?.close().catch(() => {})
  }
  const open = (): void => {
    close()
    const opened = db.watch(added)
    openedMs = clock.monotonicMs()
    opened.on('change', tell)
    // Once it is open: what was added before is not told of.
    opened.once('resumeTokenChanged', tell)
    opened.on('error', () => {
      if (stream === opened) stream = null
    })
    stream = opened
  }
  open()
  const timer = clock.every(LOOK_EVERY_MS, () => {
    if (stream === null || clock.monotonicMs() - openedMs > OPENED_ANEW_MS) open()
  })
  return {
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]()
      close()
    },
  }
}
