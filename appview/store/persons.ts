// How many persons stand behind the minutes of a scope: distinct givers and distinct named receivers, by category and in all.
// Pools of unnamed persons and municipalities are nobody; an erased person (X:code#slot) still counts.

import type { PersonCount, Sum } from './store.ts'

const GIVEN = new Set([4110, 4190])
const RECEIVED = new Set([5110, 5190])

const isPerson = (entity: string): boolean => !entity.startsWith('M:') && (!entity.startsWith('X:') || entity.includes('#'))

type Sets = { readonly givers: Set<string>; readonly receivers: Set<string> }

const setsOf = (found: Map<string | null, Sets>, category: string | null): Sets => {
  const known = found.get(category)
  if (known !== undefined) return known
  const fresh: Sets = { givers: new Set(), receivers: new Set() }
  found.set(category, fresh)
  return fresh
}

/** From sums per entity of one scope and period; an act that was undone leaves no sum and counts nobody. Category null: all together, always last. */
export const countPersons = (sums: readonly Sum[]): PersonCount[] => {
  const found = new Map<string | null, Sets>()
  const all: Sets = { givers: new Set(), receivers: new Set() }
  for (const { entity, account, unit, category, amount } of sums) {
    if (unit !== 'MIN' || entity === null || amount === 0 || !isPerson(entity)) continue
    const side = GIVEN.has(account) ? 'givers' : RECEIVED.has(account) ? 'receivers' : null
    if (side === null) continue
    all[side].add(entity)
    if (category !== null) setsOf(found, category)[side].add(entity)
  }
  const rows = [...found].map(([category, sets]) => countOf(category, sets))
  return [...rows.toSorted((a, b) => ((a.category ?? '') < (b.category ?? '') ? -1 : 1)), countOf(null, all)]
}

const countOf = (category: string | null, { givers, receivers }: Sets): PersonCount => ({
  category,
  givers: givers.size,
  receivers: receivers.size,
  persons: givers.union(receivers).size,
})
