// Changes of a store on MongoDB: a change stream on the state wakes whoever waits. A stream that was open during an election may never say anything
// again, so that the state is looked at besides; a change that the stream has not told by then is told, and the stream opened anew.

import type { ChangeStream, ChangeStreamDocument } from 'mongodb'
import { systemClock } from '../../server/clock.ts'
import { createChanges } from './changes.ts'
import type { Changes } from './changes.ts'
import type { StateRow, Tables } from './mongo-tables.ts'
import { stateKey } from './mongo-transaction.ts'

/** How late a change is told whatever becomes of the stream. */
export const LOOK_EVERY_MS = 1_000

/** `passed`: told first, so that whoever is woken looks at the newest moment. */
export const openChanges = (tables: Tables, passed: () => void): Changes =>
  createChanges((tell) =>
    watchState(tables, () => {
      passed()
      tell()
    }),
  )

const watchState = (tables: Tables, tell: () => void): Disposable => {
  let told = true
  let seen = ''
  let isOver = false
  let isLooking = false
  const onChange = (): void => {
    told = true
    tell()
  }
  const stream = openStream(tables, { onChange, onOpen: tell })
  const look = async (): Promise<void> => {
    const now = await printOf(tables)
    if (isOver || now === seen) return
    // What was stored before the stream began to be told of is told by the first look.
    if (seen === '' || !told) tell()
    if (seen !== '' && !told) stream.renew()
    ;[seen, told] = [now, false]
  }
  const timer = systemClock().every(LOOK_EVERY_MS, () => {
    if (isLooking) return
    isLooking = true
    // While there is no primary nothing changes.
    look()
      .catch(() => {})
      .finally(() => {
        isLooking = false
      })
  })
  return {
    [Symbol.dispose]: () => {
      isOver = true
      timer[Symbol.dispose]()
      stream.close()
    },
  }
}

/** As a majority has it, which is what whoever is woken sees. */
const printOf = async ({ state, book }: Tables): Promise<string> => {
  const row = await state.findOne({ _id: stateKey(book), b: book }, { readConcern: { level: 'majority' } })
  return `${row?.step} ${row?.epoch} ${row?.generation}`
}

type Stream = { renew(): void; close(): void }

const openStream = ({ state, book }: Tables, { onChange, onOpen }: { onChange: () => void; onOpen: () => void }): Stream => {
  const ofBook = [{ $match: { 'documentKey._id': stateKey(book) } }]
  let stream: ChangeStream<StateRow, ChangeStreamDocument<StateRow>> | null = null
  const close = (): void => {
    const former = stream
    stream = null
    former?.removeAllListeners('change')
    former?.removeAllListeners('resumeTokenChanged')
    former?.close().catch(() => {})
  }
  const open = (): void => {
    close()
    const opened = state.watch(ofBook)
    opened.on('change', onChange)
    // Once it is open: what was stored before is not told of.
    opened.once('resumeTokenChanged', onOpen)
    // What it does not say is seen by looking; then it is opened anew.
    opened.on('error', () => {})
    stream = opened
  }
  open()
  return { renew: open, close }
}
