// The roll of a scope: every entity that has or had a balance there, in pages, so that a merger finds them all. Each keeps its place for ever.

import type { Draft } from './draft.ts'

const PAGE = 256

/** What must be at hand to enter somebody. */
export const rollKeys = (scope: string): readonly string[] => [`roll:${scope}`]

const pageKey = (scope: string, page: number): string => `${scope}/${page}`

/** Enters an entity and gives back its place. */
export const enrolled = (draft: Draft, scope: string, entity: string): number => {
  const place = draft.get('roll', scope)?.count ?? 0
  const page = pageKey(scope, Math.floor(place / PAGE))
  const entities = place % PAGE === 0 ? [] : (draft.get('rollPage', page)?.entities ?? [])
  draft.put('rollPage', page, { kind: 'rollPage', entities: [...entities, entity] })
  draft.put('roll', scope, { kind: 'roll', count: place + 1 })
  return place
}

/** All of a scope, page by page. */
export const rollOf = (draft: Draft, scope: string): readonly (readonly string[])[] => {
  const pages = Math.ceil((draft.get('roll', scope)?.count ?? 0) / PAGE)
  const keys = Array.from({ length: pages }, (_, page) => pageKey(scope, page))
  draft.want(keys.map((key) => `rollPage:${key}`))
  return keys.map((key) => draft.get('rollPage', key)?.entities ?? [])
}
