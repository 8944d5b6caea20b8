// What a batch changes, as the batch itself holds it: by kind, then by id. Keys that join both are long, and are made only for whoever asks by them.

import type { Doc } from './documents.ts'
import type { DocChanges } from './model.ts'

export type Kind = Doc['kind']

/** A document as the batch has it. */
export type Seen = { doc: Doc | null; isChanged: boolean }

export type SeenDocs = ReadonlyMap<Kind, ReadonlyMap<string, Seen>>

export const keyOf = (kind: string, id: string): string => `${kind}:${id}`

/** Kind and id of a key. */
export const partsOf = (key: string): readonly [string, string] => {
  const end = key.indexOf(':')
  return [key.slice(0, end), key.slice(end + 1)]
}

/** Those of them that have changed. */
export const changesIn = (seen: SeenDocs): DocChanges => {
  const kinds: ReadonlyMap<string, ReadonlyMap<string, Seen>> = seen
  const of = (kind: string, id: string): Doc | null | undefined => {
    const one = kinds.get(kind)?.get(id)
    return one?.isChanged === true ? one.doc : undefined
  }
  return {
    of,
    get: (key) => of(...partsOf(key)),
    each: (tell) => {
      for (const [kind, ofKind] of kinds)
        ofKind.forEach(({ doc, isChanged }, id) => {
          if (isChanged) tell(kind, id, doc)
        })
    },
    *[Symbol.iterator]() {
      for (const [kind, ofKind] of kinds)
        for (const [id, { doc, isChanged }] of ofKind) {
          if (isChanged) yield [keyOf(kind, id), doc]
        }
    },
  }
}

/** Tells of each, in their order, by kind and id. */
export const eachChange = (changes: DocChanges, tell: (kind: string, id: string, doc: Doc | null) => void): void => {
  if (changes.each !== undefined) changes.each(tell)
  else for (const [key, doc] of changes) tell(...partsOf(key), doc)
}

/** A document among them by kind and id; undefined where it is not. */
export const changeOf = (changes: DocChanges, kind: string, id: string): Doc | null | undefined =>
  changes.of === undefined ? changes.get(keyOf(kind, id)) : changes.of(kind, id)
