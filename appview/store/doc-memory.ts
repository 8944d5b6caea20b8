// Documents in memory. Those asked for of late stand as values, in two generations; before they go altogether they stand as text for a while, which takes
// less room. What was changed meanwhile is given away when it goes.

import type { Doc } from '../journal/model.ts'
import { asksOf } from './sqlite-asks.ts'
import type { Ask } from './rebuild-messages.ts'

/** In characters of their text: what stands as values in a generation, and what stands as text. */
export type DocRoom = { readonly values: number; readonly texts: number }

export type Leaving = { readonly key: string; readonly text: string | null; readonly asks: readonly Ask[] }

/** `doc` is undefined where it stands as text, `text` where the document has changed since. */
type Kept = { doc: Doc | null | undefined; text: string | undefined; isChanged: boolean; asks: readonly Ask[]; turn: number; size: number }

/** What a document is taken for whose text nobody has seen, and what a change is thought to add to it. */
const USUAL_SIZE = 500
const USUAL_GROWTH = 30

export type DocMemory = {
  /** Undefined: not here. */
  readonly get: (key: string) => Doc | null | undefined
  /** As it is in the file; `text` where it is known. */
  readonly keep: (key: string, doc: Doc | null, text?: string) => void
  /** As it is to be given away. */
  readonly change: (key: string, doc: Doc | null) => void
  /** Gives away one after another all that has changed. */
  readonly changed: () => Iterable<Leaving>
  readonly clear: () => void
}

const NOBODY: readonly Ask[] = []
const parseDoc = (text: string): Doc => JSON.parse(text)

/** `leave` takes what has changed and goes; a null is told only to it. */
export const createDocMemory = (room: () => DocRoom, leave: (leaving: Leaving) => void): DocMemory => {
  let [young, old] = [new Map<string, Kept>(), new Map<string, Kept>()]
  let [turn, youngSize] = [0, 0]
  const texts = createTexts(room, leave)
  const grow = (key: string, one: Kept): void => {
    one.turn = turn
    young.set(key, one)
    youngSize += one.size
    if (youngSize < room().values) return
    for (const [oldKey, other] of old) if (other.turn < turn) texts.put(oldKey, other)
    texts.shrink()
    old = young
    young = new Map()
    youngSize = 0
    turn += 1
  }
  const find = (key: string): Kept | undefined => {
    const known = young.get(key)
    if (known !== undefined) return known
    const found = old.get(key) ?? texts.take(key)
    if (found !== undefined) grow(key, found)
    return found
  }
  return {
    get: (key) => find(key)?.doc,
    keep: (key, doc, text) => {
      const known = find(key)
      const size = text?.length ?? key.length
      if (known === undefined) grow(key, { doc, text, isChanged: false, asks: NOBODY, turn, size })
      else [known.doc, known.text, known.isChanged, known.size] = [doc, text, false, size]
    },
    change: (key, doc) => {
      const known = find(key)
      if (known === undefined) grow(key, { doc, text: undefined, isChanged: true, asks: NOBODY, turn, size: USUAL_SIZE })
      else [known.doc, known.text, known.isChanged, known.size] = [doc, undefined, true, known.size + USUAL_GROWTH]
    },
    *changed() {
      for (const some of [texts.kept, old, young])
        for (const [key, one] of some) {
          if (!one.isChanged) continue
          one.isChanged = false
          yield leavingOf(key, one)
        }
    },
    clear: () => {
      texts.clear()
      young = new Map()
      old = new Map()
      youngSize = 0
    },
  }
}

/** Documents as text, the ones that came last at the end. */
const createTexts = (room: () => DocRoom, leave: (leaving: Leaving) => void) => {
  const kept = new Map<string, Kept>()
  let size = 0
  return {
    kept,
    put: (key: string, one: Kept): void => {
      const { text, asks } = leavingOf(key, one)
      if (text === null) {
        if (one.isChanged) leave({ key, text, asks })
        return
      }
      one.text = text
      one.asks = asks
      one.doc = undefined
      one.size = text.length
      kept.set(key, one)
      size += one.size
    },
    take: (key: string): Kept | undefined => {
      const one = kept.get(key)
      if (one?.text === undefined) return undefined
      kept.delete(key)
      size -= one.size
      one.doc = parseDoc(one.text)
      return one
    },
    /** The ones that came first go first. */
    shrink: (): void => {
      if (size <= room().texts) return
      for (const [key, one] of kept) {
        if (size <= room().texts) return
        kept.delete(key)
        size -= one.size
        if (one.isChanged) leave(leavingOf(key, one))
      }
    },
    clear: (): void => {
      kept.clear()
      size = 0
    },
  }
}

const leavingOf = (key: string, { doc, text, asks }: Kept): Leaving => {
  if (doc === undefined) return { key, text: text ?? null, asks }
  return doc === null ? { key, text: null, asks: NOBODY } : { key, text: text ?? JSON.stringify(doc), asks: asksOf(key, doc) }
}
