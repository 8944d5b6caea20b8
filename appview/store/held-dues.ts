// What falls due, in memory: by instant, since what is written in one day mostly lapses together.

import { dueOrder } from '../journal/draft.ts'
import type { Due } from '../journal/model.ts'

export type HeldDues = {
  readonly add: (due: Due) => void
  readonly remove: (due: Due) => void
  /** At or before an instant, in order. */
  readonly through: (instant: string, limit: number) => readonly Due[]
  readonly next: () => string | null
  readonly all: () => readonly Due[]
}

const keyOf = ({ kind, uri }: Due): string => `${kind} ${uri}`

export const createHeldDues = (): HeldDues => {
  const byInstant = new Map<string, Map<string, Due>>()
  /** In order. */
  const instants: string[] = []
  const placeOf = (at: string): number => {
    let [low, high] = [0, instants.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((instants[middle] ?? '') < at) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    add: (due) => {
      const known = byInstant.get(due.at)
      if (known !== undefined) return void known.set(keyOf(due), due)
      byInstant.set(due.at, new Map([[keyOf(due), due]]))
      instants.splice(placeOf(due.at), 0, due.at)
    },
    remove: (due) => {
      const known = byInstant.get(due.at)
      if (known?.delete(keyOf(due)) !== true || known.size > 0) return
      byInstant.delete(due.at)
      instants.splice(placeOf(due.at), 1)
    },
    through: (instant, limit) => {
      const found: Due[] = []
      for (const at of instants) {
        if (at > instant || found.length >= limit) break
        found.push(...[...(byInstant.get(at)?.values() ?? [])].toSorted(dueOrder))
      }
      return found.slice(0, limit)
    },
    next: () => instants[0] ?? null,
    all: () => [...byInstant.values()].flatMap((dues) => [...dues.values()]),
  }
}
