// The roll of a scope: every entity that has or had a balance there, so that a merger finds them all. Each keeps its place for ever. The last page stands
// in the document itself, so that entering somebody costs one document; a full one is put aside.

import type { Draft } from './draft.ts'

const PAGE = 256

export const rollKey = (scope: string): string => `roll:${scope}`

const pageId = (scope: string, page: number): string => `${scope}/${page}`

/** Enters an entity and gives back its place. */
export const enrolled = (draft: Draft, scope: string, entity: string): number => {
  const { count, last } = draft.get('roll', scope) ?? { count: 0, last: [] }
  const entities = [...last, entity]
  const isFull = entities.length === PAGE
  if (isFull) draft.put('rollPage', pageId(scope, Math.floor(count / PAGE)), { kind: 'rollPage', entities })
  draft.put('roll', scope, { kind: 'roll', count: count + 1, last: isFull ? [] : entities })
  return count
}

/** All of a scope, page by page. */
export const rollOf = (draft: Draft, scope: string): readonly (readonly string[])[] => {
  const roll = draft.get('roll', scope)
  if (roll === null) return []
  const ids = Array.from({ length: Math.floor(roll.count / PAGE) }, (_, page) => pageId(scope, page))
  draft.want(() => ids.map((id) => `rollPage:${id}`))
  return [...ids.map((id) => draft.get('rollPage', id)?.entities ?? []), roll.last]
}
