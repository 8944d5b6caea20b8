// What is decided and not yet stored, seen as if it were: so that a batch can be decided while the one before it is on its way to the disks. What is laid
// over may be stored meanwhile: it is the same then.

import { changeOf } from '../journal/doc-changes.ts'
import { dueOrder } from '../journal/draft.ts'
import type { Changes, Doc, DocChanges, Due, Slice } from '../journal/model.ts'
import type { Folding } from '../store/store.ts'

export type Ahead = Pick<Folding, 'load' | 'documents' | 'due'> & {
  /** From here on these changes are seen, and no others; null: what is stored. */
  readonly lay: (changes: Changes | null) => void
}

export const openAhead = ({ load, documents, due }: Pick<Folding, 'load' | 'documents' | 'due'>): Ahead => {
  let laid: Changes | null = null
  return {
    lay: (changes) => {
      laid = changes
    },
    documents: async () => {
      const stored = await documents()
      return stored === null || laid === null || stored.isAhead?.() === true ? stored : over(laid.put, stored)
    },
    load: async (keys) => {
      const put: DocChanges = laid?.put ?? new Map<string, Doc | null>()
      const found = new Map<string, Doc | null>()
      for (const key of keys) {
        const doc = put.get(key)
        if (doc !== undefined) found.set(key, doc)
      }
      const missing = keys.filter((key) => !found.has(key))
      if (missing.length > 0) for (const [key, doc] of await load(missing)) found.set(key, doc)
      return found
    },
    due: async (through, limit) => {
      const { dueAdd = [], dueRemove = [] } = laid ?? {}
      if (dueAdd.length + dueRemove.length === 0) return due(through, limit)
      const gone = new Set(dueRemove.map(nameOf))
      const dues = new Map<string, Due>()
      for (const one of await due(through, limit + dueRemove.length)) if (!gone.has(nameOf(one))) dues.set(nameOf(one), one)
      for (const one of dueAdd) if (one.at <= through) dues.set(nameOf(one), one)
      return [...dues.values()].toSorted(dueOrder).slice(0, limit)
    },
  }
}

const over = (put: DocChanges, stored: Slice): Slice => {
  const { of } = stored
  const get = (key: string): Doc | null | undefined => {
    const doc = put.get(key)
    return doc === undefined ? stored.get(key) : doc
  }
  const has = (key: string): boolean => put.get(key) !== undefined || stored.has(key)
  if (of === undefined) return { get, has }
  return {
    get,
    has,
    of: (kind, id) => {
      const doc = changeOf(put, kind, id)
      return doc === undefined ? of(kind, id) : doc
    },
  }
}

const nameOf = ({ at, kind, uri }: Due): string => `${at} ${kind} ${uri}`
