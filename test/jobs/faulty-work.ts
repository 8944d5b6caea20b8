// A store whose work part is slow or ugly: it yields before every answer, or every second change of it fails before or after it is stored. Faults are
// counted, so that a test can see that they fired.

import type { Store, Work } from '../../appview/store/store.ts'
import { DiskFault } from '../appview/faulty-store.ts'
import type { Faults } from '../appview/faulty-store.ts'

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

const around = (store: Store, call: (name: keyof Work, work: () => Promise<unknown>) => Promise<unknown>): Store => ({
  ...store,
  work: new Proxy(store.work, {
    get: (work, name: keyof Work) => {
      const member: unknown = work[name]
      // What wakes is no promise.
      return typeof member === 'function' && name !== 'waiting'
        ? (...args: unknown[]) => call(name, () => Reflect.apply(member, work, args))
        : member
    },
  }),
})

/** Every call waits a turn of the event loop before and after. */
export const yieldingWork = (store: Store): Store =>
  around(store, async (_name, work) => {
    await turn()
    const answer = await work()
    await turn()
    return answer
  })

const CHANGES: ReadonlySet<keyof Work> = new Set(['addJob', 'changeJob', 'tell', 'dropNotices'])

/** Every `nth` change fails: 'before' stores nothing, 'after' has stored it all. */
export const failingWork = (store: Store, when: 'before' | 'after', faults: Faults, nth = 2): Store => {
  let calls = 0
  return around(store, async (name, work) => {
    const fails = CHANGES.has(name) && calls++ % nth === 0
    if (fails && when === 'before') {
      faults.fired++
      throw new DiskFault('the disk failed before the change')
    }
    const answer = await work()
    if (!fails) return answer
    faults.fired++
    throw new DiskFault('the disk failed after the change')
  })
}

/** The caller asks again until it goes well, as everybody must who meets such a store. */
export const patient = (store: Store): Store =>
  around(store, async (_name, work) => {
    for (;;)
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof DiskFault)) throw error
      }
  })
