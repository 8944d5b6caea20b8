// A rebuild in two threads: this one reads and decides, the other writes. Documents that change often stay here and are sent when they are put out of
// memory; until the other thread has them in the file, they are found here.

import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Changes } from '../journal/model.ts'
import { openPacker } from './packed-transactions.ts'
import { COMMITTED, ENDED, packWritten } from './rebuild-messages.ts'
import type { RebuildMessage, WrittenDoc } from './rebuild-messages.ts'
import type { Tables } from './sqlite-tables.ts'

/** Batches on their way at most: as many as are decided while the other thread waits for the disk. */
const MOST_BATCHES = 48
const PLACES = 2
/** Documents of a batch at the end. */
const MOST_DOCS = 4_000
/** By so many percent of what was held the memory may grow before it is gone through for what is held no longer; 0: as usual, which is far more. */
const GROWING_PERCENT = 40
const AS_USUAL = 0
const growBy = (percent: number): void => setFlagsFromString(`--heap-growing-percent=${percent}`)

export type Apart = {
  /** Resolves when there is room for more. Rejects when the other thread has failed. */
  readonly write: (changes: Changes) => Promise<void>
  /** Resolves when all is in the file and nothing is held any more. */
  readonly end: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** `batch`: with which it was sent. */
type Waiting = { readonly doc: WrittenDoc; readonly batch: number }

/** The writing thread. While it is there the memory of all threads grows by steps. */
const openThread = (given: { readonly file: string; readonly room: Tables['room']; readonly shared: Int32Array }) => {
  const thread = new Worker(new URL('./rebuild-thread.ts', import.meta.url), {
    workerData: given,
    resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 48 },
  })
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  thread.on('error', (error) => failed.reject(error))
  growBy(GROWING_PERCENT)
  const ended = Promise.withResolvers<void>()
  thread.on('exit', () => {
    growBy(AS_USUAL)
    ended.resolve()
  })
  return {
    send: (message: RebuildMessage, moved: readonly ArrayBuffer[] = []): void => thread.postMessage(message, moved),
    ended: ended.promise,
    failed: failed.promise,
    terminate: () => thread.terminate(),
  }
}

export const openApart = ({ docs, dues, room }: Tables, file: string): Apart => {
  const shared = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT))
  const { send, ended, failed, terminate } = openThread({ file, room, shared })
  const pack = openPacker()
  let number = 0
  let outgoing: WrittenDoc[] = []
  const waiting = new Map<number, Waiting>()
  const forgetCommitted = (): void => {
    const committed = Atomics.load(shared, COMMITTED)
    for (const [of, one] of waiting) {
      if (one.batch > committed) return
      waiting.delete(of)
    }
  }
  const hasRoom = async (): Promise<void> => {
    for (;;) {
      const committed = Atomics.load(shared, COMMITTED)
      if (number - committed < MOST_BATCHES) return
      const changed = Atomics.waitAsync(shared, COMMITTED, committed)
      await Promise.race([changed.value, failed])
    }
  }
  docs.hold({
    put: (doc) => {
      outgoing.push(doc)
      waiting.delete(doc.number)
      waiting.set(doc.number, { doc, batch: number + 1 })
    },
    find: (of) => waiting.get(of)?.doc,
  })
  dues.hold()
  const write = async ({ transactions, refusals }: Pick<Changes, 'transactions' | 'refusals'>): Promise<void> => {
    number += 1
    const packed = pack(transactions)
    const docs = packWritten(outgoing)
    send({ kind: 'batch', number, transactions: packed, refusals, docs }, [packed.numbers.buffer, docs.numbers.buffer])
    outgoing = []
    forgetCommitted()
    await hasRoom()
  }
  return {
    write: async (changes) => {
      docs.change(changes.put)
      for (const due of changes.dueRemove) dues.remove(due)
      for (const due of changes.dueAdd) dues.add(due)
      await write(changes)
    },
    end: async () => {
      for (const _ of docs.release()) if (outgoing.length >= MOST_DOCS) await write({ transactions: [], refusals: [] })
      send({ kind: 'end', docs: packWritten(outgoing), dues: dues.taken() })
      await Promise.race([ended, failed])
      assert.equal(Atomics.load(shared, ENDED), 1, 'the thread of a rebuild has ended before its end')
      docs.forget()
    },
    stop: async () => {
      docs.forget()
      dues.forget()
      await terminate()
    },
  }
}
