// Stores that are slow or ugly, around a good one: one yields before every answer, one fails before storing, one fails after storing.
// Faults come by a fixed rule and are counted, so that a test can see that they fired.

import type { Books, Store } from '../../appview/store/store.ts'

export type Faults = { fired: number }

export class DiskFault extends Error {}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** Every call waits a turn of the event loop before and after. */
export const yielding = (store: Store): Store => ({
  books: new Proxy(store.books, {
    get: (books, name: keyof Books) => {
      if (name === 'dump') return () => books.dump()
      if (name === 'changed') return (signal: AbortSignal) => books.changed(signal)
      return async (...args: unknown[]) => {
        await turn()
        const answer: unknown = await Reflect.apply(books[name], books, args)
        await turn()
        return answer
      }
    },
  }),
  desk: store.desk,
  work: store.work,
  leases: store.leases,
  close: () => store.close(),
})

/** Every second commit fails: 'before' stores nothing, 'after' has stored it all. */
export const failing = (store: Store, when: 'before' | 'after', faults: Faults): Store => {
  let calls = 0
  const commit: Books['commit'] = async (part) => {
    const fails = calls++ % 2 === 0
    if (fails && when === 'before') {
      faults.fired++
      throw new DiskFault('the disk failed before the commit')
    }
    await store.books.commit(part)
    if (!fails) return
    faults.fired++
    throw new DiskFault('the disk failed after the commit')
  }
  return { ...store, books: { ...store.books, commit } }
}
