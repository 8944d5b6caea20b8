// A suite of the store contract asks for a fresh, empty store in each of its tests, and closes it.

import { test } from 'node:test'
import type { Store } from '../../appview/store/store.ts'

export type On = (title: string, work: (store: Store) => Promise<void>) => void

export const onFreshStore =
  (name: string, open: () => Store | Promise<Store>): On =>
  (title, work) =>
    void test(`${name}: ${title}`, async () => {
      const store = await open()
      try {
        await work(store)
      } finally {
        await store.close()
      }
    })
